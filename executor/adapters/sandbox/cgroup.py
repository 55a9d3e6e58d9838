"""Control groups: what all processes of a job use together, bounded and counted by the kernel.

A group is made per job below the group that the service itself is in, so that the limits somebody
set for the service hold for its jobs too. Version 1 has a tree of folders per controller, version
2 one for all; either may be missing, read-only, or lack a controller: then a job has no group, or
one that bounds less, and :mod:`.watch` sums the memory up instead. File formats: cgroup-v1/ and
cgroup-v2.rst of the kernel's documentation, proc(5) for ``cgroup`` and ``mountinfo``.
"""

import functools
import itertools
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from executor.domain.job import Limits

PREFIX = "reprise"
PROCESSES = "cgroup.procs"
CONTROLLERS = ("memory", "pids", "cpu", "cpuacct")
SETTABLE = ("memory", "pids", "cpu")  # of version 2, where the count of time is always there
PERIOD = 100_000  # microseconds over which processor time is shared out
OURS = 8  # processes of the launcher, bubblewrap and proxy that are counted with the job's
REMOVAL_SECONDS = 1.0
NANOSECONDS, MICROSECONDS = 1e-9, 1e-6
_numbers = itertools.count()

Setting = tuple[str, str, str, bool]  # controller, file, text, whether the group is void without


@dataclass(frozen=True, slots=True)
class Places:
    """Where groups can be made.

    Attributes:
        version: 1 or 2.
        parents: controller → folder in which a group that bounds it is made.
    """

    version: int
    parents: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Group:
    """The control group of one job.

    Attributes:
        version: 1 or 2.
        folders: controller → folder of the group.
    """

    version: int
    folders: Mapping[str, Path]

    @property
    def entries(self) -> tuple[str, ...]:
        """The files into which a process writes 0 to enter the group."""
        return tuple(dict.fromkeys(str(path / PROCESSES) for path in self.folders.values()))

    @property
    def bounds_memory(self) -> bool:
        """Whether the kernel bounds the sum of memory."""
        return "memory" in self.folders

    def ran_out(self) -> bool:
        """Whether the kernel killed a process of the group for want of memory."""
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        return self.bounds_memory and figures(self.folders["memory"] / name).get("oom_kill", 0) > 0

    def cpu_seconds(self) -> float | None:
        """Processor time of all that ran in the group; None where it is not counted."""
        if "cpuacct" not in self.folders:
            return None
        with suppress(OSError, ValueError):
            if self.version == 1:
                text = (self.folders["cpuacct"] / "cpuacct.usage").read_text()
                return int(text) * NANOSECONDS
            return figures(self.folders["cpuacct"] / "cpu.stat")["usage_usec"] * MICROSECONDS
        return None

    def processes(self) -> list[int]:
        """What runs in the group, as this process numbers it."""
        with suppress(OSError, ValueError):
            return [int(line) for line in Path(self.entries[0]).read_text().split()]
        return []

    def close(self) -> None:
        """Remove the group; what cannot be removed now is swept when the service starts next."""
        deadline = time.monotonic() + REMOVAL_SECONDS
        left = set(self.folders.values())
        while left and time.monotonic() < deadline:
            left = {path for path in left if not removed(path)}
            if left:
                time.sleep(0.005)  # the kernel is still burying a process


def make(limits: Limits) -> Group | None:
    """A new group for a job with these limits; None where none can be had."""
    found = places()
    return None if found is None else group(found, limits)


def group(found: Places, limits: Limits) -> Group | None:
    """A new group in these places; None when the machine has no room for one more."""
    name = f"{PREFIX}-{os.getpid()}-{began(os.getpid())}-{next(_numbers)}"
    made = Group(found.version, {key: path / name for key, path in found.parents.items()})
    try:
        for folder in set(made.folders.values()):
            folder.mkdir()
        for controller, file, text, needed in settings(found.version, limits):
            if controller in made.folders:
                adjust(made.folders[controller] / file, text, needed=needed)
    except OSError:
        made.close()
        return None
    return made


def settings(version: int, limits: Limits) -> list[Setting]:
    """What is written where to bound a group."""
    memory, processes = str(limits.memory_bytes), str(limits.processes + OURS)
    quota = "" if limits.cpus is None else str(max(1000, round(limits.cpus * PERIOD)))
    if version == 1:
        bounds: list[Setting] = [
            ("memory", "memory.limit_in_bytes", memory, True),
            ("memory", "memory.memsw.limit_in_bytes", memory, False),  # where swap is counted
        ]
        shares = [("cpu", "cpu.cfs_quota_us", quota, True)] if quota else []
    else:
        bounds = [
            ("memory", "memory.max", memory, True),
            ("memory", "memory.swap.max", "0", False),
            ("memory", "memory.oom.group", "1", False),
        ]
        shares = [("cpu", "cpu.max", f"{quota} {PERIOD}", True)] if quota else []
    return [*bounds, ("pids", "pids.max", processes, True), *shares]


def adjust(file: Path, text: str, *, needed: bool) -> None:
    """Write a setting; a file that not every kernel has may be missing."""
    try:
        descriptor = os.open(file, os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
    except OSError:
        if needed:
            raise


def figures(file: Path) -> dict[str, int]:
    """The lines ``name number`` of a file of the kernel; empty when it cannot be read."""
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) > 1 and pair[1].isdigit()}
    except OSError:
        return {}


def removed(folder: Path) -> bool:
    """Remove a group's folder; False while it cannot be."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


@functools.cache
def places() -> Places | None:
    """Where groups can be made on this machine, tried out; leftovers there are swept.

    The version that bounds memory is taken, or else the one that bounds anything.
    """
    found = [usable(candidate) for candidate in candidates()]
    working = sorted(
        (places for places in found if places.parents),
        key=lambda places: ("memory" not in places.parents, -len(places.parents)),
    )
    for parent in {parent for places in working for parent in places.parents.values()}:
        sweep(parent)
    return working[0] if working else None


def candidates() -> Iterator[Places]:
    """The groups that this process is in, by version."""
    try:
        groups = Path("/proc/self/cgroup").read_text()
        mounts = Path("/proc/self/mountinfo").read_text()
    except OSError:
        return
    own = own_folders(groups, mounts)
    yield Places(1, {name: own[name] for name in CONTROLLERS if name in own})
    if "" in own:
        parent = delegated(own[""])
        names = [name for name in SETTABLE if name in enabled(parent)]
        yield Places(2, dict.fromkeys([*names, "cpuacct"], parent))


def own_folders(groups: str, mounts: str) -> dict[str, Path]:
    """Controller → folder of the group that a process is in; version 2 has the name ''.

    Args:
        groups: the text of ``/proc/<process>/cgroup``.
        mounts: the text of ``/proc/<process>/mountinfo``.
    """
    roots: dict[str, tuple[str, str]] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = [*after.split(), "", "", ""][:3]
        place = (before.split()[3], before.split()[4])
        names = [""] if kind == "cgroup2" else options.split(",") if kind == "cgroup" else []
        roots.update(dict.fromkeys(names, place))
    found = {}
    for line in groups.splitlines():
        _, listed, path = line.split(":", 2)
        for name in listed.split(","):
            root, mounted = roots.get(name, ("", ""))
            inside = Path(path).is_relative_to(root or "/none") and ".." not in Path(path).parts
            if inside:
                found[name] = Path(mounted) / Path(path).relative_to(root)
    return found


def delegated(own: Path) -> Path:
    """The folder of version 2 to make groups in, below or beside the service's own.

    Controllers cannot be handed on by a group that holds processes, other than the first of all;
    systemd's ``DelegateSubgroup=`` therefore puts the service one level below what it was given,
    and marks that with an attribute.
    """
    with suppress(OSError):
        if os.getxattr(own.parent, "user.delegate") == b"1":
            return own.parent
    return own


def enabled(parent: Path) -> set[str]:
    """The controllers that groups in a folder have, switched on where that can be done."""
    for name in SETTABLE:
        adjust(parent / "cgroup.subtree_control", f"+{name}", needed=False)
    try:
        return set((parent / "cgroup.subtree_control").read_text().split())
    except OSError:
        return set()


def usable(found: Places) -> Places:
    """Those of the places where a trial group can be made, bounded and entered."""
    works = {key: path for key, path in found.parents.items() if trial(found.version, key, path)}
    return Places(found.version, works)


def trial(version: int, controller: str, parent: Path) -> bool:
    """Whether a group with a process in it can be made in a folder."""
    made = group(Places(version, {controller: parent}), Limits())
    if made is None:
        return False
    try:
        with subprocess.Popen(("/bin/cat",), stdin=subprocess.PIPE, env={}) as process:
            adjust(Path(made.entries[0]), str(process.pid), needed=True)
            process.communicate()
    except OSError:
        return False
    finally:
        made.close()
    return True


def sweep(parent: Path) -> None:
    """Remove the groups of services that are no more."""
    for folder in parent.glob(f"{PREFIX}-*-*-*"):
        owner, start = folder.name.split("-")[1:3]
        if owner.isdigit() and began(int(owner)) != start:
            removed(folder)


def began(process: int) -> str:
    """When a process started, in the kernel's ticks; empty when there is none of that number."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]
