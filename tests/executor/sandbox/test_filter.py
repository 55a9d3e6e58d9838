"""The seccomp filter, run on the architectures that the tests are not on."""

import errno
import struct

import pytest

from executor.adapters.sandbox.filter import seccomp_filter

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
X86, ARM = 0xC000003E, 0xC00000B7
MACHINES = [pytest.param("x86_64", X86, id="x86_64"), pytest.param("aarch64", ARM, id="aarch64")]


def verdict(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would answer: the few instructions of classic BPF that filters use."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif code == 0x06:
            return int(value)
        else:
            holds = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: accumulator & value != 0,
            }[code]
            at += if_true if holds else if_false


def refused(number: int) -> int:
    return 0x00050000 | number


NUMBERS = {  # clone, clone3, memfd_create, ioctl, socket, ptrace, mount, unshare, read
    X86: (56, 435, 319, 16, 41, 101, 165, 272, 0),
    ARM: (220, 435, 279, 29, 198, 117, 40, 97, 63),
}


@pytest.mark.parametrize(("machine", "architecture"), MACHINES)
def test_filter_answers_each_call(machine: str, architecture: int) -> None:
    program = seccomp_filter(machine)
    clone, clone3, memfd, ioctl, socket, ptrace, mount, unshare, read = NUMBERS[architecture]
    calls = [
        (clone, 17),
        (clone, 0x10000000 | 17),
        (clone, 0x00020000),
        (clone, 0x003D0F00),  # as threads are made
        (clone3,),
        (memfd,),
        (ioctl, 1, 0x5401),
        (ioctl, 0, 0x5412),
        (ioctl, 0, 1 << 32 | 0x5412),  # the kernel reads only the low half
        (socket, 1),
        (socket, 2),
        (socket, 40),
        (ptrace,),
        (mount,),
        (unshare,),
        (read,),
    ]
    assert [verdict(program, architecture, *call) for call in calls] == [
        ALLOWED,
        refused(errno.EPERM),
        refused(errno.EPERM),
        ALLOWED,
        refused(errno.ENOSYS),
        refused(errno.ENOSYS),
        ALLOWED,
        refused(errno.EPERM),
        refused(errno.EPERM),
        ALLOWED,
        ALLOWED,
        refused(errno.EAFNOSUPPORT),
        refused(errno.EPERM),
        refused(errno.EPERM),
        refused(errno.EPERM),
        ALLOWED,
    ]


@pytest.mark.parametrize(("machine", "architecture"), MACHINES)
def test_calls_by_another_architectures_numbers_kill(machine: str, architecture: int) -> None:
    assert verdict(seccomp_filter(machine), architecture ^ 1, 0) == KILLED


def test_second_table_of_calls_is_closed() -> None:
    assert verdict(seccomp_filter("x86_64"), X86, 0x40000000 | 101) == refused(errno.ENOSYS)


def test_unknown_architecture_has_no_filter() -> None:
    assert seccomp_filter("riscv64") == b""


@pytest.mark.parametrize(("machine", "architecture"), MACHINES)
def test_interpreter_that_jobs_fork_from_may_make_namespaces_by_unshare_alone(
    machine: str, architecture: int
) -> None:
    program = seccomp_filter(machine, nested=True)
    clone, clone3, _, _, _, ptrace, mount, unshare, _ = NUMBERS[architecture]
    calls = [(clone, 0x10000000 | 17), (clone3,), (ptrace,), (mount,), (unshare,)]
    assert [verdict(program, architecture, *call) for call in calls] == [
        refused(errno.EPERM),
        refused(errno.ENOSYS),
        refused(errno.EPERM),
        ALLOWED,
        ALLOWED,
    ]
