"""What a probe is: hostile code as data, and what has to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from executor.domain.job import Cause

# Runs before each probe. ``refused`` tells an error of the kernel from success; ``say`` leaves
# what was found in the work folder, so that it comes out the same way on every path.
PREAMBLE = """
import ctypes, errno, json, os, platform, resource, signal, socket, stat, sys, time
FACTS = json.loads(open(".facts.json").read())
HERE = os.getcwd()
libc = ctypes.CDLL(None, use_errno=True)
INTEL = platform.machine() == "x86_64"
def say(value):
    with open(os.path.join(HERE, "said.json"), "w") as handle:
        json.dump(value, handle)
def refused(action, *names):
    try:
        result = action()
    except (OSError, ValueError) as error:
        name = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
        return "refused" if not names or name in names else name
    return "done"
def put(path, content):
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, content)
    finally:
        os.close(handle)
def call(name, *arguments):
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
def number(intel, arm, *arguments):
    call("syscall", intel if INTEL else arm, *(arguments or (0, 0, 0, 0, 0)))
"""


@dataclass(frozen=True)
class Probe:
    """One way in which hostile code tries to get out, or to use up the machine.

    Attributes:
        name: short, in words with dashes.
        tries: what it tries, as a clause.
        outcome: what comes of it, as a clause.
        code: Python, run after PREAMBLE in the work folder.
        says: what it finds, as JSON; None where it does not get that far.
        ends: how the job may end.
        limits: those that differ from the usual ones of trials.
        files: planted in the work folder before: name → text.
        environ: more of the environment; ``HERE`` stands for the work folder.
        unreadable: outputs that the service refuses to read afterwards.
    """

    name: str
    tries: str
    outcome: str
    code: str
    says: Any = "refused"
    ends: tuple[Cause, ...] = (Cause.EXITED,)
    limits: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The whole code."""
        return f"{PREAMBLE}{self.code}\n"
