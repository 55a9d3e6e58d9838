"""Starting the launcher for a job."""

import marshal
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from executor.domain.job import Job, Limits

from .filter import seccomp_filter
from .kinds import Isolation, SandboxError
from .processes import below
from .view import as_arguments, check, shown, view

NOBODY = 65534
HERE = Path(__file__).parent
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from launcher.run import main; main()"
OURS = 4  # processes of the launcher and bubblewrap that the kernel counts with the job's
LAST_RESORT_SECONDS = 5.0
FILTER, ARGUMENTS, REPORT = 38, 39, 40  # descriptors of bubblewrap


@dataclass(frozen=True, slots=True)
class Child:
    """A launcher that runs a job.

    Attributes:
        process: the launcher; it ends after everything of the job has.
        log: what the job prints, as the descriptor to read from; the next two likewise.
        events: what it writes to descriptor 3.
        status: how it ended, one line of the launcher.
    """

    process: subprocess.Popen[bytes]
    log: int
    events: int
    status: int

    def processes(self) -> list[int]:
        """All that runs of the job, as the host numbers it."""
        return [] if self.is_over() else below(self.process.pid)

    def is_over(self) -> bool:
        """Whether nothing of the job runs any more."""
        return self.process.poll() is not None

    def end(self) -> None:
        """Have the launcher end everything, by force if it does not, and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LAST_RESORT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def close(self) -> None:
        """Close the pipes."""
        for descriptor in (self.log, self.events, self.status):
            os.close(descriptor)


def start(job: Job, isolation: Isolation, groups: Sequence[str] = ()) -> Child:
    """Start a job; the calling thread must live as long as the job (see the package).

    Args:
        job: what to run.
        isolation: how.
        groups: files that take the number of a process which is to enter a control group.
    """
    check(job)
    pipes = [os.pipe() for _ in range(3)]
    (log, log_end), (events, events_end), (status, status_end) = pipes
    try:
        data = orders(job, isolation, (events_end, status_end))
        process = launch(data, log_end, (events_end, status_end), groups)
    except BaseException:
        for descriptor in (log, events, status):
            os.close(descriptor)
        raise
    finally:
        for _, end in pipes:
            os.close(end)
    return Child(process, log, events, status)


def launch(
    data: dict[str, Any], log: int, others: tuple[int, int], groups: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start the launcher with its orders on standard input and an empty environment.

    It enters its control groups before it is told anything, so that all it starts is in them. The
    kernel may take 15 ms for that, in which the launcher's Python starts.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program
        (sys.executable, "-I", "-S", "-c", PROGRAM, str(HERE)),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        pass_fds=others,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        with suppress(ProcessLookupError, BrokenPipeError):  # it died: whoever watches will say so
            for group in groups:
                put(group, str(process.pid))
            tell(process, marshal.dumps(data))
    except OSError as error:
        process.kill()
        process.wait()
        raise SandboxError(f"The sandbox did not start: no control group: {error}.") from None
    finally:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
    return process


def tell(process: subprocess.Popen[bytes], orders: bytes) -> None:
    """Give the launcher its orders, to their end."""
    if process.stdin is not None:
        process.stdin.write(orders)
        process.stdin.flush()


def put(file: str, text: str) -> None:
    """Write a text into a file of the kernel, in one go."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def orders(job: Job, isolation: Isolation, descriptors: tuple[int, int]) -> dict[str, Any]:
    """What the launcher reads: plain values, as marshal takes no others."""
    uid = NOBODY if os.geteuid() == 0 and isolation.name != "off" else 0
    steps = view(job, uid or os.geteuid(), staged=bool(uid))
    environ = {**job.environ, "PWD": str(job.folder)}
    argv = list(job.argv)
    contents: dict[int, bytes] = {}
    if isolation.name == "bubblewrap":
        inside, contents = as_arguments(steps)
        contents |= {FILTER: seccomp_filter(), ARGUMENTS: settings(job, inside, environ)}
        argv, environ = [program(), "--args", str(ARGUMENTS), "--", *argv], {}
    return {
        "mode": isolation.name,
        "uid": uid,
        "caller": os.getpid(),
        "descriptors": descriptors,
        "argv": argv,
        "environ": environ,
        "folder": str(job.folder),
        "stage": [str(path) for path in shown(job)],
        "view": steps,
        "contents": contents,
        "filter": seccomp_filter(),
        "limits": limits(job.limits, isolation),
        "nested": 0,
    }


def program() -> str:
    """Where bubblewrap is; SandboxError when it is not installed."""
    found = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
    if found is None:
        raise SandboxError("bubblewrap is not installed: install it or choose another isolation.")
    return found


def settings(job: Job, inside: list[str], environ: Mapping[str, str]) -> bytes:
    """The arguments of bubblewrap, each ended by NUL, as its ``--args`` reads them.

    They go by a descriptor, so that the job's environment is neither in the list of processes of
    the host nor bubblewrap's own (LD_PRELOAD).
    """
    arguments = [
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"),
        *("--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"),
        *(part for name, value in environ.items() for part in ("--setenv", name, value)),
        *inside,
        *("--chdir", str(job.folder), "--json-status-fd", str(REPORT)),
    ]
    if seccomp_filter():
        arguments += ["--seccomp", str(FILTER)]
    return b"".join(os.fsencode(argument) + b"\0" for argument in arguments)


def limits(given: Limits, isolation: Isolation) -> dict[str, int]:
    """The limits by the names of their RLIMIT_ constants.

    RLIMIT_NPROC counts by user: in a user namespace that is the job alone (Linux 5.14), but without
    isolation everything else of the user's too, so there it is left as it is.
    """
    values = {
        "RLIMIT_CPU": given.cpu_seconds,
        "RLIMIT_AS": given.memory_bytes,
        "RLIMIT_FSIZE": given.file_bytes,
        "RLIMIT_NOFILE": given.open_files,
        "RLIMIT_CORE": 0,
    }
    return values if isolation.name == "off" else {**values, "RLIMIT_NPROC": given.processes + OURS}
