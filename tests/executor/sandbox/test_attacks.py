"""What hostile code tries from inside, and gets nowhere with."""

import errno
import os
import secrets
import socket
import sys
from pathlib import Path

import pytest

from tests.executor.sandbox.trials import Sandbox

TRY = """
import ctypes, json, os, sys

libc = ctypes.CDLL(None, use_errno=True)
def attempt(action):
    try:
        result = action()
    except OSError as error:
        return error.errno
    return "done"
def call(name, *arguments):
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
"""


def test_secret_beside_the_work_folder_is_not_there(sandbox: Sandbox, tmp_path: Path) -> None:
    probe = f"{TRY}print(json.dumps([attempt(lambda: open(sys.argv[1])), os.listdir(sys.argv[2])]))"
    assert sandbox.python(probe, tmp_path / "secret", tmp_path).said == [errno.ENOENT, ["work"]]


def test_link_to_a_secret_leads_nowhere(sandbox: Sandbox, tmp_path: Path) -> None:
    (sandbox.folder / "link").symlink_to(tmp_path / "secret")
    probe = f"{TRY}print(attempt(lambda: open('link')))"
    assert sandbox.python(probe).said == errno.ENOENT


def test_root_holds_the_system_and_nothing_of_the_host(sandbox: Sandbox) -> None:
    shown = {path.parts[1] for path in (sandbox.folder, Path(sys.prefix), Path(sys.base_prefix))}
    listed = set(sandbox.command("/bin/ls", "/").log.split())
    assert listed - shown <= {
        *("bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"),
    }


def test_accounts_of_the_host_are_not_there(sandbox: Sandbox) -> None:
    names = sandbox.command("/usr/bin/cut", "-d:", "-f1", "/etc/passwd").log.split()
    assert names == ["root", "job"]


def test_environment_of_the_service_is_in_no_process(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = secrets.token_hex(8)
    monkeypatch.setenv("REPRISE_SECRET_KEY", marker)
    script = f"cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c {marker}"
    assert sandbox.command("/bin/sh", "-c", script).log == "0\n"


def test_processes_of_the_host_are_not_seen(sandbox: Sandbox) -> None:
    probe = "import json, os; print(json.dumps([n for n in os.listdir('/proc') if n.isdigit()]))"
    assert sandbox.python(probe).said == ["1", "2"]


def test_there_is_nobody_else_to_kill(sandbox: Sandbox) -> None:
    probe = f"{TRY}print(attempt(lambda: os.kill(-1, 9)))"
    assert sandbox.python(probe).said == errno.ESRCH


def test_first_process_is_not_killed(sandbox: Sandbox) -> None:
    probe = "import os; [os.kill(1, number) for number in range(1, 32)]; print('went on')"
    result = sandbox.python(probe)
    assert (result.log, result.ending.code) == ("went on\n", 0)


def test_first_process_has_no_more_rights_than_the_job(sandbox: Sandbox) -> None:
    names = ("CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp:")
    script = f"for p in 1 self; do grep -hE '{'|'.join(names)}' /proc/$p/status; done"
    lines = sandbox.command("/bin/sh", "-c", script).log.splitlines()
    assert (lines[:5], len(lines)) == (lines[5:], 10)


def test_first_process_of_our_own_cannot_be_opened(sandbox: Sandbox) -> None:
    if sandbox.isolation.name == "bubblewrap":
        # That one is open to the job; the test above shows that it has no more rights.
        assert sandbox.python("open('/proc/1/environ')").ending.code == 0
        return
    probe = f"""{TRY}
found = [attempt(lambda: os.listdir(f"/proc/1/{{name}}")) for name in ("fd", "root")]
found += [attempt(lambda: open(f"/proc/1/{{name}}")) for name in ("mem", "environ", "maps")]
print(json.dumps(found))
"""
    assert sandbox.python(probe).said == [errno.EACCES] * 5


@pytest.mark.parametrize("place", ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "PREFIX"])
def test_nothing_outside_the_folder_can_be_written(sandbox: Sandbox, place: str) -> None:
    probe = f"{TRY}print(attempt(lambda: open(sys.argv[1] + '/made', 'w')))"
    said = sandbox.python(probe, place.replace("PREFIX", sys.prefix)).said
    assert said in {errno.EROFS, errno.EACCES, errno.ENOENT}  # ENOENT is how /proc refuses


def test_what_is_made_beside_the_folder_never_reaches_the_host(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.command("/bin/sh", "-c", "echo x > ../made; rm -f ../secret; echo x > /tmp/made")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "work"]


def test_existing_files_outside_cannot_be_changed(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
paths = ("/etc/ld.so.cache", "/etc/passwd", "/usr/bin/env", sys.executable)
paths += ("/proc/sys/kernel/hostname",)
print(json.dumps([attempt(lambda: open(path, "ab")) for path in paths]))
"""
    assert set(sandbox.python(probe).said) <= {errno.EROFS, errno.EACCES}


def test_temporary_folder_is_private_and_bounded(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
open("/tmp/mine", "w").write("x")
size = os.statvfs("/tmp")
print(json.dumps([sorted(os.listdir("/tmp")), size.f_blocks * size.f_frsize]))
"""
    shown = (sandbox.folder, Path(sys.prefix), Path(sys.base_prefix))
    bound = {path.parts[2] for path in shown if path.parts[1] == "tmp"}
    assert sandbox.python(probe).said == [sorted({"mine"} | bound), 256 * 2**20]


@pytest.mark.enable_socket
def test_listener_on_the_hosts_loopback_cannot_be_reached(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import socket
print(attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)))
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert sandbox.python(probe, server.getsockname()[1]).said == errno.ECONNREFUSED


def test_nothing_beyond_loopback_has_a_route(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import socket
print(attempt(lambda: socket.create_connection(("192.0.2.1", 80), 2)))
"""
    assert sandbox.python(probe).said == errno.ENETUNREACH


def test_own_loopback_works_for_notebook_kernels(sandbox: Sandbox) -> None:
    probe = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 2)
print("connected")
"""
    assert sandbox.python(probe).log == "connected\n"


def test_abstract_socket_of_the_host_cannot_be_reached(sandbox: Sandbox) -> None:
    name = f"\0reprise-{secrets.token_hex(8)}"
    probe = f"""{TRY}
import socket
client = socket.socket(socket.AF_UNIX)
print(attempt(lambda: client.connect("\\0" + sys.argv[1])))
"""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        assert sandbox.python(probe, name[1:]).said == errno.ECONNREFUSED


def test_unusual_socket_families_are_refused(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import socket
families = (17, 38, 40, 44, 31)  # PACKET, ALG, VSOCK, XDP, BLUETOOTH
print(json.dumps([attempt(lambda: socket.socket(family, socket.SOCK_RAW)) for family in families]))
"""
    assert sandbox.python(probe).said == [errno.EAFNOSUPPORT] * 5


def test_dangerous_calls_are_refused(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
calls = dict(
    ptrace=("ptrace", 0, 0, 0, 0),
    attach=("ptrace", 16, 1, 0, 0),
    mount=("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    bind=("mount", b"/", b"/tmp", None, 4096, None),
    remount=("mount", None, b"/usr", None, 32 | 4096, None),
    umount=("umount2", b"/usr", 2),
    pivot=("pivot_root", b".", b"."),
    chroot=("chroot", b"."),
    user=("unshare", 0x10000000),
    mounts=("unshare", 0x20000),
    network=("unshare", 0x40000000),
    join=("setns", 0, 0),
    reading=("process_vm_readv", 1, None, 0, None, 0, 0),
    handle=("open_by_handle_at", 0, None, 0),
    swap=("swapon", b"f", 0),
    reboot=("reboot", 0x1234567),
    host=("sethostname", b"x", 1),
)
print(json.dumps({{name: attempt(lambda: call(*call_)) for name, call_ in calls.items()}}))
"""
    said = sandbox.python(probe).said
    assert said == dict.fromkeys(said, errno.EPERM)
    assert len(said) == 17


def test_new_user_namespace_is_refused_by_every_way_in(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import platform
number = {{"x86_64": 56, "aarch64": 220}}[platform.machine()]
ways = [("syscall", number, 0x10000000 | 17, 0, 0, 0, 0), ("syscall", 435, 0, 88)]
print(json.dumps([attempt(lambda: call(*way)) for way in ways]))
"""
    assert sandbox.python(probe).said == [errno.EPERM, errno.ENOSYS]


def test_kernel_interfaces_by_number_are_refused(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import platform
numbers = {{
    "x86_64": [321, 298, 250, 248, 249, 323, 175, 313, 246, 320],
    "aarch64": [280, 241, 219, 217, 218, 282, 105, 273, 104, 294],
}}[platform.machine()]
numbers += [425, 426, 427, 428, 429, 430, 442, 438]
print(json.dumps([attempt(lambda: call("syscall", number, 0, 0, 0, 0, 0)) for number in numbers]))
"""
    assert sandbox.python(probe).said == [errno.EPERM] * 18


def test_job_has_no_privileges_and_cannot_gain_any(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
lines = open("/proc/self/status").read().splitlines()
status = dict(line.split(":\\t") for line in lines if ":\\t" in line)
caps = {{status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}}
print(json.dumps([sorted(caps), status["NoNewPrivs"], status["Seccomp"], os.getuid() != 0,
    attempt(lambda: os.setuid(0)), attempt(lambda: os.setgid(0)),
    attempt(lambda: os.setgroups([0]))]))
"""
    refused = [errno.EINVAL, errno.EINVAL, errno.EPERM]  # EINVAL: there is no such user here
    assert sandbox.python(probe).said == [["0" * 16], "1", "2", True, *refused]


def test_setuid_programs_give_nothing(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
options = [os.statvfs(path).f_flag & os.ST_NOSUID for path in ("/usr", ".", "/tmp", "/")]
print(json.dumps(options))
"""
    assert sandbox.python(probe).said == [os.ST_NOSUID] * 4


def test_devices_cannot_be_made_or_used(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
print(json.dumps([attempt(lambda: os.mknod("disk", 0o60600, os.makedev(254, 0))),
    attempt(lambda: os.mknod("/tmp/kmsg", 0o20600, os.makedev(1, 11))),
    attempt(lambda: open("/dev/kmsg")), attempt(lambda: open("/dev/mem"))]))
"""
    assert sandbox.python(probe).said == [errno.EPERM, errno.EPERM, errno.ENOENT, errno.ENOENT]


def test_terminal_of_the_operator_is_out_of_reach(sandbox: Sandbox) -> None:
    probe = f"""{TRY}
import fcntl
print(json.dumps([attempt(lambda: open("/dev/tty")) in (2, 6),
    attempt(lambda: fcntl.ioctl(0, 0x5412, b"x"))]))
"""
    assert sandbox.python(probe).said == [True, errno.EPERM]


def test_name_of_the_host_is_hidden(sandbox: Sandbox) -> None:
    assert sandbox.python("import os; print(os.uname().nodename)").log == "sandbox\n"
