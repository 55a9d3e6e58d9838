"""Make the environment ``.venv`` from a lock; what every target of the Makefile calls first.

Runs under whatever ``python3`` is there, before anything is installed: only the standard library,
and only syntax that Python 3.6 reads, so that an old Python gets its sentence too.

    python3 config/bootstrap.py run|dev

``run`` is what the service needs, ``dev`` adds what the tests and checks need. An environment that
is already right is left alone (a stamp says so); a half-made one is made anew.

Exit codes: 0 done, 2 wrong use or too old a Python, 4 a folder cannot be written, 5 the disk is
full, 10 nothing here can install packages, 11 the packages could not be had, 130 interrupted
(the numbers go on from those of ``config.supervisor``).
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator  # noqa: UP035 - collections.abc cannot be subscripted before 3.9

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
STAMP = "reprise.json"
FULL = ("No space left on device", "os error 28", "Disk quota exceeded")
UNREACHABLE = (
    "dns error",
    "error sending request",
    "Failed to fetch",
    "Failed to establish a new connection",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "Connection refused",
    "timed out",
    "No matching distribution found",
)


class SetUpError(Exception):
    """The environment cannot be made; carries one sentence for the user and the exit code."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def check_python(version: "tuple[int, ...]") -> None:
    """Refuse a Python (major, minor, micro) that is too old."""
    if tuple(version[:2]) < OLDEST:
        raise SetUpError(
            2,
            f"Reprise needs Python {_dotted(OLDEST)} or newer; `python3` here is "
            f"{_dotted(version)}. Install python3.11, or say which to use: "
            "make up PYTHON=python3.12",
        )


def _dotted(version: "tuple[int, ...]") -> str:
    return ".".join(str(part) for part in version[:3])


def wanted(root: Path, which: str) -> "dict[str, str]":
    """What the stamp of a finished environment says: its Python, its folder and its locks."""
    kinds = ("run", "dev") if which == "dev" else ("run",)
    marks = {"python": _dotted(sys.version_info[:3]), "folder": str(root)}
    for kind in kinds:
        lock = root / "requirements" / f"{kind}.lock"
        marks[kind] = hashlib.sha256(lock.read_bytes()).hexdigest()
    return marks


def ready(root: Path, which: str) -> bool:
    """Whether the environment is there and was made from these locks by this Python.

    The lock ``dev`` contains the lock ``run``, version by version, so an environment made for the
    tests also serves.
    """
    return wanted(root, which).items() <= _stamp(root).items()


def _stamp(root: Path) -> "dict[str, str]":
    venv = root / ".venv"
    if not (venv / "bin" / "python").exists():
        return {}
    try:
        stamp = json.loads((venv / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def prepare(root: Path, which: str) -> None:
    """Make the environment unless it is ready; calls at the same moment wait for each other.

    Raises:
        SetUpError: with the sentence to show.
    """
    if ready(root, which):
        return
    with _alone(root):
        if not ready(root, which):
            _build(root, which)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the lock of the checkout: on its folder, so there is no file to leave behind."""
    handle = os.open(str(root), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _build(root: Path, which: str) -> None:
    venv = root / ".venv"
    _say("Making the environment in .venv (only once; it may take a minute) …")
    if not ready(root, "run"):
        _make_venv(venv)
    install(venv, root / "requirements", which)
    part = venv / (STAMP + ".part")
    part.write_text(json.dumps(wanted(root, which)))
    part.replace(venv / STAMP)


def _make_venv(venv: Path) -> None:
    """Make an empty environment in place of whatever is there."""
    # From inside an activated .venv: the Python that it was made with, for .venv itself is removed.
    python = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(str(venv))
    venv.mkdir()
    made = run([python, "-m", "venv", "--without-pip", str(venv)])
    if made.returncode:
        raise explain(made.stdout)


def install(venv: Path, locks: Path, which: str) -> None:
    """Install exactly what the lock names: with uv when it can be had, with pip otherwise.

    Raises:
        SetUpError: when neither could.
    """
    lock = str(locks / f"{which}.lock")
    own = venv / "bin" / "uv"
    uv = shutil.which("uv") or (str(own) if own.exists() else "")
    output = _sync(uv, venv, lock) if uv else "nothing tried"
    pip = find_pip(venv) if output else []
    if pip and not uv and not _pip_install(pip, str(locks / "uv.lock")):
        output = _sync(str(own), venv, lock)
    if pip and output:
        output = _pip_install(pip, lock)
    if output:
        raise explain(output) if pip or uv else _no_installer()


def _sync(uv: str, venv: Path, lock: str) -> str:
    """Let uv install the lock; what it said if it failed."""
    python = str(venv / "bin" / "python")
    return _failure([uv, "pip", "sync", "-q", "--python", python, "--require-hashes", lock])


def _pip_install(pip: "list[str]", lock: str) -> str:
    """Let pip install the lock; what it said if it failed."""
    return _failure([*pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", lock])


def _failure(command: "list[str]") -> str:
    done = run(command)
    output = done.stdout.strip()
    if done.returncode and any(mark in output for mark in FULL):
        raise explain(output)
    return (output or "it gave no reason") if done.returncode else ""


def find_pip(venv: Path) -> "list[str]":
    """The command that runs pip for the environment; empty when there is no pip here.

    Debian leaves ``ensurepip`` out of Python; its own pip, if installed, can serve another
    environment.
    """
    python = str(venv / "bin" / "python")
    if importlib.util.find_spec("ensurepip") and not run([python, "-m", "ensurepip"]).returncode:
        return [python, "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", python]
    return []


def run(command: "list[str]") -> "subprocess.CompletedProcess[str]":
    """Run a command without what another environment left in the variables; gather its output."""
    strange = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    variables = {name: value for name, value in os.environ.items() if name not in strange}
    return subprocess.run(  # noqa: S603 - every command is written in this file
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def explain(output: str) -> SetUpError:
    """The sentence for what an installer said."""
    if any(mark in output for mark in FULL):
        return _disk_full()
    if any(mark in output for mark in UNREACHABLE):
        return SetUpError(
            11,
            "The packages could not be fetched: the package index did not answer. Connect to the "
            "network (or set the mirror of your site in the configuration of pip or uv) and run "
            "make again.",
        )
    lines = [line for line in output.splitlines() if line.strip()] or ["no reason given"]
    return SetUpError(
        11, f"The packages could not be installed ({lines[-1].strip()}); run make again."
    )


def _disk_full() -> SetUpError:
    return SetUpError(
        5, "The disk is full: the environment needs 1 GB. Make room and run make again."
    )


def _no_installer() -> SetUpError:
    return SetUpError(
        10,
        "This Python can install no packages: neither uv, pip nor ensurepip is here. "
        "Install the package python3-venv (apt install python3-venv) or uv, and run make again.",
    )


def of_system(error: OSError) -> SetUpError:
    """The sentence for what the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return SetUpError(
            4,
            f"The folder {ROOT} cannot be written. Copy Reprise into a folder of yours and run "
            "make there.",
        )
    return SetUpError(
        4,
        f"The environment could not be made ({error.strerror}: {error.filename}); remove the "
        "folder .venv and run make again.",
    )


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _which(arguments: "list[str]") -> str:
    if arguments not in (["run"], ["dev"]):
        raise SetUpError(2, "Say which environment to make: bootstrap.py run, or dev.")
    return arguments[0]


def main(arguments: "list[str]") -> int:
    """Make the environment named on the command line; the exit code."""
    try:
        check_python(sys.version_info[:3])
        prepare(ROOT, _which(arguments))
    except SetUpError as error:
        _say(str(error))
        return error.code
    except OSError as error:
        problem = of_system(error)
        _say(str(problem))
        return problem.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
