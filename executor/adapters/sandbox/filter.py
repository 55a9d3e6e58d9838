"""The seccomp filter: system calls that a job is refused, as a classic BPF program.

Layout of the instructions and of ``struct seccomp_data``: linux/filter.h, linux/bpf_common.h and
linux/seccomp.h; call numbers from asm/unistd_64.h (x86-64) and asm-generic/unistd.h (aarch64). The
namespaces do the isolating; the filter keeps jobs away from parts of the kernel that they have no
use for and where its privilege bugs tend to be.
"""

import errno
import platform
import struct

LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, SECOND_ARGUMENT_AT = 0, 4, 16, 24

# AUDIT_ARCH_* of linux/audit.h
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_NUMBERS = 0x40000000  # a second table of calls on x86-64
# CLONE_NEW* of linux/sched.h, all but NEWTIME, whose bit clone() reads as part of the signal
NEW_NAMESPACES = 0x7E020000
PUSH_INPUT, LINUX_CONSOLE = 0x5412, 0x541C  # TIOCSTI and TIOCLINUX: typing into a terminal
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; AF_VSOCK crosses namespaces

# name: (x86-64, aarch64); None where the architecture has no such call
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "uselib": (134, None),
}
# Memory that belongs to no process, so that nobody counts it; said not to exist, as clone3 is, so
# that programs which can do without do.
MISSING: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
}
# What it takes to make namespaces: granted to an interpreter that jobs are forked from.
NESTING = {"mount", "mount_setattr", "pivot_root", "sethostname", "umount2", "unshare"}
CLONE, IOCTL, SOCKET = (56, 220), (16, 29), (41, 198)


def instruction(code: int, value: int, skip_if: int = 0, skip_else: int = 0) -> bytes:
    """One ``struct sock_filter``: 8 bytes in the machine's byte order."""
    return struct.pack("=HBBI", code, skip_if, skip_else, value)


def refusal(number: int = errno.EPERM) -> bytes:
    """End the call with an errno."""
    return instruction(RETURN, REFUSE | number)


def when(call: int, body: bytes) -> bytes:
    """A body that runs only for one call; the accumulator holds the call's number."""
    return instruction(JUMP_EQUAL, call, 0, len(body) // 8) + body


def on_argument(offset: int, tests: bytes, otherwise: bytes) -> bytes:
    """Load the low half of an argument, test it, and end otherwise."""
    return instruction(LOAD, offset) + tests + otherwise


def seccomp_filter(machine: str = "", *, nested: bool = False) -> bytes:
    """The filter for an architecture (by default this machine's); empty when it is not known.

    With ``nested`` namespaces can be made by ``unshare``: for an interpreter that jobs are forked
    from, each of which adds the whole filter.

    ``clone3`` hides its flags behind a pointer, so it is said not to exist: the C library then
    falls back to ``clone``, whose flags can be seen.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return b""
    column = list(ARCHITECTURES).index(machine)
    allow = instruction(RETURN, ALLOW)
    granted = NESTING if nested else set()
    plain = [numbers[column] for name, numbers in REFUSED.items() if name not in granted]
    missing = [numbers[column] for numbers in MISSING.values()]
    parts = [
        head(machine),
        *(when(number, refusal()) for number in plain if number is not None),
        *(when(number, refusal(errno.ENOSYS)) for number in missing if number is not None),
        when(CLONE[column], on_argument(FIRST_ARGUMENT_AT, refused_flags(), allow)),
        when(IOCTL[column], on_argument(SECOND_ARGUMENT_AT, refused_requests(), allow)),
        when(SOCKET[column], allowed_families()),
        allow,
    ]
    return b"".join(parts)


def head(machine: str) -> bytes:
    """Kill what speaks another architecture's call numbers; load the number."""
    same = instruction(JUMP_EQUAL, ARCHITECTURES[machine], 1, 0)
    start = instruction(LOAD, ARCHITECTURE_AT) + same + instruction(RETURN, KILL)
    x32 = instruction(JUMP_GREATER_EQUAL, X32_NUMBERS, 0, 1) + refusal(errno.ENOSYS)
    return start + instruction(LOAD, NUMBER_AT) + x32


def refused_flags() -> bytes:
    """Refuse a clone with any new namespace."""
    return instruction(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1) + refusal()


def refused_requests() -> bytes:
    """Refuse the ioctls that type into a terminal."""
    return b"".join(
        instruction(JUMP_EQUAL, request, 0, 1) + refusal()
        for request in (PUSH_INPUT, LINUX_CONSOLE)
    )


def allowed_families() -> bytes:
    """Refuse sockets other than of the common families."""
    allow = instruction(RETURN, ALLOW)
    tests = b"".join(instruction(JUMP_EQUAL, family, 0, 1) + allow for family in FAMILIES)
    return on_argument(FIRST_ARGUMENT_AT, tests, refusal(errno.EAFNOSUPPORT))
