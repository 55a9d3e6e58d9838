"""``reprise init FOLDER``: asks, and writes only what is not there yet."""

import argparse
import os
import tempfile
from pathlib import Path

from catalogue.adapters.folder import read_folder
from catalogue.domain.interface import Output
from catalogue.domain.notebook import Cell, UnreadableNotebookError, read_cells, tagged
from catalogue.domain.reading import read_interface
from config.author import exits
from config.author.initial import notebook as annotating
from config.author.initial.asking import Asking
from config.author.initial.statement import About, citation, paper_toml, slug_of
from lib.problem import ProblemError


def run(given: argparse.Namespace) -> int:
    """The command; 0 when the folder is ready to be checked, 2 when it holds no entry."""
    answers = dict(item.partition("=")[::2] for item in given.answer)
    asking = Asking(answers, yes=given.yes)
    try:
        return initialise(given.folder.expanduser().resolve(), asking)
    except (ProblemError, UnreadableNotebookError) as error:
        asking.say(str(error))
        return exits.NOT_JUDGED
    except OSError as error:
        asking.say(f"{error.filename} could not be written: {error.strerror}.")
        return exits.OUR_FAULT
    except KeyboardInterrupt:
        asking.say("\nInterrupted.")
        return exits.INTERRUPTED


def initialise(folder: Path, asking: Asking) -> int:
    """Write a first paper.toml, CITATION.cff and annotations into a folder.

    Raises:
        UnreadableSourceError: there is no such folder.
        UnreadableNotebookError: its notebook is none.
    """
    entry = read_folder(folder)
    if entry.notebook is None:
        asking.say(f"There is no notebook (.ipynb) at the top of {folder}: put yours there first.")
        return exits.NOT_JUDGED
    file = folder / entry.notebook
    _annotate(file, asking)
    outputs = _outputs(file)
    wanted = [name for name in ("paper.toml", "CITATION.cff") if name not in entry.files]
    if "paper.toml" not in wanted:
        asking.say("There is a paper.toml already: it is left as it is.")
    if wanted:
        _write_statements(folder, asking, outputs, wanted)
    asking.say(f"Now: reprise check {folder}")
    return exits.REPRODUCED


def _outputs(file: Path) -> tuple[Output, ...]:
    return read_interface(read_cells(file.read_bytes()), file.name).interface.outputs


def _write_statements(
    folder: Path, asking: Asking, outputs: tuple[Output, ...], wanted: list[str]
) -> None:
    about = _about(folder, asking)
    texts = {"paper.toml": paper_toml(about, outputs)}
    if "CITATION.cff" in wanted:
        licence = asking.text("licence", "Licence of the code", "BSD-3-Clause")
        texts["CITATION.cff"] = citation(about, {"licence": licence})
    for name in wanted:
        write_new(folder / name, texts[name])
        asking.say(f"Wrote {name}.")
    if "paper.toml" in wanted and outputs:
        asking.say("Put what the paper prints in place of each TODO in paper.toml.")


def _about(folder: Path, asking: Asking) -> About:
    title = asking.text("title", "Title of the paper", folder.name)
    authors = asking.text("authors", "Authors, as Family, Given; Family, Given")
    return About(
        title=title, doi=asking.text("doi", "DOI of the paper (empty: not published)"),
        authors=tuple(name.strip() for name in authors.split(";") if name.strip()),
        journal=asking.text("journal", "Journal, volume and page"),
        year=asking.text("year", "Year"),
        figure=asking.text("figure", "Title of the figure or number", title),
        place=asking.text("place", "Where it stands, such as Figure 3"),
        slug=slug_of(asking.text("slug", "Short name of the figure", slug_of(folder.name))),
    )  # fmt: skip


def _annotate(file: Path, asking: Asking) -> None:
    data = file.read_bytes()
    text, cells = data.decode("utf-8"), read_cells(data)
    comments, tags = _proposed(cells)
    results = [] if _has_outputs(cells) else _results(cells, asking)
    for item in comments:
        asking.say(f"  cell {item.cell + 1}, line {item.line}: {item.name}  # {item.words}")
    for number, tag in tags.items():
        asking.say(f"  cell {number + 1}: tag {tag}")
    if results:
        asking.say(f"  a cell at the end, tagged outputs: {', '.join(results)}")
    if not (comments or tags or results):
        return
    if not asking.agrees("annotate", f"Write this into {file.name}?"):
        asking.say(f"{file.name} is left as it is.")
        return
    made = annotating.annotated(text, comments, tags)
    if results:
        made = annotating.with_outputs_cell(made, annotating.outputs_source(results))
    _replace(file, data, made.encode(), asking)


def _proposed(cells: tuple[Cell, ...]) -> tuple[list[annotating.Proposal], dict[int, str]]:
    comments: list[annotating.Proposal] = []
    tags: dict[int, str] = {}
    cell = annotating.parameters_cell(cells)
    if cell is not None:
        comments += annotating.proposals(cell)
        if "parameters" not in cell.tags:
            tags[cell.number - 1] = "parameters"
    for output in tagged(cells, "outputs"):
        comments += annotating.proposals(output, outputs=True)
    return comments, tags


def _has_outputs(cells: tuple[Cell, ...]) -> bool:
    return bool(tagged(cells, "outputs"))


def _results(cells: tuple[Cell, ...], asking: Asking) -> list[str]:
    proposed = ", ".join(annotating.candidates(cells))
    told = asking.text("outputs", "Results: variables and files, with commas", proposed)
    return [name for part in told.split(",") if (name := part.strip())]


def _replace(file: Path, before: bytes, after: bytes, asking: Asking) -> None:
    """Put the new notebook in place of the old, of which a copy stays beside it."""
    read_cells(after)  # what would not be read is never written
    backup = next(name for name in _backups(file) if not name.exists())
    write_new(backup, before.decode("utf-8"))
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".new-", delete=False) as part:
        part.write(after)
    Path(part.name).chmod(file.stat().st_mode & 0o777)
    os.replace(part.name, file)  # noqa: PTH105 -- the name is text
    asking.say(f"Wrote {file.name}; {backup.name} is as it was.")


def _backups(file: Path) -> "list[Path]":
    return [file.with_name(f"{file.name}.before{number or ''}") for number in range(100)]


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet; raises FileExistsError for one that is."""
    with file.open("x", encoding="utf-8", newline="") as handle:
        handle.write(text)
