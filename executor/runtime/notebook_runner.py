"""Run one notebook from its first cell to its last, and keep what it makes.

    cd <folder of the notebook>
    python -s -B notebook_runner.py job.json

This file needs Python 3.9 or later and nothing else; what the notebook imports must be installed.
`job.json` says what to run:

    {"format": "reprise.job/1", "notebook": "x.ipynb", "folder": "outputs", "seed": 0,
     "parameters": {"e_min": 20.0}, "outputs": [{"name": "flux", "kind": "number"}]}

The parameters are assigned right after the cell tagged `parameters`. After the last cell the
variables named under `outputs` are saved to `folder`, one file each, with `executed.ipynb` (the
notebook with its outputs) and `manifest.json` (what was saved, what went wrong, which packages
were installed). Of each saved matplotlib figure the plotted numbers are kept as `*.plot.json`.

Exit status: 0 done; 3 the notebook raised an error; 4 the job or the notebook cannot be used;
5 an output is missing or cannot be saved. The reason is printed and is in `manifest.json`.
"""
# ruff: noqa: ANN401  # what a notebook assigns, shows or saves may be of any type

from __future__ import annotations
import __future__

import ast
import base64
import builtins
import importlib.machinery
import json
import keyword
import linecache
import math
import numbers
import os
import re
import shutil
import sys
import traceback
import types
from pathlib import Path

TYPE_CHECKING = False  # importing `typing` would cost more than reading a small notebook
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TextIO

DONE, RAISED, UNUSABLE, UNSAVED = 0, 3, 4, 5
CELL_BYTES = 1_000_000  # kept of what one cell prints and shows
TRACEBACK_CHARACTERS = 20_000
PLOT_POINTS = 200_000  # kept of one figure
IMAGE_SIDE = 512  # pixels; larger images are not kept as numbers
IMAGE_PIXELS = 4 * IMAGE_SIDE**2  # kept of one figure
PLOTS_HELD = 100  # figures remembered until the outputs are known
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".ecsv": "application/x-ecsv",
    ".fits": "application/fits",
    ".fits.gz": "application/fits",
    ".fit": "application/fits",
    ".gif": "image/gif",
    ".h5": "application/x-hdf5",
    ".hdf5": "application/x-hdf5",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".vot": "application/x-votable+xml",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


class UnusableError(Exception):
    """The job or the notebook cannot be run as it is."""


class OutputError(Exception):
    """An output cannot be saved as the kind it is declared to be."""


class UnsupportedMagic(SyntaxError):  # noqa: N818  # the name is shown to authors
    """A cell holds a command of IPython or of the shell that is not Python."""


# --- Files -------------------------------------------------------------------------------------


def write_file(path: Path, content: bytes) -> None:
    """Write `content` so that a reader finds all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def as_json(value: Any, indent: int | None = 1) -> bytes:
    """Return JSON in UTF-8; characters that UTF-8 cannot hold are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return (text + "\n").encode("utf-8", "backslashreplace")


def read_json(path: Path, what: str) -> dict[str, Any]:
    """Read a JSON object; raise UnusableError naming `what` when there is none."""
    try:
        value = json.loads(path.read_bytes())
    except OSError as problem:
        raise UnusableError(f"{what} {path} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise UnusableError(f"{what} {path} is not JSON: {problem}") from problem
    if not isinstance(value, dict):
        raise UnusableError(f"{what} {path} is not a JSON object")
    return value


def suffix_of(path: Path) -> str:
    """Return the extension in lower case, both of them for `.fits.gz`; empty when it is unusual."""
    ends = path.suffixes[-2:] if path.suffix.lower() in (".gz", ".bz2", ".xz") else [path.suffix]
    suffix = "".join(ends).lower()
    return suffix if re.fullmatch(r"(\.[a-z0-9]{1,8}){1,2}", suffix) else ""


# --- The job and the notebook ------------------------------------------------------------------


def read_job(path: Path) -> dict[str, Any]:
    """Read `job.json` and fill in what may be left out; raise UnusableError."""
    job = read_json(path, "job")
    if job.get("format") != "reprise.job/1":
        raise UnusableError(f"job {path} has not the format reprise.job/1")
    defaults = {"parameters": {}, "outputs": [], "folder": "outputs", "seed": 0, "events_fd": None}
    job = {**defaults, **job}
    for name in [*job["parameters"], *(output["name"] for output in job["outputs"])]:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise UnusableError(f"{name!r} is not a name that Python code can assign to")
    return job


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook (nbformat 4) and clear its outputs; raise UnusableError."""
    notebook = read_json(path, "notebook")
    if notebook.get("nbformat") != 4:  # noqa: PLR2004  # the format is called nbformat 4
        found = notebook.get("nbformat", "not given")
        raise UnusableError(f"{path} has nbformat {found}, not 4: save it with a current Jupyter")
    check_language(notebook.setdefault("metadata", {}), path)
    try:
        as_json(notebook)
    except ValueError as problem:  # Python reads NaN, which no other program would
        raise UnusableError(f"{path} holds a value that JSON has not: {problem}") from problem
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:
        raise UnusableError(f"{path} holds no cells")
    minor = notebook.setdefault("nbformat_minor", 4)
    if not isinstance(minor, int):
        raise UnusableError(f"{path}: its nbformat_minor is not a whole number")
    for number, cell in enumerate(cells, 1):
        check_cell(cell, f"{path}, cell {number}")
        clean_cell(cell, f"cell-{number}", with_id=minor >= 5)  # noqa: PLR2004  # ids came in 4.5
    notebook["metadata"]["reprise"] = {"format": "reprise.executed/1"}
    return notebook


def check_language(metadata: Any, path: Path) -> None:
    """Raise UnusableError when the metadata of a notebook say that it is not in Python."""
    if not isinstance(metadata, dict):
        raise UnusableError(f"{path}: its metadata is not an object")
    kernel = metadata.get("kernelspec")
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if str(language).lower() != "python":
        raise UnusableError(f"{path} is written in {language}; only Python is run")


def check_cell(cell: Any, where: str) -> None:
    """Raise UnusableError when `cell` is not a cell of nbformat 4."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise UnusableError(f"{where}: not a cell with a cell_type")
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise UnusableError(f"{where}: its source is neither text nor a list of lines")
    if not isinstance(cell.setdefault("metadata", {}), dict):
        raise UnusableError(f"{where}: its metadata is not an object")


def clean_cell(cell: dict[str, Any], name: str, *, with_id: bool) -> None:
    """Forget earlier outputs and times, and give the cell an id where the format asks for one."""
    for key in ("execution", "ExecuteTime", "papermill"):
        cell["metadata"].pop(key, None)
    if with_id:
        cell.setdefault("id", name)
    else:
        cell.pop("id", None)
    if cell["cell_type"] == "code":
        cell.update(outputs=[], execution_count=None)


def source_of(cell: dict[str, Any]) -> str:
    """Return the code or text of a cell."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def is_tagged(cell: dict[str, Any], tag: str) -> bool:
    """Tell whether a code cell carries `tag`."""
    tags = cell["metadata"].get("tags")
    return cell["cell_type"] == "code" and isinstance(tags, list) and tag in tags


def literal(value: Any) -> str:
    r"""Write a JSON value as Python code.

    >>> literal([1.5, float("nan"), {"a": None}])
    '[1.5, float("nan"), {\'a\': None}]'
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(item)}" for key, item in value.items()) + "}"
    return repr(value)


def numbered_cells(
    notebook: dict[str, Any], parameters: dict[str, Any]
) -> list[tuple[str, int, dict[str, Any]]]:
    """Put the parameters into the notebook and name its cells.

    An earlier injected cell (the notebook may itself be an `executed.ipynb`) gives way to the new.

    Returns:
        For each cell: the name that tracebacks show, its number as the author counts, the cell.
    """
    cells = [(f"<cell {n}>", n, cell) for n, cell in enumerate(notebook["cells"], 1)]
    if parameters:
        cells = [item for item in cells if not is_tagged(item[2], "injected-parameters")]
        places = [i for i, item in enumerate(cells) if is_tagged(item[2], "parameters")]
        if not places:
            raise UnusableError("parameters are given, but no cell is tagged `parameters`")
        number = cells[places[0]][1]
        injected = injected_cell(parameters, with_id=notebook["nbformat_minor"] >= 5)  # noqa: PLR2004
        cells.insert(places[0] + 1, (f"<cell {number}, injected>", number, injected))
    notebook["cells"] = [cell for _, _, cell in cells]
    return cells


def injected_cell(parameters: dict[str, Any], *, with_id: bool) -> dict[str, Any]:
    """Return the cell that assigns the parameters of this run."""
    lines = [f"{name} = {literal(value)}" for name, value in parameters.items()]
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["injected-parameters"]},
        "source": "\n".join(lines),
    }
    clean_cell(cell, "injected-parameters", with_id=with_id)
    return cell


# --- From the text of a cell to code -----------------------------------------------------------

HARMLESS = {
    *("autoreload", "automagic", "colors", "conda", "config", "debug", "hist", "history"),
    *(
        "load_ext",
        "lsmagic",
        "mamba",
        "matplotlib",
        "pdb",
        "pip",
        "precision",
        "reload_ext",
        "reset",
    ),
    *("tb", "unload_ext", "watermark", "who", "whos", "xmode"),
}
INLINE = {"memit", "prun", "time"}  # the statement after it is run where it stands
SHELL_WORDS = {"cat", "cp", "ls", "mkdir", "mv", "rm"}
LINE_MAGICS = {
    "cd",
    "env",
    "pwd",
    "run",
    "set_env",
    "sx",
    "system",
    "timeit",
    "who_ls",
    *SHELL_WORDS,
}
SHOWN_CELLS = {
    "html": "text/html",
    "latex": "text/latex",
    "markdown": "text/markdown",
    "svg": "image/svg+xml",
}
PROGRAMS = {"bash", "python", "python3", "script", "sh"}
CELL_MAGICS = {"capture", "file", "timeit", "writefile", *PROGRAMS, *SHOWN_CELLS}
MAGIC = re.compile(r"(\s*)([^#'\"%!]*[^#'\"%!=<>]=\s*)?%(\w+)[ \t]*(.*)")
COMMAND = re.compile(r"(\s*)([^#'\"%!]*[^#'\"%!=<>]=\s*)?!(!?)[ \t]*(.*)")
QUESTION = re.compile(r"(\s*)(\?{1,2}[\w.%]+|[\w.%\[\]'\"*]+\?{1,2})\s*;?\s*")
INSTALLER = re.compile(
    r"((\S*python\S*|\{sys\.executable\})\s+-m\s+|uv\s+|sudo\s+)*(pip3?|conda|mamba)\b.*"
)
NOT_PYTHON = re.compile(r"\s*[%!?]|[^#'\"]*=\s*[%!]|.*\?\s*;?\s*$")


def parse_cell(source: str, filename: str, flags: int) -> tuple[ast.Module, list[str]]:
    """Parse a cell, putting Python in the place of the magics and commands of IPython.

    A line is a magic only where Python cannot parse it: `%` also stands inside texts and sums.

    Returns:
        The syntax tree, and the lines it was made of.
    """
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%"):
        lines = without_cell_magic(lines, first, filename)
    flags |= ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    while True:
        try:
            tree = compile("\n".join(lines), filename, "exec", flags, dont_inherit=True)
        except SyntaxError as problem:
            number = problem.lineno or 0
            if not (1 <= number <= len(lines) and NOT_PYTHON.match(lines[number - 1])):
                raise
            whole = continued(lines, number - 1)
            lines[number - 1] = without_magic(whole, filename, number)
        else:
            return tree, lines


def continued(lines: list[str], at: int) -> str:
    """Return a line with those that it goes on in, which become empty."""
    line = lines[at].rstrip("\r")
    while line.endswith("\\") and at + 1 < len(lines):
        at += 1
        line, lines[at] = line[:-1] + lines[at].strip(), ""
    return line


def without_cell_magic(lines: list[str], first: int, filename: str) -> list[str]:
    """Return the Python for a cell that begins with `%%`; raise UnsupportedMagic."""
    found = MAGIC.fullmatch(lines[first].strip().replace("%%", "%", 1))
    name = found[3] if found else ""
    if found and name in INLINE:
        return [*lines[:first], found[4] if name == "time" else "", *lines[first + 1 :]]
    if not found or name not in CELL_MAGICS:
        raise unsupported(lines[first], filename, first + 1)
    blank = "\n" * (first + 1) if name in ("capture", "timeit") else ""  # for tracebacks
    body = blank + "\n".join(lines[first + 1 :])
    return [*lines[:first], f"get_ipython().run_cell_magic({name!r}, {found[4]!r}, {body!r});"]


def without_magic(line: str, filename: str, number: int) -> str:
    """Return the Python that stands in for a line; raise UnsupportedMagic."""
    where = f"{filename.strip('<>')}, line {number}"
    found = COMMAND.fullmatch(line)
    if found and INSTALLER.fullmatch(found[4]):
        note(f"{where}: `{line.strip()}` is left out: packages come from requirements.txt")
        return found[1] + (f"{found[2]}[]" if found[2] else "pass")
    if found:
        call = "getoutput" if found[2] or found[3] else "system"
        return f"{found[1]}{found[2] or ''}get_ipython().{call}({found[4]!r})"
    found = QUESTION.fullmatch(line)
    if found:
        note(f"{where}: `{line.strip()}` is a question for a reader and is left out")
        return found[1] + "pass"
    return without_line_magic(line, filename, number, where)


def without_line_magic(line: str, filename: str, number: int, where: str) -> str:
    """Return the Python that stands in for a line with `%`; raise UnsupportedMagic."""
    found = MAGIC.fullmatch(line)
    if not found:
        raise unsupported(line, filename, number)
    indent, target, name, rest = found.groups(default="")
    if name in INLINE:
        return indent + target + (f"({rest})" if target else rest or "pass")
    if name in HARMLESS and not target:
        note(f"{where}: %{name} is not needed here and is left out")
        return indent + "pass"
    if name not in LINE_MAGICS:
        raise unsupported(line, filename, number)
    return f"{indent}{target}get_ipython().run_line_magic({name!r}, {rest!r})"


def unsupported(line: str, filename: str, number: int) -> UnsupportedMagic:
    """Return the error for a line that no Python can stand in for."""
    problem = UnsupportedMagic(
        f"{filename.strip('<>')}, line {number}: `{line.strip()}` is not Python. Write it as "
        "Python (for instance with the module subprocess, or with the package in "
        "requirements.txt instead of an installation)"
    )
    problem.filename, problem.lineno, problem.text = filename, number, line
    return problem


def split_last(tree: ast.Module, lines: list[str]) -> ast.expr | None:
    """Take the last expression off `tree`, for it to be shown; None when it ends with `;`."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return None
    rest = lines[(last.end_lineno or 1) - 1].encode()[last.end_col_offset :]
    if rest.strip().startswith(b";"):
        return None
    tree.body.pop()
    return last.value


def note(text: str) -> None:
    """Say something to whoever reads the log; it does not become an output of the notebook."""
    print(f"[runner] {text}", file=sys.__stderr__, flush=True)


# --- What cells print and show -----------------------------------------------------------------

REPRESENTATIONS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
}


class Allowance:
    """How much more may be kept."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, amount: int) -> bool:
        """Take `amount` when there is as much left, and say whether there was."""
        if amount > self.left:
            return False
        self.left -= amount
        return True


class Recorder:
    """Collects the outputs of the cell that is running."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.allowance = Allowance(CELL_BYTES)
        self.named: dict[str, list[dict[str, Any]]] = {}
        self.is_to_clear = False

    def start(self) -> None:
        """Begin a cell."""
        self.outputs, self.allowance, self.is_to_clear = [], Allowance(CELL_BYTES), False

    def stream(self, name: str, text: str) -> None:
        """Add printed text; what exceeds the allowance is left to the log."""
        if not text:
            return
        self.clear_if_asked()
        if self.allowance.left <= 0:
            return
        kept = text[: self.allowance.left]
        self.allowance.left -= len(kept)
        if not self.allowance.left:
            kept += "\n[the rest of what this cell prints is not kept]\n"
        if not (self.outputs and self.outputs[-1].get("name") == name):
            self.outputs.append({"output_type": "stream", "name": name, "text": []})
        self.outputs[-1]["text"].append(kept)

    def data(self, data: dict[str, str], count: int | None = None) -> dict[str, Any]:
        """Add a result (with the number of its cell) or something displayed, and return it."""
        self.clear_if_asked()
        output: dict[str, Any] = {"output_type": "display_data", "metadata": {}}
        output["data"] = self.allowed(data)
        if count is not None:
            output.update(output_type="execute_result", execution_count=count)
        self.outputs.append(output)
        return output

    def allowed(self, data: dict[str, str]) -> dict[str, str]:
        """Return what is shown, or a word instead when it is too much."""
        fits = self.allowance.take(sum(map(len, data.values())))
        return data if fits else {"text/plain": "[too large to be kept]"}

    def finish(self) -> list[dict[str, Any]]:
        """Return the outputs of the cell in the form of nbformat 4."""
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        return self.outputs

    def display(
        self, *values: Any, raw: bool = False, display_id: Any = None, **options: Any
    ) -> Handle | None:
        """Show values as `IPython.display.display` does."""
        name = f"display-{len(self.named) + 1}" if display_id is True else display_id
        if options.get("update") and name is not None:
            self.update_display(*values, display_id=name, raw=raw)
            return None
        for value in values:
            shown = {key: str(item) for key, item in value.items()} if raw else None
            output = self.data(shown or representations(value))
            if name is not None:
                self.named.setdefault(str(name), []).append(output)
        return None if name is None else Handle(self, str(name))

    def update_display(
        self, *values: Any, display_id: Any, raw: bool = False, **_options: Any
    ) -> None:
        """Show something else wherever a name was displayed, also in earlier cells."""
        for value in values:
            shown = {key: str(item) for key, item in value.items()} if raw else None
            data = self.allowed(shown or representations(value))
            for output in self.named.get(str(display_id), []):
                output["data"] = data

    def clear(self, wait: bool = False, **_options: Any) -> None:  # noqa: FBT001, FBT002  # as `clear_output`
        """Forget the outputs of the cell so far, now or when the next one comes."""
        self.is_to_clear = True
        if not wait:
            self.clear_if_asked()

    def clear_if_asked(self) -> None:
        """Do what `clear` put off."""
        if self.is_to_clear:
            self.outputs, self.is_to_clear = [], False


class Handle:
    """What `display` gives for something that has a name."""

    def __init__(self, recorder: Recorder, display_id: str) -> None:
        self._recorder, self.display_id = recorder, display_id

    def display(self, value: Any, **options: Any) -> None:
        """Show something under the same name."""
        self._recorder.display(value, display_id=self.display_id, **options)

    def update(self, value: Any, **options: Any) -> None:
        """Show something else under the same name."""
        self._recorder.update_display(value, display_id=self.display_id, **options)


class Stream:
    """Stands in for sys.stdout or sys.stderr: passes on what is printed and records it."""

    def __init__(self, name: str, real: TextIO, recorder: Recorder) -> None:
        self._name, self._real, self._recorder = name, real, recorder

    def write(self, text: str) -> int:
        """Write to the log and to the notebook."""
        written = self._real.write(text)
        self._recorder.stream(self._name, text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def representations(value: Any) -> dict[str, str]:
    """Return what a notebook shows of a value, by media type.

    Addresses in memory are blanked: they differ from run to run and say nothing.
    """
    data = {"text/plain": guarded(lambda: repr(value)) or f"<{type(value).__name__}>"}
    for method, media_type in REPRESENTATIONS.items():
        if callable(getattr(type(value), method, None)):
            shown = guarded(getattr(value, method))
            if shown is not None:
                data[media_type] = shown
    if is_figure(value):
        data["image/png"] = figure_png(value)
    for media_type in [key for key in data if key.startswith("text/")]:
        text = data[media_type].replace(str(id(value)), "0")
        data[media_type] = re.sub(r"\b0x[0-9a-f]{8,16}\b", "0x0", text)
    return data


def guarded(represent: Callable[[], Any]) -> str | None:
    """Call a method that represents a value; None when it fails or gives nothing of use."""
    try:
        shown = represent()
    except Exception as problem:  # noqa: BLE001  # a broken representation is not worth a run
        note(f"a representation failed: {type(problem).__name__}")
        return None
    if isinstance(shown, tuple) and shown:  # with its metadata
        shown = shown[0]
    if isinstance(shown, bytes):
        return base64.b64encode(shown).decode("ascii")
    return str(shown) if isinstance(shown, str) else None


class Shown:
    """What `IPython.display.HTML` and its like hold, where IPython is not installed."""

    def __init__(self, data: Any = None, filename: str | None = None, **_options: Any) -> None:
        self.data = data if filename is None else Path(filename).read_bytes()

    def __repr__(self) -> str:
        return f"<IPython.display.{type(self).__name__} object>"


class Image(Shown):
    """A picture given as bytes or as the name of a file."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if isinstance(data, (str, os.PathLike)) and Path(data).is_file():
            self.data = Path(data).read_bytes()

    def _repr_png_(self) -> Any:
        return self.data if bytes(self.data[:4]) == b"\x89PNG" else None

    def _repr_jpeg_(self) -> Any:
        return self.data if bytes(self.data[:2]) == b"\xff\xd8" else None


def install_display(run: Run) -> None:
    """Make `IPython` and `IPython.display` known where there is no IPython."""
    if "IPython" in sys.modules or importlib.machinery.PathFinder.find_spec("IPython"):
        return
    ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    for module in (ipython, display):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module
    kinds = {
        "HTML": "_repr_html_",
        "Latex": "_repr_latex_",
        "Markdown": "_repr_markdown_",
        "Math": "_repr_latex_",
        "SVG": "_repr_svg_",
    }
    for name, method in kinds.items():
        setattr(display, name, type(name, (Shown,), {method: lambda self: self.data}))
    vars(display).update(Image=Image, DisplayHandle=Handle)
    take_over_display(run, display)
    vars(ipython).update(display=display, get_ipython=run.shell.for_cells_only, __path__=[])


def take_over_display(run: Run, module: Any) -> None:
    """Let the functions of `IPython.display` write into our notebook."""
    recorder = run.recorder
    shown = {"display": recorder.display, "clear_output": recorder.clear}
    vars(module).update(shown, update_display=recorder.update_display)


# --- What happens right after an import --------------------------------------------------------


class AfterImport:
    """Does something once to a module: now when it is imported already, or right after."""

    def __init__(self, actions: dict[str, Callable[[Any], None]]) -> None:
        self.actions = actions

    def catch_up(self) -> None:
        """Act on the modules that came by another way than `find_spec`."""
        for name in [name for name in self.actions if name in sys.modules]:
            self.actions.pop(name)(sys.modules[name])

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the module as Python does, and add the action to its loading."""
        if name not in self.actions:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_act(module: types.ModuleType) -> None:
            load(module)
            self.actions.pop(name, lambda _module: None)(module)

        spec.loader.exec_module = load_and_act  # type: ignore[method-assign]  # of this one loader
        return spec


# --- What figures show -------------------------------------------------------------------------


def is_figure(value: Any) -> bool:
    """Tell whether a value is a matplotlib Figure."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def figure_png(figure: Any) -> str:
    """Draw a figure as PNG, in base64."""
    import io  # noqa: PLC0415  # only notebooks with figures need it

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


class Plots:
    """Remembers the plotted numbers of each figure that is saved to a file."""

    def __init__(self) -> None:
        self.saved: dict[str, tuple[tuple[int, int], bytes]] = {}

    def wrap(self, module: Any) -> None:
        """Make `Figure.savefig` of the module matplotlib.figure keep the plotted numbers."""
        original = module.Figure.savefig

        def savefig(figure: Any, fname: Any, *args: Any, **options: Any) -> Any:
            path, suffix = saved_as(fname, options.get("format"))
            if suffix == "png":  # else the version of matplotlib is written into each picture
                options["metadata"] = {"Software": None, **(options.get("metadata") or {})}
            rc = sys.modules["matplotlib"].rcParams
            rc["svg.hashsalt"] = rc["svg.hashsalt"] or "reprise"  # else ids in SVG are random
            layouts: list[dict[str, Any]] = []
            watch = figure.canvas.mpl_connect(
                "draw_event", lambda _: layouts.append(layout(figure))
            )
            try:
                result = original(figure, fname, *args, **options)
            finally:
                figure.canvas.mpl_disconnect(watch)
            if path is not None:
                self.keep(figure, path, layouts)
            return result

        module.Figure.savefig = savefig

    def keep(self, figure: Any, path: Path, layouts: list[dict[str, Any]]) -> None:
        """Keep the numbers of a figure under the file it was saved to."""
        try:
            drawn = layouts[-1] if layouts else layout(figure)
            content = as_json(plot_of(figure, drawn), indent=None)
            self.saved.pop(os.path.realpath(path), None)
            self.saved[os.path.realpath(path)] = (state_of(path), content)
            while len(self.saved) > PLOTS_HELD:
                self.saved.pop(next(iter(self.saved)))
        except Exception as problem:  # noqa: BLE001  # the figure itself is more than its numbers
            note(f"the numbers plotted in {path.name} are not kept: {problem!r}")

    def of(self, path: Path) -> bytes | None:
        """Return the numbers plotted in a file, unless it was written anew since."""
        state, content = self.saved.get(os.path.realpath(path), (None, b""))
        return content if state == state_of(path) else None


def state_of(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written: its size and time."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def saved_as(fname: Any, given: str | None) -> tuple[Path | None, str]:
    """Return the file that `savefig` writes (None for a buffer) and its format, as it decides."""
    default = str(sys.modules["matplotlib"].rcParams["savefig.format"])
    if not isinstance(fname, (str, os.PathLike)):
        return None, (given or default).lower()
    path = Path(fname)
    if given or path.suffix[1:]:
        return path, (given or path.suffix[1:]).lower()
    return path.with_name(f"{path.name.rstrip('.')}.{default}"), default.lower()


def layout(figure: Any) -> dict[str, Any]:
    """Return the size of a figure and the boxes of its axes, in pixels as just drawn."""
    return {
        "size": [round(figure.bbox.width), round(figure.bbox.height)],
        "boxes": [[round(float(v), 2) for v in axes.bbox.bounds] for axes in figure.axes],
    }


def plot_of(figure: Any, drawn: dict[str, Any]) -> dict[str, Any]:
    """Return a figure in the format `reprise.plot/1`."""
    points, pixels = Allowance(PLOT_POINTS), Allowance(IMAGE_PIXELS)
    parts = [axes_of(axes, points, pixels) for axes in figure.axes]
    for index, box in enumerate(drawn["boxes"]):
        parts[index]["box"] = box
    return {"format": "reprise.plot/1", "size": drawn["size"], "axes": parts}


def axes_of(axes: Any, points: Allowance, pixels: Allowance) -> dict[str, Any]:
    """Return one pair of axes with its series."""
    series = [limited(entry, points) for entry in series_of(axes)]
    series += [image_series(image, pixels) for image in axes.images]
    notes = "; ".join(filter(None, (axis_note("x", axes.xaxis), axis_note("y", axes.yaxis))))
    for entry in series if notes else []:
        entry["note"] = "; ".join(filter(None, (notes, entry.get("note"))))
    return {
        "title": next(filter(None, map(axes.get_title, ("center", "left", "right"))), ""),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "xlim": finite(axes.get_xlim()),
        "ylim": finite(axes.get_ylim()),
        "box": None,
        "series": series,
    }


def series_of(axes: Any) -> Iterator[dict[str, Any]]:
    """Yield what is drawn from data: lines, error bars, points, bars."""
    bars = [item for item in axes.containers if hasattr(item, "has_yerr")]
    within = {id(part) for item in bars for part in (item[0], *item[1])}
    yield from (line_series(axes, line) for line in axes.lines if id(line) not in within)
    yield from map(errorbar_series, bars)
    for item in axes.collections:
        if (
            type(item).__name__ == "PathCollection"
            and item.get_offset_transform() is axes.transData
        ):
            yield scatter_series(item)
    for item in axes.containers:
        if hasattr(item, "patches"):
            yield bar_series(item)
    for patch in axes.patches:
        if type(patch).__name__ == "StepPatch":
            yield steps_series(patch)
        elif type(patch).__name__ == "Polygon" and patch.get_transform() == (
            patch.get_patch_transform() + axes.transData
        ):
            yield outline_series(patch)


def limited(entry: dict[str, Any], points: Allowance) -> dict[str, Any]:
    """Turn the arrays of a series into lists, or leave them out when they are too many."""
    arrays = {key: entry[key] for key in ("x", "y", "z", "width", "base") if key in entry}
    errors = {key: entry[key] for key in ("xerr", "yerr") if entry.get(key) is not None}
    count = len(entry["x"])
    if not points.take(count):
        left_out: dict[str, Any] = {key: [] for key in arrays}
        left_out.update(dict.fromkeys(errors))
        return {**entry, **left_out, "note": f"{count} points, more than are kept"}
    lists: dict[str, Any] = {key: finite(values) for key, values in arrays.items()}
    lists.update({key: list(map(finite, pair)) for key, pair in errors.items()})
    return {**entry, **lists}


def finite(values: Any) -> list[float | None]:
    """Return numbers as a flat list; None for what is masked or not finite."""
    numpy = sys.modules["numpy"]
    flat = numpy.ma.filled(numpy.ma.asarray(values).astype(float), numpy.nan).ravel()
    return [value if math.isfinite(value) else None for value in flat.tolist()]


def entry_of(kind: str, artist: Any, x: Any, y: Any, colour: Any, **more: Any) -> dict[str, Any]:
    """Return a series with the keys that every kind has."""
    label = str(artist.get_label() or "")
    return {
        "kind": kind,
        "label": "" if label.startswith("_") else label,
        "x": x,
        "y": y,
        "xerr": None,
        "yerr": None,
        "colour": None if colour is None else sys.modules["matplotlib.colors"].to_hex(colour),
        "marker": None,
        "line": None,
        **more,
    }


def styled(value: Any) -> str | None:
    """Return the name of a marker or a line style; None when nothing is drawn."""
    return None if str(value) in ("None", "none", "", " ") else str(value)


def line_style(line: Any) -> dict[str, str | None]:
    """Return how a line is drawn."""
    return {"marker": styled(line.get_marker()), "line": styled(line.get_linestyle())}


def line_series(axes: Any, line: Any) -> dict[str, Any]:
    """Return a line; one that runs along an axis (axhline, axline) is marked as a guide."""
    style: dict[str, Any] = line_style(line)
    grids = (axes.get_xaxis_transform("grid"), axes.get_yaxis_transform("grid"), axes.transAxes)
    if type(line).__name__.endswith("AxLine") or any(line.get_transform() is g for g in grids):
        style["guide"] = True
    if hasattr(line, "get_data_3d"):
        x, y, style["z"] = line.get_data_3d()
    else:
        x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
    return entry_of("line", line, x, y, line.get_color(), **style)


def errorbar_series(item: Any) -> dict[str, Any]:
    """Return points with error bars; errors are the lengths of the bars below and above."""
    line, _, bars = item
    ends = {"xy"[not item.has_xerr or i]: ends_of(bar) for i, bar in enumerate(bars)}
    if line is None:  # errorbar(fmt="none") draws no points: they are at the middle of the bars
        x, y = middles(ends, "x"), middles(ends, "y")
        colour = bars[0].get_color()[0]
        style: dict[str, Any] = {"note": "positions are the middles of the bars"}
    else:
        x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
        colour = line.get_color()
        style = line_style(line)
    places = list(map(list, (finite(x), finite(y))))
    errors = {f"{axis}err": lengths(axis, found, places) for axis, found in ends.items()}
    return entry_of("errorbar", item, x, y, colour, **style, **errors)


def ends_of(bars: Any) -> list[list[float | None]]:
    """Return x1, y1, x2, y2 of each bar."""
    return [(finite(segment) + [None] * 4)[:4] for segment in bars.get_segments()]


def middles(ends: dict[str, list[Any]], axis: str) -> list[float | None]:
    """Return where the bars stand on one axis."""
    across = ends.get("y" if axis == "x" else "x")
    first = 0 if axis == "x" else 1
    return [
        None if bar[first] is None or bar[first + 2] is None else (bar[first] + bar[first + 2]) / 2
        for bar in across or ends[axis]
    ]


def lengths(
    axis: str, ends: list[Any], places: list[list[float | None]]
) -> list[list[float | None]]:
    """Return the lengths of the bars on both sides of each point; None where there is no bar.

    The bars are in the order of the points, but points may have none (errorevery, masked values).
    """
    along, across = (0, 1) if axis == "x" else (1, 0)
    below: list[float | None] = []
    above: list[float | None] = []
    waiting = iter(ends)
    bar = next(waiting, None)
    for i, at in enumerate(places[along]):
        low = high = None
        if bar is not None and bar[across] == places[across][i]:
            if at is not None and bar[along] is not None and bar[along + 2] is not None:
                low, high = at - bar[along], bar[along + 2] - at
            bar = next(waiting, None)
        below.append(low)
        above.append(high)
    return [below, above]


def scatter_series(item: Any) -> dict[str, Any]:
    """Return points; `z` holds the values that their colours stand for."""
    offsets = item.get_offsets()
    values = item.get_array()
    colours = item.get_facecolors()
    colour = colours[0] if len(colours) and values is None else None
    more = {} if values is None else {"z": values}
    return entry_of("scatter", item, offsets[:, 0], offsets[:, 1], colour, marker="o", **more)


def bar_series(item: Any) -> dict[str, Any]:
    """Return bars by their middle and end, with their width and the base they stand on."""
    boxes = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in item.patches]
    upright = getattr(item, "orientation", None) != "horizontal"
    across, along = (0, 1) if upright else (1, 0)
    middle = [box[across] + box[across + 2] / 2 for box in boxes]
    end = [box[along] + box[along + 2] for box in boxes]
    sizes = {"width": [box[across + 2] for box in boxes], "base": [box[along] for box in boxes]}
    x, y = (middle, end) if upright else (end, middle)
    colour = item.patches[0].get_facecolor() if boxes else None
    direction = "vertical" if upright else "horizontal"
    return entry_of("bar", item, x, y, colour, direction=direction, **sizes)


def steps_series(patch: Any) -> dict[str, Any]:
    """Return the steps of `stairs` as bars."""
    values, edges, baseline = patch.get_data()
    base = [0.0 if baseline is None else baseline] * len(values)
    base = base if baseline is None or getattr(baseline, "ndim", 0) == 0 else baseline
    middle, width = (edges[1:] + edges[:-1]) / 2, edges[1:] - edges[:-1]
    return entry_of("bar", patch, middle, values, patch.get_edgecolor(), width=width, base=base)


def outline_series(patch: Any) -> dict[str, Any]:
    """Return the outline of a polygon, such as hist(histtype="step") draws."""
    corners = patch.get_xy()
    return entry_of("line", patch, corners[:, 0], corners[:, 1], patch.get_edgecolor(), line="-")


def image_series(image: Any, pixels: Allowance) -> dict[str, Any]:
    """Return an image: `z` by rows (channels side by side), its shape, its extent l, r, b, t."""
    values = image.get_array()
    more = {"shape": list(values.shape), "extent": finite(image.get_extent())}
    entry = entry_of("image", image, [], [], None, z=[], origin=image.origin, **more)
    if max(values.shape) > IMAGE_SIDE or not pixels.take(values.size):
        return {**entry, "note": "more pixels than are kept"}
    return {**entry, "z": list(map(finite, values))}


def axis_note(name: str, axis: Any) -> str | None:
    """Say what the numbers on an axis stand for when they were not numbers."""
    module = type(axis.get_major_locator()).__module__
    if module == "matplotlib.dates":
        return f"{name}: dates, in days since {sys.modules[module].get_epoch()}"
    return f"{name}: categories, counted from 0" if module == "matplotlib.category" else None


# --- Magics and commands -----------------------------------------------------------------------


class Lines(list):  # type: ignore[type-arg]  # of texts
    """What a command printed, by lines; `n` and `s` are the same as one text."""

    @property
    def n(self) -> str:
        """The lines one below the other."""
        return "\n".join(self)

    @property
    def s(self) -> str:
        """The lines side by side."""
        return " ".join(self)


class Captured:
    """What a cell under `%%capture` printed and showed."""

    def __init__(self, recorder: Recorder, outputs: list[dict[str, Any]]) -> None:
        self._recorder, self._all = recorder, outputs
        self.outputs = [output for output in outputs if output["output_type"] != "stream"]
        self.stdout, self.stderr = self._text("stdout"), self._text("stderr")

    def _text(self, name: str) -> str:
        return "".join(output["text"] for output in self._all if output.get("name") == name)

    def show(self) -> None:
        """Show it after all."""
        for output in self._all:
            if output["output_type"] == "stream":
                self._recorder.stream(output["name"], output["text"])
            else:
                self._recorder.data(output["data"])

    __call__ = show


class TimeitResult:
    """What `%timeit -o` gives: the time of the one time that the code was run."""

    def __init__(self, seconds: float) -> None:
        self.average = self.best = self.worst = seconds
        self.all_runs, self.timings = [seconds], [seconds]
        self.loops = self.repeat = 1
        self.stdev = 0.0


class Ignored:
    """Stands for parts of a shell that a notebook may talk to and that matter on a screen only."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Ignored()

    def __call__(self, *_arguments: Any, **_options: Any) -> None:
        """Do nothing."""


class Shell:
    """What `get_ipython()` gives: as much of IPython's shell as notebooks use."""

    def __init__(self, run: Run) -> None:
        self._notebook = run
        self.user_ns = run.namespace
        self.config, self.events, self.display_formatter = Ignored(), Ignored(), Ignored()

    def for_cells_only(self) -> Shell | None:
        """Give the shell to cells; packages see that there is none, and do without."""
        caller = sys._getframe(1)  # noqa: SLF001  # the only way to know who asks
        return self if caller.f_globals is self.user_ns else None

    def __repr__(self) -> str:
        return "<the shell of this notebook>"

    # IPython's own names, in its own manner

    def magic(self, text: str) -> Any:
        """Run a line magic given with its name."""
        name, _, rest = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def run_line_magic(self, name: str, line: str, **_options: Any) -> Any:
        """Run a line magic; raise UnsupportedMagic."""
        if name in HARMLESS:
            return None
        if name in INLINE:
            return self._notebook.value_of(line)
        if name not in LINE_MAGICS:
            raise unsupported(f"%{name} {line}", "<cell>", 1)
        if name in SHELL_WORDS:
            return self.system(f"{name} {line}")
        return getattr(self, f"_{name}")(line if name == "timeit" else self.expanded(line))

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Run a cell magic; raise UnsupportedMagic."""
        if name not in CELL_MAGICS:
            raise unsupported(f"%%{name} {line}", "<cell>", 1)
        if name in SHOWN_CELLS:
            return self._notebook.recorder.display({SHOWN_CELLS[name]: cell}, raw=True)
        if name in PROGRAMS:
            return self._program(line.split() if name == "script" else [name, *line.split()], cell)
        return {
            "capture": self._capture,
            "file": self._writefile,
            "timeit": self._timeit_cell,
            "writefile": self._writefile,
        }[name](line, cell)

    def run_cell(self, source: str, **_options: Any) -> None:
        """Run source as part of the cell that asks for it."""
        self._notebook.execute_part(source)

    def ex(self, source: str) -> None:
        """Run statements."""
        self._notebook.execute_part(source)

    def ev(self, source: str) -> Any:
        """Give the value of an expression."""
        return eval(source, self.user_ns)  # noqa: S307  # running the notebook is the purpose

    def push(self, names: dict[str, Any], **_options: Any) -> None:
        """Assign names."""
        self.user_ns.update(names)

    def system(self, command: str) -> None:
        """Run a command of the shell; what it prints is shown as it comes."""
        import subprocess  # noqa: PLC0415  # few notebooks need it

        with subprocess.Popen(  # noqa: S603  # what the notebook asks for
            [shell_program(), "-c", self.expanded(command)], text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="backslashreplace",
        ) as process:  # fmt: skip
            for text in process.stdout or ():
                sys.stdout.write(text)
        self.user_ns["_exit_code"] = process.returncode

    def getoutput(self, command: str, **_options: Any) -> Lines:
        """Run a command of the shell and give what it prints."""
        import subprocess  # noqa: PLC0415  # few notebooks need it

        ended = subprocess.run(  # noqa: S603  # what the notebook asks for
            [shell_program(), "-c", self.expanded(command)], text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="backslashreplace",
            check=False,
        )  # fmt: skip
        self.user_ns["_exit_code"] = ended.returncode
        return Lines(ended.stdout.splitlines())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Ignored()

    # The magics

    def expanded(self, text: str) -> str:
        """Put values in the place of `{expression}` and of `$name`, where there are such."""
        text = re.sub(r"\{([^{}]+)\}", self._value_of, text)
        return re.sub(r"\$(\$|[A-Za-z_]\w*)", self._value_named, text)

    def _value_of(self, found: re.Match[str]) -> str:
        try:
            return str(eval(found[1], self.user_ns))  # noqa: S307  # as the notebook asks
        except Exception:  # noqa: BLE001  # braces of the shell's own
            return found[0]

    def _value_named(self, found: re.Match[str]) -> str:
        if found[1] == "$":
            return "$"
        return str(self.user_ns[found[1]]) if found[1] in self.user_ns else found[0]

    def _cd(self, line: str) -> None:
        os.chdir(Path(line.strip("'\" ") or "~").expanduser())
        print(Path.cwd())  # noqa: T201  # as IPython does

    def _pwd(self, _line: str) -> str:
        return str(Path.cwd())

    def _env(self, line: str) -> Any:
        name, sign, value = line.partition("=" if "=" in line else " ")
        if not name:
            return dict(os.environ)
        if not sign:
            return os.environ[name.strip()]
        os.environ[name.strip()] = value.strip()
        print(f"env: {name.strip()}={value.strip()}")  # noqa: T201  # as IPython does
        return None

    _set_env = _env

    def _sx(self, line: str) -> Lines:
        return self.getoutput(line)

    _system = _sx

    def _who_ls(self, _line: str) -> list[str]:
        hidden = {"In", "Out"}
        return sorted(n for n in self.user_ns if not n.startswith("_") and n not in hidden)

    def _run(self, line: str) -> None:
        words = line.split()
        options = [word for word in words if word in ("-i", "-n", "-e")]
        path, *arguments = [word for word in words if word not in options]
        if path.endswith(".ipynb"):
            for cell in read_notebook(Path(path))["cells"]:
                if cell["cell_type"] == "code":
                    self._notebook.execute_part(source_of(cell))
            return
        code = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
        own = {"__name__": "__main__", "__file__": path}
        namespace = self.user_ns if "-i" in options else own
        kept, sys.argv = sys.argv, [path, *arguments]
        try:
            exec(code, namespace)  # noqa: S102  # running the notebook is the purpose
        except SystemExit:
            note(f"%run {path} called sys.exit()")
        finally:
            sys.argv = kept
        self.user_ns.update({k: v for k, v in namespace.items() if not k.startswith("__")})

    def _timeit(self, line: str) -> TimeitResult | None:
        options, statement = timeit_options(line)
        result = self._timed(statement, dict(self.user_ns))
        return result if "o" in options else None

    def _timeit_cell(self, line: str, cell: str) -> None:
        namespace = dict(self.user_ns)
        exec(timeit_options(line)[1], namespace)  # noqa: S102  # running the notebook is the purpose
        self._timed(cell, namespace)

    def _timed(self, source: str, namespace: dict[str, Any]) -> TimeitResult:
        import time  # noqa: PLC0415  # few notebooks need it

        code = compile(
            source, self._notebook.filename, "exec", self._notebook.flags, dont_inherit=True
        )
        begun = time.perf_counter()
        exec(code, namespace)  # noqa: S102  # running the notebook is the purpose
        seconds = time.perf_counter() - begun
        note(f"{self._notebook.filename.strip('<>')}: ran once for timeit, in {seconds:.3g} s")
        return TimeitResult(seconds)

    def _capture(self, line: str, cell: str) -> None:
        recorder = self._notebook.recorder
        kept, recorder.outputs = recorder.outputs, []
        try:
            self._notebook.execute_part(cell)
        finally:
            self._notebook.show_figures()
            captured, recorder.outputs = recorder.finish(), kept
        names = [word for word in line.split() if not word.startswith("--")]
        if names:
            self.user_ns[names[0]] = Captured(recorder, captured)

    def _writefile(self, line: str, cell: str) -> None:
        words = self.expanded(line).split()
        names = [word for word in words if not word.startswith("-")]
        path = Path(names[0].strip("'\"")).expanduser()
        mode = "a" if {"-a", "--append"} & set(words) else "w"
        word = "Appending to" if mode == "a" else "Overwriting" if path.exists() else "Writing"
        print(f"{word} {path}")  # noqa: T201  # as IPython does
        with path.open(mode, encoding="utf-8") as file:
            file.write(cell if cell.endswith("\n") else cell + "\n")

    def _program(self, words: list[str], cell: str) -> None:
        import subprocess  # noqa: PLC0415  # few notebooks need it

        command = [word for word in words if not word.startswith("--")]
        if command[0].startswith("python"):
            command[0] = sys.executable
        ended = subprocess.run(  # noqa: S603  # what the notebook asks for
            command, input=cell + "\n", capture_output=True, text=True, check=False,
            errors="backslashreplace",
        )  # fmt: skip
        sys.stdout.write(ended.stdout)
        sys.stderr.write(ended.stderr)
        if ended.returncode and "--no-raise-error" not in words:
            raise subprocess.CalledProcessError(ended.returncode, command)


def shell_program() -> str:
    """Return the shell that runs commands."""
    return next(filter(os.path.exists, ("/bin/bash", "/bin/sh")))


def timeit_options(line: str) -> tuple[str, str]:
    """Split the options off a line for timeit.

    >>> timeit_options("-n 10 -o f(-x)")
    ('no', 'f(-x)')
    """
    found = ""
    while True:
        option = re.match(r"\s*-(?:([nrp])\s*\d+|([tcqo]+|v))(\s+|$)", line)
        if option is None:
            return found, line.strip()
        found += option[1] or option[2]
        line = line[option.end() :]


# --- Outputs -----------------------------------------------------------------------------------


def file_of(value: str | os.PathLike[str]) -> Path:
    """Return the file that a value names; raise OutputError unless it is one of this folder."""
    path, work = Path(value), Path(os.path.realpath(WORK))
    try:
        real = Path(os.path.realpath(path))
    except ValueError as problem:
        raise OutputError("names no file") from problem
    if path.is_symlink() or work not in real.parents:
        raise OutputError("names a file outside its folder")
    if not real.is_file():
        raise OutputError(f"names the file {os.fspath(value)!r}, which does not exist")
    return path


def names_file(value: Any) -> bool:
    """Tell whether a value is meant as the name of a file."""
    return isinstance(value, (str, os.PathLike))


def without_unit(value: Any) -> Any:
    """Return the number or array of a Quantity in its own unit; other values as they are."""
    return value.value if hasattr(value, "unit") and hasattr(value, "value") else value


def plain(value: Any) -> Any:
    """Return a value as JSON can write it; numbers that are not finite become their names."""
    value = without_unit(value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return finite_or_name(float(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # arrays, and the booleans of numpy
        return plain(value.tolist())
    raise OutputError(f"holds a value of type {type(value).__name__}, which JSON has not")


def finite_or_name(value: float) -> float | str:
    """Return a finite number itself, else "NaN", "Infinity" or "-Infinity"."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def save_number(value: Any, part: Path) -> str:
    """Save one number as JSON."""
    value = without_unit(value)
    if getattr(value, "size", 0) == 1 and hasattr(value, "item"):
        value = math.nan if is_masked(value) else value.item()
    if not isinstance(value, numbers.Real):
        raise TypeError
    part.write_bytes(as_json(plain(value)))
    return ".json"


def is_masked(value: Any) -> bool:
    """Tell whether a single number of numpy is masked."""
    mask = getattr(value, "mask", None)
    return mask is not None and bool(mask)


def save_boolean(value: Any, part: Path) -> str:
    """Save true or false as JSON."""
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, bool):
        raise TypeError
    part.write_bytes(as_json(value))
    return ".json"


def save_text(value: Any, part: Path) -> str | Path:
    """Save a text, or the file whose name it is."""
    value = getattr(value, "value", value)  # TextLikeProduct of oda_api
    if isinstance(value, os.PathLike) or (isinstance(value, str) and is_own_file(value)):
        shutil.copyfile(file_of(value), part)
    elif isinstance(value, str):
        part.write_bytes(value.encode("utf-8", "backslashreplace"))
    else:
        raise TypeError
    return ".txt"


def is_own_file(value: str) -> bool:
    """Tell whether a text is the name of a file in this folder."""
    try:
        return file_of(value).is_file()
    except (OutputError, OSError):
        return False


def save_structure(value: Any, part: Path) -> str | Path:
    """Save a dictionary, a list or a plain value as JSON."""
    if names_file(value):
        return copy(value, part)
    kinds = (dict, list, tuple, str, int, float, type(None))
    if not isinstance(value, kinds) and not hasattr(value, "tolist"):
        raise TypeError
    part.write_bytes(as_json(plain(value)))
    return ".json"


def save_table(value: Any, part: Path) -> str | Path:
    """Save a table: a file as it is, of astropy as ECSV, of pandas as CSV."""
    if names_file(value):
        return copy(value, part)
    if hasattr(value, "colnames") and hasattr(value, "write"):
        value.write(part, format="ascii.ecsv", overwrite=True)
        return ".ecsv"
    if hasattr(value, "to_csv"):
        numbered = type(getattr(value, "index", None)).__name__ == "RangeIndex"
        part.write_text(value.to_csv(index=not numbered), encoding="utf-8")
        return ".csv"
    if hasattr(value, "table"):  # ODAAstropyTable of oda_api
        return save_table(value.table, part)
    raise TypeError


def save_picture(value: Any, part: Path) -> str | Path:
    """Save a picture: a file as it is, a Figure as PNG."""
    if names_file(value):
        return copy(value, part)
    if is_figure(value):
        value.savefig(part, format="png")
        return ".png"
    if hasattr(value, "binary_data"):  # PictureProduct of oda_api
        part.write_bytes(value.binary_data)
        return suffix_of(Path(f"x.{getattr(value, 'img_type', 'png')}"))
    raise TypeError


def save_fits(value: Any, part: Path) -> str | Path:
    """Save an image, spectrum or light curve: a file as it is, otherwise as FITS or ECSV."""
    if names_file(value):
        return copy(value, part)
    if hasattr(value, "to_fits_hdu_list"):  # NumpyDataProduct of oda_api
        value = value.to_fits_hdu_list()
    if hasattr(value, "writeto"):
        value.writeto(part, overwrite=True)
        return ".fits"
    if hasattr(value, "colnames"):
        return save_table(value, part)
    raise TypeError


def save_binary(value: Any, part: Path) -> str | Path:
    """Save bytes, or a file as it is."""
    if names_file(value):
        return copy(value, part)
    value = getattr(value, "bin_data", value)  # BinaryProduct of oda_api
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError
    part.write_bytes(value)
    return ".bin"


def copy(value: str | os.PathLike[str], part: Path) -> Path:
    """Copy the file that a value names, and return which it was."""
    source = file_of(value)
    shutil.copyfile(source, part)
    return source


FILES = "the name of a file in this folder"
FITS = (save_fits, f"an HDUList of astropy or {FILES}")
SAVERS: dict[str, tuple[Callable[[Any, Path], str | Path], str]] = {
    "number": (save_number, "a single number, for instance float(x)"),
    "boolean": (save_boolean, "True or False, for instance bool(x)"),
    "text": (save_text, "a text, for instance str(x)"),
    "table": (save_table, f"a Table of astropy, a DataFrame of pandas or {FILES}"),
    "picture": (save_picture, f"a Figure of matplotlib or {FILES}"),
    "image": FITS,
    "spectrum": FITS,
    "light-curve": FITS,
    "structure": (save_structure, f"a dictionary, a list, a plain value or {FILES}"),
    "binary": (save_binary, f"bytes or {FILES}"),
}


def save_output(name: str, kind: str, value: Any, folder: Path) -> tuple[str, Path]:
    """Save one output; raise OutputError.

    Returns:
        The name of its file in `folder`, and the file in which its picture was drawn.
    """
    save, wanted = SAVERS.get(kind, (None, ""))
    if save is None:
        raise OutputError(f"output {name!r}: no output is of the kind {kind!r}")
    part = folder / f".{name}.part"
    got = f"output {name!r} is declared as {kind} and holds {type(value).__name__}"
    try:
        made = save(value, part)
    except TypeError as problem:
        reason = f" ({problem})" if str(problem) else ""
        raise OutputError(f"{got}{reason}: assign {wanted}") from problem
    except OutputError as problem:
        raise OutputError(f"output {name!r} ({kind}) {problem}: assign {wanted}") from problem
    except (Exception, SystemExit) as problem:
        raise OutputError(f"{got}, which could not be saved: {problem!r}") from problem
    source, suffix = (made, suffix_of(made)) if isinstance(made, Path) else (part, made)
    clash = f"{name}{suffix}" in ("manifest.json", "executed.ipynb")
    return f"{name}_{suffix}" if clash else f"{name}{suffix}", source


def save_outputs(run: Run, folder: Path, wanted: list[dict[str, str]], manifest: Any) -> int:
    """Save all outputs, write down in `manifest` how that went, and return the exit status."""
    problems = []
    for name, kind in [(output["name"], output["kind"]) for output in wanted]:
        if name not in run.namespace:
            manifest["missing"].append(name)
            note(f"output {name!r} ({kind}) was never assigned: assign it in the outputs cell")
            continue
        try:
            file, source = save_output(name, kind, run.namespace[name], folder)
        except OutputError as problem:
            note(str(problem))
            problems.append(str(problem))
            continue
        plot = run.plots.of(source)
        (folder / f".{name}.part").replace(folder / file)
        media_type = MEDIA_TYPES.get(suffix_of(Path(file)), "application/octet-stream")
        row = {"name": name, "kind": kind, "file": file, "media_type": media_type}
        manifest["outputs"].append(row)
        if plot is not None:
            write_file(folder / f"{file}.plot.json", plot)
            manifest["plots"].append({"file": file, "data": f"{file}.plot.json"})
    if problems:
        manifest["error"] = without_place("OutputError", "\n".join(problems))
    return UNSAVED if problems or manifest["missing"] else DONE


# --- Running -----------------------------------------------------------------------------------


class Run:
    """One notebook being run: its names, what it prints and what it plots."""

    def __init__(self, seed: int) -> None:
        module = types.ModuleType("__main__")  # a real module, for pickle and dataclasses
        sys.modules["__main__"] = module
        self.namespace = vars(module)
        self.recorder, self.plots = Recorder(), Plots()
        self.loop: Any = None
        self.flags, self.filename = 0, ""
        self.last: list[Any] = ["", "", ""]
        self.shell = Shell(self)
        self.namespace.update(In=[""], Out={}, _="", __="", ___="")
        self.imports = AfterImport(
            {
                "random": lambda random: random.seed(seed),
                "numpy.random": lambda random: random.seed(seed % 2**32),
                "matplotlib.figure": self.plots.wrap,
                "matplotlib.pyplot": self.take_over_show,
                "IPython.core.getipython": lambda module: vars(module).update(
                    get_ipython=self.shell.for_cells_only
                ),
                "IPython.display": lambda module: take_over_display(self, module),
            }
        )
        sys.meta_path.insert(0, self.imports)
        self.imports.catch_up()

    def run_cell(self, cell: dict[str, Any], filename: str, count: int) -> BaseException | None:
        """Run one cell and put what it gives into it; return the error that it raised."""
        self.recorder.start()
        error = None
        reserve = bytes(4_000_000)  # given back when memory is short, for the report
        try:
            self.execute(source_of(cell), filename, count)
        except BaseException as problem:  # noqa: BLE001  # sys.exit and Ctrl-C end the run too
            error = problem
        del reserve
        self.imports.catch_up()
        self.show_figures()
        cell.update(execution_count=count, outputs=self.recorder.finish())
        return error

    def execute(self, source: str, filename: str, count: int) -> None:
        """Run the code of a cell and show its last expression."""
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
        self.filename = filename
        self.remember_source(source)
        value = self.value_of(source)
        if value is not None:
            self.recorder.data(representations(value), count)
            self.remember_value(value, count)

    def value_of(self, source: str) -> Any:
        """Run some source; return the value of its last expression, None when it has none."""
        tree, parsed = parse_cell(source, self.filename, self.flags)
        last = split_last(tree, parsed)
        self.evaluate(tree, self.filename, "exec")
        return None if last is None else self.evaluate(ast.Expression(last), self.filename, "eval")

    def execute_part(self, source: str) -> None:
        """Run source that a magic of the running cell holds, and show its last expression."""
        value = self.value_of(source)
        if value is not None:
            self.recorder.data(representations(value))

    def remember_source(self, source: str) -> None:
        """Keep the source of a cell in `In`, where it is still ours."""
        known = self.namespace.get("In")
        if isinstance(known, list):
            known.append(source)

    def remember_value(self, value: Any, count: int) -> None:
        """Keep a value in `Out` and under `_`, where these are still ours."""
        known = self.namespace.get("Out")
        if isinstance(known, dict):
            known[count] = value
        self.namespace[f"_{count}"] = value
        names = ("_", "__", "___")
        if all(self.namespace.get(n) is was for n, was in zip(names, self.last)):  # noqa: B905  # Python 3.9
            self.last = [value, *self.last[:2]]
            self.namespace.update(zip(names, self.last))  # noqa: B905  # Python 3.9

    def evaluate(self, tree: ast.Module | ast.Expression, filename: str, mode: str) -> Any:
        """Run a piece of code in the names of the notebook, awaiting it where it awaits."""
        flags = self.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, filename, mode, flags, dont_inherit=True)
        self.flags |= code.co_flags & __future__.annotations.compiler_flag
        result = eval(code, self.namespace)  # noqa: S307  # running the notebook is the purpose
        coroutine = 0x80  # CO_COROUTINE of the module inspect, which is slow to import
        return self.wait_for(result) if code.co_flags & coroutine else result

    def wait_for(self, coroutine: Any) -> Any:
        """Run a coroutine in the event loop that all cells share."""
        import asyncio  # noqa: PLC0415  # few notebooks await, and it is slow to import

        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
        return self.loop.run_until_complete(coroutine)

    def take_over_show(self, pyplot: Any) -> None:
        """Let `pyplot.show` show and close the open figures, as in a notebook."""
        pyplot.show = lambda *_args, **_options: self.show_figures()

    def show_figures(self) -> None:
        """Put the open figures into the outputs of the cell, and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not hasattr(pyplot, "get_fignums"):
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            try:
                data = {"image/png": figure_png(figure)}
                self.recorder.data({**data, "text/plain": representation_of_size(figure)})
            except Exception as problem:  # noqa: BLE001  # the numbers may still be good
                note(f"figure {number} cannot be drawn: {problem!r}")
            pyplot.close(figure)


def representation_of_size(figure: Any) -> str:
    """Return the text that stands for a figure where pictures are not shown."""
    width, height = figure.get_size_inches()
    return f"<Figure {width:g} x {height:g} inches with {len(figure.axes)} Axes>"


def without_place(kind: str, message: str) -> dict[str, Any]:
    """Return an error that did not arise in a cell."""
    return {"cell": None, "line": None, "type": kind, "message": message, "traceback": ""}


def describe(error: BaseException, number: int, filename: str) -> dict[str, Any]:
    """Return what went wrong in a cell, with the traceback that concerns the notebook."""
    report = traceback.TracebackException(type(error), error, error.__traceback__)
    text = "".join(trimmed(report).format())
    places = [frame.lineno for frame in report.stack if frame.filename == filename]
    if isinstance(error, SyntaxError) and error.filename == filename:
        places.append(error.lineno)
    return {
        "cell": number,
        "line": places[-1] if places else None,
        "type": type(error).__name__,
        "message": message_of(error)[:TRACEBACK_CHARACTERS],
        "traceback": text[-TRACEBACK_CHARACTERS:],
    }


def message_of(error: BaseException) -> str:
    """Return what an error says, also when saying it fails."""
    if isinstance(error, SystemExit):
        return f"called sys.exit({'' if error.code is None else repr(error.code)})"
    try:
        return str(error.msg if isinstance(error, UnsupportedMagic) else error)
    except Exception:  # noqa: BLE001  # an error of the author's own class
        return "(the error has no message)"


def trimmed(report: traceback.TracebackException) -> traceback.TracebackException:
    """Take what belongs to this file out of a traceback and of those that it mentions."""
    waiting = [report]
    while waiting:
        part = waiting.pop()
        frames = list(part.stack)
        cells = [i for i, frame in enumerate(frames) if frame.filename.startswith("<cell ")]
        frames = [f for f in frames[cells[0] if cells else 0 :] if f.filename != __file__]
        part.stack = traceback.StackSummary.from_list(frames)
        others = (part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or ()))
        waiting.extend(other for other in others if other is not None)
    return report


class Events:
    """Tells the caller how far the run is, as lines of JSON; silent without a reader."""

    def __init__(self, descriptor: int | None) -> None:
        self.descriptor = descriptor
        if descriptor is not None:
            os.set_inheritable(descriptor, False)  # noqa: FBT003  # it takes no name

    def send(self, event: str, **more: Any) -> None:
        """Send one event."""
        if self.descriptor is None:
            return
        try:
            os.write(self.descriptor, as_json({"event": event, **more}, indent=None))
        except OSError:
            self.descriptor = None


def run_cells(run: Run, cells: list[tuple[str, int, dict[str, Any]]], events: Events) -> Any:
    """Run the code cells in order; return the description of the first error, or None."""
    code = [item for item in cells if item[2]["cell_type"] == "code"]
    for count, (filename, number, cell) in enumerate(code, 1):
        events.send("cell", index=count, of=len(code))
        error = run.run_cell(cell, filename, count)
        if error is not None:
            found = describe(error, number, filename)
            lines = found["traceback"].splitlines()
            raised = {"output_type": "error", "ename": found["type"], "evalue": found["message"]}
            cell["outputs"].append({**raised, "traceback": lines})
            note(f"cell {number} failed\n{found['traceback']}")
            return found
    return None


def packages() -> list[str]:
    """Return the installed packages as `name==version`.

    The names of the `*.dist-info` folders say both; reading their contents through
    importlib.metadata would take longer (0.15 s for 120 packages) than most small notebooks.
    """
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, sys.path):
        for entry in os.listdir(folder):  # noqa: PTH208  # of plain names, and much faster
            name, _, version = entry.removesuffix(".dist-info").partition("-")
            if entry.endswith(".dist-info") and version:
                found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return sorted(f"{name}=={version}" for name, version in found.items())


def run_job(job: dict[str, Any], folder: Path, events: Events, manifest: dict[str, Any]) -> int:
    """Run a job, write all but the manifest, and return the exit status."""
    notebook = read_notebook(Path(job["notebook"]))
    cells = numbered_cells(notebook, job["parameters"])
    run = Run(job["seed"])
    if any("IPython" in source_of(cell) for _, _, cell in cells):
        install_display(run)
    names = {"display": run.recorder.display, "get_ipython": lambda: run.shell}
    vars(builtins).update(names)  # as in any notebook
    streams = sys.stdout, sys.stderr
    sys.stdout = Stream("stdout", streams[0], run.recorder)
    sys.stderr = Stream("stderr", streams[1], run.recorder)
    try:
        manifest["error"] = run_cells(run, cells, events)
        failed = manifest["error"] is not None
        status = RAISED if failed else save_outputs(run, folder, job["outputs"], manifest)
    finally:
        sys.stdout, sys.stderr = streams
    write_file(folder / "executed.ipynb", as_json(notebook))
    return status


def prepare() -> None:
    """Make this process ready: imports from the work folder, pictures without a screen."""
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [str(WORK), *(entry for entry in sys.path if entry not in ("", here, str(WORK)))]
    os.environ.setdefault("MPLBACKEND", "Agg")
    for stream in (sys.stdout, sys.stderr):  # the log is read while it grows
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper


def main(arguments: list[str]) -> int:
    """Run the job described in a file, and return the exit status."""
    if len(arguments) != 1:
        note("usage: python -s -B notebook_runner.py job.json")
        return UNUSABLE
    try:
        job = read_job(Path(arguments[0]))
    except UnusableError as problem:
        note(str(problem))
        return UNUSABLE
    folder, events = WORK / job["folder"], Events(job["events_fd"])
    folder.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {
        "format": "reprise.manifest/1",
        "outputs": [],
        "plots": [],
        "missing": [],
        "error": None,
        "python": sys.version.split()[0],
        "packages": packages(),
    }
    prepare()
    try:
        status = run_job(job, folder, events, manifest)
    except UnusableError as problem:
        note(str(problem))
        manifest["error"], status = without_place("UnusableError", str(problem)), UNUSABLE
    write_file(folder / "manifest.json", as_json(manifest))
    events.send("end")
    return status


WORK = Path.cwd()

if __name__ == "__main__":
    keep = sys.modules["__main__"]  # the notebook takes this name; these functions live on here
    sys.exit(main(sys.argv[1:]))
