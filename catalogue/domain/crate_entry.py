"""From a foreign workflow crate to an entry: which file is run, and which files go with it."""

from collections.abc import Collection, Iterable

from catalogue.domain.crate import BadCrateError, Described, main_path
from catalogue.domain.entry import DOCUMENTS, ignored

ENDINGS = (".ipynb", ".cwl")
ROOT_FILES = (
    "CITATION.cff", "data.toml", "environment.yml", "environment.yaml", "paper.toml",
    "pyproject.toml", "reprise.toml", "requirements.lock", "requirements.txt",
)  # fmt: skip
LICENCES = ("LICEN", "COPYING")


def fitting_main(described: Described, files: Collection[str]) -> str:
    """The path of the notebook or CWL document that a crate is about.

    A main workflow on the web is looked for in the crate by its file name, and never fetched. A
    crate that names none is about the only notebook or document at its top.

    Raises:
        BadCrateError: it is about neither, or about what it does not hold.
    """
    told = str(described.main.get("@id", ""))
    path = main_path(described)
    if not told:
        return _only(files)
    if path not in files:
        name = told.split("?", 1)[0].split("#", 1)[0].rsplit("/", 1)[-1]
        copies = [item for item in files if item.rsplit("/", 1)[-1] == name]
        if len(copies) != 1:
            raise BadCrateError(_lacks(told))
        path = copies[0]
    if not path.endswith(ENDINGS):
        language = f", a workflow for {described.language[:80]}" if described.language else ""
        raise BadCrateError(
            f"its main workflow is {path[:80]}{language}; here notebooks (.ipynb) and CWL "
            "documents (.cwl) are run"
        )
    return path


def _lacks(told: str) -> str:
    if told.startswith(("http://", "https://")):
        return (
            f"its main workflow lies at {told[:200]} and not in the crate, and nothing is fetched "
            "for a crate: register the git repository that it is from"
        )
    return f"it lacks its main workflow {told[:200]!r}"


def _only(files: Iterable[str]) -> str:
    top = [path for path in files if "/" not in path and path.endswith(ENDINGS)]
    known = [path for path in top if path in DOCUMENTS] or top
    if len(known) != 1:
        raise BadCrateError(
            "it does not say which file is its main workflow, and does not hold just one notebook "
            "or CWL document at its top"
        )
    return known[0]


def entry_paths(main: str, files: Iterable[str]) -> dict[str, str]:
    """Path in the entry → path in the crate: what lies beside the main file and below.

    What only the top of the crate has, such as its licence and its requirements, comes along.
    """
    known = [path for path in files if not ignored(path)]
    folder = main.rpartition("/")[0]
    above = f"{folder}/" if folder else ""
    beside = {path.removeprefix(above): path for path in known if path.startswith(above)}
    top = {
        path: path
        for path in known
        if path in ROOT_FILES or ("/" not in path and path.upper().startswith(LICENCES))
    }
    return top | beside
