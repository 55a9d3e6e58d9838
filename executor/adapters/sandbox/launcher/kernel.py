"""What the launcher asks of the kernel, by the C library; numbers are of the named headers."""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False  # typing itself costs 5 ms, and annotations are never evaluated here
if TYPE_CHECKING:
    from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
# linux/prctl.h
PDEATHSIG, DUMPABLE, SECCOMP, CAPBSET_DROP = 1, 4, 22, 24
CHILD_SUBREAPER, NO_NEW_PRIVS, CAP_AMBIENT, AMBIENT_CLEAR_ALL = 36, 38, 47, 4
SECCOMP_MODE_FILTER = 2
# linux/sched.h
NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
# linux/mount.h
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
SYS_MOUNT_SETATTR = 442  # the same number on every architecture we know
AT_FDCWD, AT_RECURSIVE, MNT_DETACH = -100, 0x8000, 2
AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, UP_RUNNING = 2, 2, 0x8914, 0x41
CAPABILITY_VERSION_3, LAST_CAPABILITY = 0x20080522, 63


def call(name: str, *arguments: Any) -> int:
    """A function of libc; OSError with its name when it fails."""
    result: int = getattr(LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: int) -> None:
    """Call prctl, its arguments padded to the four longs that the kernel reads."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    call("prctl", option, *(ctypes.c_ulong(argument) for argument in padded))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system, or bind (mount(2))."""
    texts = (source.encode(), target.encode(), kind.encode())
    call("mount", *texts, ctypes.c_ulong(flags), data.encode() or None)


def restrict(target: str, attributes: int, *, depth: int = AT_RECURSIVE) -> None:
    """Add attributes to a mount and to those below it: mount_setattr(2), Linux 5.12."""
    wanted = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(wanted))
    target_bytes, number = target.encode(), ctypes.c_long(SYS_MOUNT_SETATTR)
    call("syscall", number, AT_FDCWD, target_bytes, depth, ctypes.byref(wanted), size)


def write(path: str, text: str) -> None:
    """Write a text to an existing file, in one go as files of /proc want it."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
