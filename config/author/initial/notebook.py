"""Annotations for a notebook: what is proposed, and writing it with all else left byte for byte."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogue.domain.interface import Value
from catalogue.domain.notebook import Assignment, Cell, assignments, tagged
from config.author.initial.raw_json import Path, inserted, inside, places, spans

NAMES = (
    (r"(e|energy|en)_?(min|max|low|high|lo|hi|1|2)|(min|max)_?energy|energy", "oda:Energy_keV"),
    (r"ra|ra_?(deg|obj|0)|right_ascension", "oda:PointOfInterestRA"),
    (r"dec|decl|dec_?(deg|obj|0)|declination", "oda:PointOfInterestDEC"),
    (r"radius|fov|roi|size_deg|.*_deg", "oda:AngleDegrees"),
    (r"src_?name|source(_?name)?|object(_?name)?|target", "oda:AstrophysicalObjectOfInterest"),
)
TIMES = (
    (r"t_?1|t_?(start|min|begin)|(start|begin)_?(time|date)?|tstart", "Start"),
    (r"t_?2|t_?(stop|end|max)|(stop|end)_?(time|date)?|tstop", "End"),
)
FILES = {
    ".png": "oda:ODAPictureProduct", ".jpg": "oda:ODAPictureProduct",
    ".jpeg": "oda:ODAPictureProduct", ".ecsv": "oda:ODAAstropyTable",
    ".csv": "oda:ODAAstropyTable",
}  # fmt: skip
SAVED = re.compile(
    r"""(?:savefig|writeto|to_csv|write)\(\s*["']([\w.-]{1,80}\.(?:png|jpe?g|fits|csv|ecsv))["']"""
)
MJD = (15_000.0, 100_000.0)
PROPOSED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A comment for one line: the cell (from 0), the line in it (from 1), the name, the words."""

    cell: int
    line: int
    name: str
    words: str


def term_for(name: str, value: Value) -> str:
    """The annotation that the name and the value of a parameter suggest; empty for none."""
    if isinstance(value, bool):
        return "oda:Boolean"
    if isinstance(value, str):
        time = _time(name, "ISOT") if re.match(r"\d{4}-\d\d-\d\d", value) else ""
        return time or _named(name, NAMES[4:]) or "oda:String"
    if isinstance(value, int | float):
        number = "oda:Integer" if isinstance(value, int) else "oda:Float"
        time = _time(name, "MJD") if MJD[0] < value < MJD[1] else ""
        return time or _named(name, NAMES[:4]) or number
    return ""


def _named(name: str, known: Sequence[tuple[str, str]]) -> str:
    lower = name.lower()
    return next((term for pattern, term in known if re.fullmatch(pattern, lower)), "")


def _time(name: str, form: str) -> str:
    found = _named(name, TIMES)
    return f"oda:{found}Time{form}" if found else ""


def parameters_cell(cells: Sequence[Cell]) -> Cell | None:
    """The cell tagged ``parameters``, or the first code cell that only gives names plain values."""
    known = tagged(tuple(cells), "parameters")
    if known:
        return known[0]
    code = (cell for cell in cells if cell.kind == "code" and "outputs" not in cell.tags)
    return next((cell for cell in code if _is_plain(cell)), None)


def _is_plain(cell: Cell) -> bool:
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = _assigned(cell)
    return bool(found) and len(found) == len(body) and all(item.literal for item in found)


def _assigned(cell: Cell) -> list[Assignment]:
    try:
        return list(assignments(cell))
    except (SyntaxError, ValueError):
        return []


def proposals(cell: Cell, *, outputs: bool = False) -> list[Proposal]:
    """A comment for each assignment of a cell that has none yet."""
    suggest = term_of_output if outputs else term_for
    found = ((item, suggest(item.name, item.value)) for item in _assigned(cell) if not item.comment)
    return [
        Proposal(cell.number - 1, item.line, item.name, words)
        for item, words in found
        if words and _ends_on(cell, item.line)
    ]


def term_of_output(_name: str, value: Value) -> str:
    """The annotation of an output; known for files and plain numbers alone."""
    if isinstance(value, str):
        return next((term for end, term in FILES.items() if value.lower().endswith(end)), "")
    return "oda:Float" if isinstance(value, float) else ""


def _ends_on(cell: Cell, line: int) -> bool:
    """Whether a statement stands alone on one line, so that its end is the place for a comment."""
    lines = cell.source.split("\n")
    statements = ast.parse(cell.source).body
    on = [item for item in statements if item.lineno <= line <= (item.end_lineno or item.lineno)]
    return len(on) == 1 and on[0].end_lineno == on[0].lineno and not lines[line - 1].endswith("\\")


def candidates(cells: Sequence[Cell]) -> list[str]:
    """What may be results where no cell is tagged ``outputs``: saved files and shown variables."""
    code = [cell for cell in cells if cell.kind == "code" and "parameters" not in cell.tags]
    names = dict.fromkeys(name for cell in code for name in SAVED.findall(cell.source))
    shown = dict.fromkeys(name for cell in code for name in _shown(cell))
    known = {item.name for cell in code for item in _assigned(cell)}
    return [
        *list(names)[:PROPOSED_AT_MOST],
        *[name for name in shown if name in known][:PROPOSED_AT_MOST],
    ]


def _shown(cell: Cell) -> Iterator[str]:
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
            yield node.value.id
        elif _is_print(node):
            yield from (item.id for item in ast.walk(node) if isinstance(item, ast.Name))


def _is_print(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"
    )


def outputs_source(results: Sequence[str]) -> str:
    """The source of an outputs cell that names files and variables."""
    lines = []
    for name in results:
        end = next((end for end in FILES if name.lower().endswith(end)), "")
        if "." in name:
            variable = re.sub(r"\W|^(?=\d)", "_", name.rsplit(".", 1)[0])
            term = f"  # {FILES[end]}" if end else ""
            lines.append(f"{variable}_file = {json.dumps(name)}{term}")
        else:
            lines.append(f"{name}  # oda:Float")
    return "\n".join(lines)


def annotated(text: str, comments: Sequence[Proposal], tags: Mapping[int, str]) -> str:
    """A notebook with comments at the ends of lines, and tags on cells (number from 0 → tag)."""
    found = spans(text)
    parts = [_comment(text, found, item) for item in comments]
    parts += [_tag(text, found, cell, tag) for cell, tag in tags.items()]
    return inserted(text, iter(parts))


def _comment(text: str, found: dict[Path, tuple[int, int]], item: Proposal) -> tuple[int, str]:
    """Where a comment goes: before the end of its line, whether lines are one string or many."""
    whole: Path = ("cells", item.cell, "source")
    names = [whole] if (*whole, 0) not in found else [
        (*whole, number) for number in range(sum(path[:-1] == whole for path in found))
    ]  # fmt: skip
    line = 1
    for name in names:
        start, end = found[name]
        characters: str = json.loads(text[start:end])
        at = places(text, (start, end))
        for number, letter in enumerate([*characters, ""]):
            last = name == names[-1] and not letter
            if line == item.line and (letter == "\n" or last):
                return at[number], f"  {inside('# ' + item.words)}"
            line += letter == "\n"
    raise ValueError(f"line {item.line} of cell {item.cell + 1} is not there")


def _tag(text: str, found: dict[Path, tuple[int, int]], cell: int, tag: str) -> tuple[int, str]:
    whole: Path = ("cells", cell, "metadata")
    for path, words in (((*whole, "tags"), f'"{tag}"'), (whole, f'"tags": ["{tag}"]')):
        if path in found:
            start, end = found[path]
            more = ", " if text[start + 1 : end - 1].strip() else ""
            return start + 1, f"{words}{more}"
    return found["cells", cell][0] + 1, f'"metadata": {{"tags": ["{tag}"]}}, '


def with_outputs_cell(text: str, source: str) -> str:
    """A notebook with one more cell at its end, tagged ``outputs``."""
    found = spans(text)
    count = sum(len(path) == 2 and path[0] == "cells" for path in found)  # noqa: PLR2004 -- a cell
    cell = {
        "cell_type": "code", "execution_count": None, "id": "reprise-outputs",
        "metadata": {"tags": ["outputs"]}, "outputs": [],
        "source": source.splitlines(keepends=True),
    }  # fmt: skip
    words = json.dumps(cell, indent=1).replace("\n", "\n  ")
    at = found["cells", count - 1][1] if count else found["cells",][0] + 1
    return inserted(text, iter([(at, f"{',' if count else ''}\n  {words}")]))
