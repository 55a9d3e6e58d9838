"""Giving a launcher the orders for a job."""

import marshal
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from executor.domain.job import Job, Limits

from . import spare
from .cgroup import Group
from .filter import seccomp_filter
from .kinds import Isolation, SandboxError
from .view import as_arguments, check, shown, view
from .waiting import Child

if TYPE_CHECKING:
    import subprocess

NOBODY = 65534
OURS = 4  # processes of the launcher and bubblewrap that the kernel counts with the job's
FILTER, ARGUMENTS, REPORT = 38, 39, 40  # descriptors of bubblewrap


def start(job: Job, isolation: Isolation) -> tuple[Child, Group | None]:
    """Start a job; the calling thread must live as long as the job (see the package).

    Returns the launcher that runs it, and the control group that both are in.

    Raises:
        SandboxError: it cannot be run here; nothing was started.
    """
    check(job)
    waiting = spare.take(job.limits)
    data = orders(job, isolation, waiting.descriptors)
    child, group = waiting.release()
    instruct(child.process, data)
    spare.keep(job.limits)
    return child, group


def instruct(process: "subprocess.Popen[bytes]", data: dict[str, Any]) -> None:
    """Give a launcher its orders, to their end."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):  # it died: whoever watches will say so
        process.stdin.write(marshal.dumps(data))
        process.stdin.flush()
    with suppress(BrokenPipeError):
        process.stdin.close()


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
