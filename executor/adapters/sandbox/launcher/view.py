# ruff: noqa: PTH103, PTH120, PTH123, PTH211 - pathlib costs 5 ms of each start
"""What the command sees: a root of its own with binds of what it may read.

A view is a list of steps ``(word, target, *rest)``, made by :mod:`...view` of the service; each
word is carried out by one function here. Host paths are opened before anything is mounted over
them.
"""

from __future__ import annotations

import os
import stat

from . import kernel

TYPE_CHECKING = False  # typing itself costs 5 ms, and annotations are never evaluated here
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ROOT = "/tmp"  # noqa: S108 - only mounted on, in our own mount namespace; the host's is untouched


def stage(paths: list[str]) -> None:
    """Bind host paths to /tmp/0, /tmp/1, … of our own mount namespace.

    The user that we become may not pass through their parents; we still may.
    """
    kernel.call("unshare", kernel.NEWNS)
    kernel.mount("none", "/", "", kernel.REC | kernel.PRIVATE)
    sources = [os.open(path, os.O_PATH) for path in paths]
    kernel.mount("tmpfs", ROOT, "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=0755,size=1m")
    for number, source in enumerate(sources):
        bind(source, f"{ROOT}/{number}")


def bind(source: int, target: str, attributes: int = 0) -> None:
    """Bind what an O_PATH descriptor names to a path, made as a file or folder when missing."""
    if stat.S_ISDIR(os.fstat(source).st_mode):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        place_file(target, "")
    kernel.mount(f"/proc/self/fd/{source}", target, "", kernel.BIND | kernel.REC)
    if attributes:
        kernel.restrict(target, attributes)


def place_file(target: str, text: str) -> None:
    """Write a small new file."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "x", encoding="utf-8") as handle:
        handle.write(text)


def place_link(target: str, text: str) -> None:
    """Make a symbolic link."""
    os.symlink(text, target)


def mount_tmpfs(target: str, size: int) -> None:
    """An empty folder in memory, writable by all, of at most so many bytes."""
    os.makedirs(target, exist_ok=True)
    kernel.mount("tmpfs", target, "tmpfs", kernel.NOSUID | kernel.NODEV, f"mode=1777,size={size}")


def mount_proc(target: str) -> None:
    """The processes of our own pid namespace."""
    os.makedirs(target)
    kernel.mount("proc", target, "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)


def mount_dev(target: str) -> None:
    """The five harmless devices and the usual links."""
    os.makedirs(target)
    kernel.mount("tmpfs", target, "tmpfs", kernel.NOSUID, "mode=0755,size=1m")
    for name in ("null", "zero", "full", "random", "urandom"):
        bind(os.open(f"/dev/{name}", os.O_PATH), f"{target}/{name}", kernel.ATTR_NOSUID)
    for name, source in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{source}", f"{target}/{name}")


def close_view(target: str) -> None:
    """Nothing more can be made in this folder itself; mounts below it stay as they are."""
    kernel.restrict(target, kernel.ATTR_RDONLY, depth=0)


def build(view: list[tuple[Any, ...]]) -> None:
    """Make the view our root, and lose the host's."""
    kernel.mount("none", "/", "", kernel.REC | kernel.PRIVATE)
    held = {step[2]: os.open(step[2], os.O_PATH) for step in view if step[0] in {"read", "work"}}
    kernel.mount("tmpfs", ROOT, "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=0755,size=1m")
    safe = kernel.ATTR_NOSUID | kernel.ATTR_NODEV
    words: dict[str, Callable[..., None]] = {
        "read": lambda target, source: bind(held[source], target, safe | kernel.ATTR_RDONLY),
        "work": lambda target, source: bind(held[source], target, safe),
        "file": place_file,
        "link": place_link,
        "tmpfs": mount_tmpfs,
        "proc": mount_proc,
        "dev": mount_dev,
        "close": close_view,
    }
    for word, target, *rest in view:
        words[word](ROOT + target, *rest)
    os.chdir(ROOT)
    kernel.call("pivot_root", b".", b".")
    kernel.call("umount2", b".", kernel.MNT_DETACH)
