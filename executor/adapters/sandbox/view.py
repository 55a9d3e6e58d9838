"""What a job sees of the file system, and the same as arguments of bubblewrap.

A view is a list of steps ``(word, target, *rest)`` in the order in which they are carried out:

======== =================================== ===========================================
word     rest                                meaning
======== =================================== ===========================================
read     source                              bind, read-only
work     source                              bind, writable
file     text                                small file
link     text                                symbolic link
tmpfs    bytes                               empty folder in memory, writable by all
proc     -                                   the processes of the job
dev      -                                   null, zero, full, random, urandom
close    -                                   the folder itself becomes read-only
======== =================================== ===========================================
"""

import os
from pathlib import Path
from typing import Any

from executor.domain.job import MEBIBYTE, Job

from .kinds import SandboxError

Step = tuple[Any, ...]
STAGED = "/tmp"  # noqa: S108 - a mount of the launcher's own namespace: launcher/view.py ROOT
TEMPORARY_BYTES = 256 * MEBIBYTE
SHARED_MEMORY_BYTES = 64 * MEBIBYTE
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
)
NEVER = ("/", "/proc", "/dev", "/sys", "/tmp", "/etc")  # noqa: S108 - refused, not used
FIRST_NUMBER = 41  # of the descriptors by which bubblewrap is handed contents; 40 is its report


def check(job: Job) -> None:
    """Raise SandboxError when a path of the job cannot be shown as it is."""
    for path in (job.folder, *job.readable):
        if not path.is_absolute() or os.path.normpath(path) != str(path) or str(path) in NEVER:
            raise SandboxError(
                f"{path} cannot be shown to a job: give a whole, plain path below /."
            )
        if not path.exists():
            raise SandboxError(f"{path} cannot be shown to a job: it does not exist.")
    for path in job.readable:
        if path.is_relative_to(job.folder):
            check_inside(path, job.folder)


def check_inside(path: Path, folder: Path) -> None:
    """Raise SandboxError when a path in the work folder leads out of it through a link."""
    if path.resolve() != folder.resolve() / path.relative_to(folder):
        raise SandboxError(
            f"{path} is behind a symbolic link in the work folder: bind a plain path."
        )


def view(job: Job, uid: int, *, staged: bool) -> list[Step]:
    """The steps for a job that runs as a user; staged paths are at /tmp/0, /tmp/1, and so on."""
    return [
        *system(),
        *accounts(uid),
        ("proc", "/proc"),
        ("dev", "/dev"),
        ("tmpfs", "/dev/shm", SHARED_MEMORY_BYTES),  # noqa: S108 - the job's own
        ("tmpfs", "/tmp", TEMPORARY_BYTES),  # noqa: S108 - the job's own
        *paths(job, staged=staged),
        ("close", "/dev"),
        ("close", "/"),
    ]


def shown(job: Job) -> list[Path]:
    """The job's paths that the system does not hold anyway, each before those inside it."""
    found = {job.folder, *(path for path in job.readable if not path.is_relative_to("/usr"))}
    return sorted(found, key=lambda path: (len(path.parts), path))


def paths(job: Job, *, staged: bool) -> list[Step]:
    """Binds of what belongs to the job."""
    return [
        (
            "work" if path == job.folder else "read",
            str(path),
            f"{STAGED}/{number}" if staged else str(path),
        )
        for number, path in enumerate(shown(job))
    ]


def system() -> list[Step]:
    """The programs and libraries of the machine, and the few settings that they need."""
    steps: list[Step] = []
    for name in SYSTEM:
        if Path(name).is_symlink():
            steps.append(("link", name, str(Path(name).readlink())))
        elif Path(name).is_dir():
            steps.append(("read", name, name))
    return steps + [("read", name, name) for name in SETTINGS if Path(name).exists()]


def accounts(uid: int) -> list[Step]:
    """Made-up accounts: root, and the one that the job runs as."""
    users = f"root:x:0:0:root:/nonexistent:/bin/false\njob:x:{uid}:{uid}:job:/tmp:/bin/sh\n"
    return [
        ("file", "/etc/passwd", users),
        ("file", "/etc/group", f"root:x:0:\njob:x:{uid}:\n"),
        ("file", "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
        ("file", "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
    ]


def as_arguments(steps: list[Step]) -> tuple[list[str], dict[int, bytes]]:
    """A view as arguments of bubblewrap, and the contents it is to find behind descriptors."""
    contents: dict[int, bytes] = {}
    arguments: list[str] = []
    for word, target, *rest in steps:
        if word == "file":
            number = FIRST_NUMBER + len(contents)
            contents[number] = rest[0].encode()
            arguments += ["--perms", "0644", "--file", str(number), target]
        else:
            arguments += step_as_arguments(word, target, *rest)
    return arguments, contents


def step_as_arguments(word: str, target: str, value: str | int = "") -> list[str]:
    """One step other than a file."""
    return {
        "read": ["--ro-bind", str(value), target],
        "work": ["--bind", str(value), target],
        "link": ["--symlink", str(value), target],
        "tmpfs": ["--perms", "1777", "--size", str(value), "--tmpfs", target],
        "proc": ["--proc", target],
        "dev": ["--dev", target],
        "close": ["--remount-ro", target],
    }[word]
