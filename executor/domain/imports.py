"""What a notebook imports, as far as that can be done before it is started.

A warm interpreter imports these in advance. That must not be seen in the result, so only such
statements are taken that every run of the notebook comes to, and none after something that an
import might depend on: the environment, the search path, settings, warnings, a module of the
entry's own.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

HOME = ".home"
ALL = "*"
HARMLESS = re.compile(
    r"\s*%(matplotlib|config|load_ext|autoreload|time)\b.*|\s*%%(time|timeit|capture)\b.*"
)
SETTINGS = {"matplotlibrc": "matplotlib"}  # files that a package reads from the current folder
# Names by which code reaches for what an import may depend on.
SURROUNDINGS = set(
    """
    __builtins__ __dict__ __import__ addsitedir builtins chdir compile conf config delattr environ
    eval exec getLogger get_ipython globals import_module importlib invalidate_caches locals logging
    meta_path modules monkeypatch path_hooks putenv rc rcParams rc_context reload runpy seterr
    setattr set_loglevel setlocale simplefilter site subprocess sys system tzset unsetenv vars
    warnings
    """.split()  # noqa: SIM905 - words
)
UNTOUCHED = {"this", "antigravity", "sitecustomize", "usercustomize", "idlelib", "turtle"}


def preloads(cells: Iterable[str], own: Collection[str] = ()) -> tuple[str, ...]:
    """The import statements of a notebook that can be carried out before it starts, in order.

    Args:
        cells: the sources of its code cells, in order.
        own: modules of the entry's own, which are never imported in advance.

    Returns:
        One plain statement each, for instance ``from astropy.io import fits``.
    """
    found: dict[str, None] = {}
    bound: set[str] = set()  # names that stand for what is imported
    for statement in statements(cells):
        if statement is None or not is_inert(statement, bound, set(own)):
            break
        if isinstance(statement, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
            if modules_of(statement) != {"__future__"}:
                found[ast.unparse(statement)] = None
    return tuple(found)


def shadows(paths: Iterable[str]) -> frozenset[str]:
    """The modules that files of an entry may stand in for; ``*`` when that cannot be told.

    Args:
        paths: of the entry's files, relative to its folder.
    """
    found = set()
    for path in map(PurePosixPath, paths):
        first = path.parts[0]
        if first == HOME:  # settings of any package
            found.add(ALL)
        elif len(path.parts) > 1:
            found.add(first)
        elif path.suffix in {".py", ".pyc", ".so", ".pth"}:
            found.add(first.partition(".")[0])
        else:
            found |= {SETTINGS[first]} if first in SETTINGS else set()
    return frozenset(found)


def statements(cells: Iterable[str]) -> Iterator[ast.stmt | None]:
    """The statements of cells; None where one cannot be read as Python."""
    for cell in cells:
        tree = parsed(cell)
        yield from tree.body if tree else [None]


def parsed(cell: str) -> ast.Module | None:
    """A cell without its harmless magics; None when the rest is not Python."""
    lines = cell.split("\n")
    for _ in lines:
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as problem:
            number = problem.lineno or 0
            if not 1 <= number <= len(lines) or not HARMLESS.fullmatch(lines[number - 1]):
                return None
            lines[number - 1] = indent_of(lines[number - 1]) + "pass"
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def indent_of(line: str) -> str:
    """The spaces that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def modules_of(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level modules of an import; none for a relative one."""
    if isinstance(statement, ast.ImportFrom):
        return {(statement.module or "").partition(".")[0]} if not statement.level else set()
    return {alias.name.partition(".")[0] for alias in statement.names}


def is_inert(statement: ast.stmt, bound: set[str], own: set[str]) -> bool:
    """Whether a statement can hardly matter to the imports after it."""
    nodes = ast.walk(statement)
    return is_backend(statement) or not any(reaches_out(node, bound, own) for node in nodes)


def is_backend(statement: ast.stmt) -> bool:
    """Whether a statement chooses the backend of matplotlib that runs have anyway."""
    text = ast.unparse(statement).lower() if isinstance(statement, ast.Expr) else ""
    return re.fullmatch(r"(matplotlib|mpl)\.use\('agg'(, .*)?\)", text) is not None


def reaches_out(node: ast.AST, bound: set[str], own: set[str]) -> bool:
    """Whether code at a node may change what an import depends on, or runs code of the entry."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = modules_of(node)
        return not names or bool(names & (own | UNTOUCHED))
    if isinstance(node, ast.Attribute):
        changed = isinstance(node.ctx, ast.Store | ast.Del) and root_of(node) in bound
        return changed or node.attr in SURROUNDINGS
    return isinstance(node, ast.Await) or (isinstance(node, ast.Name) and node.id in SURROUNDINGS)


def root_of(node: ast.expr) -> str:
    """The name that a chain of attributes and items begins with; empty when there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def code_cells(notebook: object) -> Sequence[str]:
    """The sources of the code cells of a notebook as JSON; none when it is not one."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = []
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        lines: list[object] = source if isinstance(source, list) else [source]
        texts = [line for line in lines if isinstance(line, str)]
        if len(texts) < len(lines):
            return ()
        found.append("".join(texts))
    return tuple(found)
