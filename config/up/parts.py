"""The parts of the service: what is started, with which command, and where it writes its log."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOG_BYTES = 5 * 1024 * 1024
MARK = "REPRISE_UP"
LAUNCHER = Path(__file__).resolve().parent.parent / "child.py"


@dataclass(frozen=True)
class Part:
    """One program of the service: its name, as in its log's, and its command."""

    name: str
    command: tuple[str, ...]


def parts(data: Path, workers: int, *, deposits: bool = False) -> tuple[Part, ...]:
    """The web server, the worker (so many runs at a time), one for chores, and the scheduler.

    With ``deposits`` there is one more, for what is sent to repositories.
    """
    celery = ("-m", "celery", "-A", "config.celery")
    return (
        Part("web", ("-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application")),
        Part("worker", (*celery, "worker", *_RUNS, "--concurrency", str(workers), *_QUIET)),
        Part("chores", (*celery, "worker", *_CHORES, *_QUIET)),
        Part(
            "beat",
            (*celery, "beat", "--schedule", str(data / "queue" / "beat"), "--pidfile", "", *_WARN),
        ),
        *((Part("deposits", (*celery, "worker", *_DEPOSITS, *_QUIET)),) if deposits else ()),
    )


# Runs may take minutes; sweeping and judging must not stand behind them.
_RUNS = ("--pool", "threads", "--queues", "runs", "--hostname", "runs@%h")
_CHORES = ("--pool", "solo", "--queues", "celery", "--hostname", "chores@%h")
# An upload of gigabytes takes an hour, and neither runs nor sweeps are to stand behind it.
_DEPOSITS = ("--pool", "threads", "--queues", "deposits", "--hostname", "deposits@%h",
             "--concurrency", "4")  # fmt: skip
_WARN = ("--loglevel", "WARNING")
_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", *_WARN)


def log_file(data: Path, part: Part) -> Path:
    """Where the part writes what it has to say."""
    return data / "logs" / f"{part.name}.log"


def turn_log(file: Path) -> None:
    """Put a log of more than 5 MB aside, in place of the one put aside before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(file.with_suffix(".log.1"))


def last_lines(file: Path, count: int = 8) -> str:
    """The end of a log, for a part that did not start."""
    if not file.exists():
        return ""
    return "\n".join(file.read_text(errors="replace").splitlines()[-count:])


def start(part: Part, data: Path, root: Path) -> "subprocess.Popen[bytes]":
    """Start a part in a session of its own, so that Ctrl-C reaches the supervisor alone."""
    file = log_file(data, part)
    turn_log(file)
    with file.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the commands are those above
            launch(part.command),
            cwd=root,
            env=os.environ | {MARK: str(data)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def launch(command: Sequence[str]) -> list[str]:
    """The command line that starts a part through the launcher."""
    python = sys.executable
    return [python, "-I", "-S", str(LAUNCHER), str(os.getpid()), python, *command]
