"""Finding out which isolation works on this machine, by trying it."""

import functools
import tempfile
from pathlib import Path

from executor.domain.job import Cause, Job, Limits

from .filter import seccomp_filter
from .kinds import Isolation, Name, SandboxError
from .watch import run

CHOICES: dict[str, tuple[Name, ...]] = {
    "auto": ("bubblewrap", "direct"),
    "bubblewrap": ("bubblewrap",),
    "direct": ("direct",),
    "off": (),
}
WORKS = {
    "bubblewrap": "Bubblewrap is installed and a trial run in it was isolated",
    "direct": "A trial run in namespaces of our own was isolated",
}
GOOD = (Cause.EXITED, 0)
EXPECTED = {"CapEff": "0000000000000000", "CapBnd": "0000000000000000", "NoNewPrivs": "1"}


@functools.cache
def isolation(preference: str = "auto") -> Isolation:
    """The first isolation of a preference (auto, bubblewrap, direct, off) that works here.

    Args:
        preference: ``auto`` tries bubblewrap, then direct; the others only themselves.

    Returns:
        The isolation; ``off`` with the reasons when none works, and when it was asked for.

    Raises:
        ValueError: an unknown preference.
    """
    if preference not in CHOICES:
        raise ValueError(f"No isolation {preference!r}: choose one of {', '.join(CHOICES)}.")
    if preference == "off":
        return Isolation("off", "The operator switched isolation off.")
    failures: list[str] = []
    for name in CHOICES[preference]:
        failure = trial(name)
        if not failure:
            before = f" ({'; '.join(failures)})" if failures else ""
            return Isolation(name, f"{WORKS[name]}{without_filter()}{before}.")
        failures.append(f"{name}: {failure}")
    return Isolation("off", f"No isolation works on this machine: {'; '.join(failures)}.")


def without_filter() -> str:
    """What to add where we know no system call numbers."""
    return "" if seccomp_filter() else ", without a system call filter for this architecture"


def trial(name: Name) -> str:
    """Run a command that shows its privileges; empty when there are none, else what went wrong."""
    log = bytearray()
    with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
        argv = ("/bin/cat", "/proc/self/status")
        job = Job(argv, Path(folder).resolve(), limits=Limits(wall_seconds=10))
        try:
            ending = run(
                job,
                isolation=Isolation(name, "on trial"),
                on_log=log.extend,
                on_event=ignore,
                should_stop=lambda: False,
            )
        except (SandboxError, OSError) as error:
            return " ".join(f"{error} {log.decode(errors='replace')}".split()).rstrip(".")
    return judged(log.decode(errors="replace"), succeeded=(ending.cause, ending.code) == GOOD)


def ignore(_line: bytes) -> None:
    """The trial reports no events."""


def judged(status: str, *, succeeded: bool) -> str:
    """Empty when /proc/self/status shows a process without privileges."""
    if not succeeded:
        return f"the trial failed: {status.strip()[:200]}"
    found = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    expected = EXPECTED | ({"Seccomp": "2"} if seccomp_filter() else {})
    wrong = [name for name, value in expected.items() if found.get(name) != value]
    return f"the trial was not isolated ({', '.join(wrong)})" if wrong else ""
