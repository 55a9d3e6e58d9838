"""Run one CWL document with cwltool, and keep what it makes.

    cd <folder of the document>
    python -s -B cwl_runner.py job.json

This file needs Python 3.9 or later and cwltool. `job.json` says what to run:

    {"format": "reprise.job/1", "notebook": "main.cwl", "folder": "outputs", "seed": 0,
     "parameters": {"e_min": 20.0, "image": "inputs/image.fits"}, "products": ["image"],
     "outputs": [{"name": "flux", "kind": "number"}]}

Nothing runs in containers. Programs find the environment's own first on their PATH, and the seed
as REPRISE_SEED. Of the outputs, plain values are saved as JSON or text, one file as it is, and
whatever holds several files as a zip with an `output.json` that names them. `manifest.json` says
what was saved, what went wrong and which packages were installed.

Exit status: 0 done; 3 a step failed; 4 the job or the document cannot be used; 5 an output cannot
be saved. The reason is printed and is in `manifest.json`.
"""
# ruff: noqa: ANN401  # a job order and its outputs hold any JSON value

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

TYPE_CHECKING = False  # importing `typing` would cost for nothing
if TYPE_CHECKING:
    from typing import Any

DONE, FAILED, UNUSABLE, UNSAVED = 0, 3, 4, 5
WORK = Path.cwd()
SCRATCH = WORK / ".cwl"
MESSAGE_AT_MOST = 2000
JAVASCRIPT = re.compile(rb"\bInlineJavascriptRequirement\b")
DOCUMENTS = {".cwl", ".yml", ".yaml", ".json"}
KEPT = (
    *("LC_ALL", "TZ", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"),
    *("SOURCE_DATE_EPOCH", "MPLBACKEND", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
    "REPRISE_SEED",
)
STEP_STARTED = re.compile(r"\[step (.+?)\] start$")
STEP_FAILED = re.compile(r"\[step (.+?)\] completed permanentFail$")
EXITED = re.compile(r"\[job .+?\] exited with status: (\d+)$")


class UnusableError(Exception):
    """The job or the document cannot be run as it is."""


class OutputError(Exception):
    """An output cannot be saved."""


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


def suffix_of(path: Path) -> str:
    """Return the extension in lower case, both of them for `.fits.gz`; empty when it is unusual."""
    ends = path.suffixes[-2:] if path.suffix.lower() in (".gz", ".bz2", ".xz") else [path.suffix]
    suffix = "".join(ends).lower()
    return suffix if re.fullmatch(r"(\.[a-z0-9]{1,8}){1,2}", suffix) else ""


def read_job(path: Path) -> dict[str, Any]:
    """Read `job.json` and fill in what may be left out; raise UnusableError."""
    try:
        job = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as problem:
        raise UnusableError(f"the job {path} cannot be read: {problem}") from problem
    if not isinstance(job, dict) or job.get("format") != "reprise.job/1":
        raise UnusableError(f"the job {path} has not the format reprise.job/1")
    defaults = {"parameters": {}, "products": [], "outputs": [], "folder": "outputs", "seed": 0}
    return {**defaults, "events_fd": None, **job}


# --- What cwltool is told ----------------------------------------------------------------------


def inside(name: str) -> Path:
    """Return the path of a file of the work folder; raise UnusableError for any other."""
    path = Path(os.path.normpath(name))
    if "://" in name or path.is_absolute() or path.parts[:1] == ("..",):
        raise UnusableError(f"{name!r} is not a file of the entry or of its inputs")
    return WORK / path


def placed(value: Any) -> Any:
    """Return a value in which all files and folders are named by their whole path."""
    if isinstance(value, list):
        return [placed(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: placed(item) for key, item in value.items()}
    if value.get("class") in ("File", "Directory"):
        name = found.pop("location", None) or found.pop("path", None)
        found.pop("path", None)
        if name is not None:
            found["path"] = str(inside(str(name)))
    return found


def read_yaml(document: Path) -> dict[str, Any]:
    """Return what a document holds, read as cwltool reads it."""
    yaml = importlib.import_module("ruamel.yaml")  # it comes with cwltool
    content = yaml.YAML(typ="safe", pure=True).load(document.read_bytes())
    if not isinstance(content, dict):
        raise UnusableError(f"{document.name} is not a CWL document")
    return content


def main_inputs(document: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the `$namespaces` of a document, and the inputs of its main process by name."""
    content = read_yaml(document)
    graph = content.get("$graph")
    main = content if graph is None else next(
        (item for item in graph if str(item.get("id", "")).lstrip("#") == "main"), graph[0]
    )  # fmt: skip
    inputs = main.get("inputs") or {}
    rows = inputs.items() if isinstance(inputs, dict) else [(i["id"], i) for i in inputs]
    named = {re.split(r"[#/]", str(name))[-1]: row for name, row in rows}
    return content.get("$namespaces") or {}, {
        name: row if isinstance(row, dict) else {"type": row} for name, row in named.items()
    }


def a_file(path: str, declared: dict[str, Any]) -> dict[str, Any]:
    """Return the CWL value for a product: its file, of the format that the input asks for."""
    value = {"class": "File", "path": str(inside(path))}
    format_ = declared.get("format")
    if isinstance(format_, str) and not format_.startswith("$"):
        value["format"] = format_
    return value


def is_default(path: Any, declared: dict[str, Any]) -> bool:
    """Tell whether the file is the author's own, which the document knows better than we."""
    default = declared.get("default")
    if not isinstance(default, dict) or not isinstance(path, str):
        return False
    name = default.get("location", default.get("path"))
    return isinstance(name, str) and os.path.normpath(name) == os.path.normpath(path)


def job_order(job: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs object; what is None is left out, so that a default applies."""
    try:
        namespaces, declared = main_inputs(WORK / job["notebook"])
    except Exception as problem:
        raise UnusableError(f"{job['notebook']} cannot be read: {problem}") from problem
    order: dict[str, Any] = {"$namespaces": dict(namespaces)} if namespaces else {}
    for name, value in job["parameters"].items():
        about = declared.get(name, {})
        if value is None or (name in job["products"] and is_default(value, about)):
            continue
        if name not in job["products"]:
            order[name] = placed(value)
        elif isinstance(value, list):
            order[name] = [a_file(path, about) for path in value]
        else:
            order[name] = a_file(value, about)
    return order


def check_node(document: Path) -> None:
    """Raise UnusableError when a document of the folder needs JavaScript and there is no node."""
    if shutil.which("node") or shutil.which("nodejs"):
        return
    for path in [document, *WORK.rglob("*")]:
        own = path.suffix in DOCUMENTS and not path.is_symlink() and path.is_file()
        if own and JAVASCRIPT.search(path.read_bytes()):
            raise UnusableError(
                "InlineJavascriptRequirement cannot be met: node is not installed here"
            )


def set_environment(seed: int) -> None:
    """Put the environment's programs first, and say the seed."""
    own = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["REPRISE_SEED"] = str(seed)
    os.environ["TMPDIR"] = str(SCRATCH)


def arguments(main: str, order: Path) -> list[str]:
    """Return the command line of cwltool: no containers, no network, no folder but our own."""
    kept = [
        part for name in KEPT if name in os.environ for part in ("--preserve-environment", name)
    ]
    return [
        "--no-container", "--no-doc-cache", "--skip-schemas", "--disable-color",
        "--disable-js-validation", "--relax-path-checks", "--eval-timeout", "60",
        "--outdir", str(SCRATCH / "out"), "--tmpdir-prefix", f"{SCRATCH / 'tmp'}/",
        "--tmp-outdir-prefix", f"{SCRATCH / 'made'}/", *kept, main, str(order),
    ]  # fmt: skip


# --- What cwltool tells ------------------------------------------------------------------------


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


class Listener(logging.Handler):
    """Passes on what cwltool logs, counts its steps and remembers what went wrong."""

    def __init__(self, events: Events, steps: int) -> None:
        super().__init__()
        self.events, self.steps = events, steps
        self.started: dict[str, None] = {}
        self.failed_step = ""
        self.status = ""
        self.reasons: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        text = record.getMessage()
        print(f"[cwltool] {text}", file=sys.__stderr__, flush=True)
        if started := STEP_STARTED.search(text):
            self.started.setdefault(started[1])
            count = len(self.started)
            self.events.send("step", index=count, of=max(count, self.steps), name=started[1])
        elif failed := STEP_FAILED.search(text):
            self.failed_step = self.failed_step or failed[1]
        elif exited := EXITED.search(text):
            self.status = self.status or exited[1]
        elif record.levelno >= logging.ERROR:
            self.reasons.append(text)

    def error(self) -> dict[str, Any]:
        """Return why the document did not come to its end."""
        status = f"A program exited with status {self.status}; the log says more." * bool(
            self.status
        )
        told = "\n".join(filter(None, [status, *self.reasons])) or "cwltool says no reason"
        place = f"Step {self.failed_step}" if self.failed_step else "The document"
        return without_place("StepError", told[:MESSAGE_AT_MOST], place)


def without_place(kind: str, message: str, place: str = "The document") -> dict[str, Any]:
    """Return an error as the manifest has it."""
    return {"cell": None, "line": None, "type": kind, "message": message, "traceback": "",
            "place": place}  # fmt: skip


def note(text: str) -> None:
    """Say something to whoever reads the log."""
    print(f"[runner] {text}", file=sys.__stderr__, flush=True)


def count_steps(document: Path) -> int:
    """Return how many steps the main process has; 0 when that cannot be told."""
    try:
        return len(read_yaml(document).get("steps") or ())
    except Exception:  # noqa: BLE001  # whatever it is, cwltool will say it better
        return 0


def keep_inside() -> None:
    """Have cwltool refuse an output that is a link out of the run's folder.

    CWL v1.2, CommandLineTool, section 5.1.1: such a link is not an output. In a container it
    would lead nowhere; here it may lead to a file that is not the program's to give.
    """
    access = importlib.import_module("cwltool.stdfsaccess").StdFsAccess
    error = importlib.import_module("cwltool.errors").WorkflowException
    as_path = importlib.import_module("schema_salad.ref_resolver").uri_file_path
    plain = access.glob

    def glob(self: Any, pattern: str) -> list[str]:
        found: list[str] = plain(self, pattern)
        for place in map(as_path, found):
            if Path(place).is_symlink() and not Path(place).resolve().is_relative_to(WORK):
                name, target = Path(place).name, Path(place).resolve()
                raise error(f"the output {name} is a link to {target}, outside of the run")
        return found

    access.glob = glob


def call_cwltool(given: list[str], listener: Listener) -> dict[str, Any] | None:
    """Run cwltool in this process; return its output object, or None when it failed."""
    told = io.StringIO()
    cwltool = importlib.import_module("cwltool.main")
    keep_inside()
    try:
        code = cwltool.main(given, stdout=told, stderr=sys.stderr, logger_handler=listener)
    except SystemExit as end:
        code = end.code
    if code != 0:
        return None
    made = json.loads(told.getvalue())
    return made if isinstance(made, dict) else None


# --- Outputs -----------------------------------------------------------------------------------


def is_file(value: Any) -> bool:
    """Tell whether a value is a CWL file."""
    return isinstance(value, dict) and value.get("class") == "File"


def holds_files(value: Any) -> bool:
    """Tell whether there is a file or a folder anywhere in a value."""
    if isinstance(value, list):
        return any(map(holds_files, value))
    if not isinstance(value, dict):
        return False
    return value.get("class") in ("File", "Directory") or any(map(holds_files, value.values()))


class Archive:
    """A zip of a value with files, the same bytes for the same content on every machine."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self.count = 0

    def close(self, value: Any) -> None:
        """Write what names the files, and end the zip."""
        self.add("output.json", as_json(value))
        self.zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Add a file with a fixed date."""
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.external_attr = 0o644 << 16
        self.zip.writestr(info, content)

    def kept(self, value: Any, folder: str | None = None) -> Any:
        """Return a value with its files in the zip, each named by its place there."""
        if isinstance(value, list):
            return [self.kept(item, folder) for item in value]
        if not isinstance(value, dict):
            return value
        if value.get("class") not in ("File", "Directory"):
            return {key: self.kept(item, folder) for key, item in value.items()}
        if folder is None:
            folder, self.count = f"{self.count}", self.count + 1
        return self.listed(value, folder)

    def listed(self, value: dict[str, Any], folder: str) -> dict[str, Any]:
        """Return a file or folder whose content is in the zip under `folder`."""
        name = str(value.get("basename") or Path(str(value.get("path"))).name)
        found = {"class": value["class"], "basename": name, "path": f"{folder}/{name}"}
        if value["class"] == "File":
            content = content_of(value)
            self.add(found["path"], content)
            found["size"] = len(content)
        else:
            held = value.get("listing") or []
            found["listing"] = [self.listed(item, found["path"]) for item in held]
            if not held:
                self.add(found["path"] + "/", b"")
        others = value.get("secondaryFiles")
        if others:
            found["secondaryFiles"] = [self.listed(item, folder) for item in others]
        return found


def content_of(value: dict[str, Any]) -> bytes:
    """Return the bytes of a CWL file; raise OutputError when they are not there."""
    path = value.get("path")
    if path is None and "contents" in value:
        return str(value["contents"]).encode()
    try:
        return Path(str(path)).read_bytes()
    except OSError as problem:
        raise OutputError(f"names {path}, which cannot be read: {problem.strerror}") from problem


def save_output(name: str, kind: str, value: Any, folder: Path) -> str:
    """Save one output; return the name of its file."""
    part = folder / f".{name}.part"
    if is_file(value) and not value.get("secondaryFiles"):
        suffix = suffix_of(Path(str(value.get("basename", ""))))
        part.write_bytes(content_of(value))
    elif holds_files(value):
        suffix, archive = ".zip", Archive(part)
        archive.close(archive.kept(value))
    elif kind == "text" and isinstance(value, str):
        suffix = ".txt"
        part.write_bytes(value.encode("utf-8", "backslashreplace"))
    else:
        suffix = ".json"
        part.write_bytes(as_json(value))
    clash = f"{name}{suffix}" == "manifest.json"
    file = folder / f"{name}{'_' * clash}{suffix}"
    part.replace(file)
    return file.name


def save_outputs(made: dict[str, Any], job: dict[str, Any], manifest: dict[str, Any]) -> int:
    """Save all outputs, write down in `manifest` how that went, and return the exit status."""
    problems = []
    for wanted in job["outputs"]:
        name = wanted["name"]
        try:
            file = save_output(name, wanted["kind"], made.get(name), WORK / job["folder"])
        except (OutputError, OSError, ValueError) as problem:
            problems.append(f"{name} {problem}")
        else:
            manifest["outputs"].append({"name": name, "kind": wanted["kind"], "file": file})
    if problems:
        manifest["error"] = without_place("OutputError", "\n".join(problems))
    return UNSAVED if problems else DONE


# --- From job to manifest ----------------------------------------------------------------------


def packages() -> list[str]:
    """Return the installed packages as `name==version`, from the names of their folders."""
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, sys.path):
        for entry in os.listdir(folder):  # noqa: PTH208  # of plain names, and much faster
            name, _, version = entry.removesuffix(".dist-info").partition("-")
            if entry.endswith(".dist-info") and version:
                found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return sorted(f"{name}=={version}" for name, version in found.items())


def run_job(job: dict[str, Any], events: Events, manifest: dict[str, Any]) -> int:
    """Run a job, save its outputs, and return the exit status."""
    document = WORK / job["notebook"]
    check_node(document)
    for name in ("out", "tmp", "made"):
        (SCRATCH / name).mkdir(parents=True, exist_ok=True)
    order = SCRATCH / "job.json"
    write_file(order, as_json(job_order(job)))
    set_environment(job["seed"])
    sys.argv[0] = "cwltool"  # it says its version under this name
    listener = Listener(events, count_steps(document))
    made = call_cwltool(arguments(job["notebook"], order), listener)
    if made is None:
        manifest["error"] = listener.error()
        return FAILED
    return save_outputs(made, job, manifest)


def main(given: list[str]) -> int:
    """Run the job described in a file, and return the exit status."""
    if len(given) != 1:
        note("usage: python -s -B cwl_runner.py job.json")
        return UNUSABLE
    try:
        job = read_job(Path(given[0]))
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
    try:
        status = run_job(job, events, manifest)
    except UnusableError as problem:
        note(str(problem))
        manifest["error"], status = without_place("UnusableError", str(problem)), UNUSABLE
    write_file(folder / "manifest.json", as_json(manifest))
    events.send("end")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
