"""Who the command runs as: another user, other namespaces, no privileges, fewer system calls."""

from __future__ import annotations

import ctypes
import os
import stat

from . import kernel


def give(folder: str, uid: int) -> None:
    """Make a work folder the user's; links are not followed.

    A file with several names stays as it is: the other name may be in the store.
    """
    os.chown(folder, uid, uid, follow_symlinks=False)
    for _, folders, files, here in os.fwalk(folder, follow_symlinks=False):
        for name in folders + files:
            found = os.stat(name, dir_fd=here, follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode) or found.st_nlink == 1:
                os.chown(name, uid, uid, dir_fd=here, follow_symlinks=False)


def become(uid: int) -> None:
    """Become an unprivileged user for good, still owner of our own entry in /proc."""
    for descriptor in (1, 2):
        os.fchown(descriptor, uid, uid)  # so that /dev/stdout can be opened again
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    kernel.prctl(kernel.DUMPABLE, 1)


def unshare(flags: int) -> None:
    """Enter new namespaces, the user namespace mapping us to ourselves."""
    uid, gid = os.getuid(), os.getgid()
    kernel.call("unshare", flags)
    kernel.prctl(kernel.DUMPABLE, 1)
    kernel.write("/proc/self/setgroups", "deny")
    kernel.write("/proc/self/uid_map", f"{uid} {uid} 1")
    kernel.write("/proc/self/gid_map", f"{gid} {gid} 1")


def allow_namespaces(number: int, *, required: bool) -> None:
    """So many user namespaces below ours; may fail unless required (a filter refuses them too)."""
    try:
        kernel.write("/proc/sys/user/max_user_namespaces", str(number))
    except OSError:  # /proc/sys is read-only in many containers
        if required:
            raise


def drop_privileges() -> None:
    """No capability in any set, and none to be had from any file."""
    for capability in range(kernel.LAST_CAPABILITY + 1):
        # EINVAL past the last that this kernel knows, hence not prctl() with its check
        kernel.LIBC.prctl(kernel.CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    kernel.prctl(kernel.CAP_AMBIENT, kernel.AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(kernel.CAPABILITY_VERSION_3, 0)
    kernel.call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    kernel.prctl(kernel.NO_NEW_PRIVS, 1)


def filter_calls(program: bytes) -> None:
    """Load a seccomp filter, given as the kernel's 8-byte instructions."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    loaded = Program(len(program) // 8, program)
    kernel.prctl(kernel.SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.addressof(loaded))
