"""What a job sees of the machine."""

import errno
import sys
from pathlib import Path

from tests.executor.sandbox.trials import Sandbox


def test_root_holds_the_system_and_nothing_of_the_host(sandbox: Sandbox) -> None:
    shown = {path.parts[1] for path in (sandbox.folder, Path(sys.prefix), Path(sys.base_prefix))}
    listed = set(sandbox.command("/bin/ls", "/").log.split())
    assert listed - shown <= {
        *("bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"),
    }


def test_own_loopback_works_for_notebook_kernels(sandbox: Sandbox) -> None:
    probe = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 2)
print("connected")
"""
    assert sandbox.python(probe).log == "connected\n"


def test_first_process_of_our_own_cannot_be_opened(sandbox: Sandbox) -> None:
    if sandbox.isolation.name == "bubblewrap":
        # That one is open to the job; the probe first-process shows that it has no more rights.
        assert sandbox.python("open('/proc/1/environ')").ending.code == 0
        return
    probe = """
import json, os
def attempt(action):
    try:
        action()
    except OSError as error:
        return error.errno
found = [attempt(lambda: os.listdir(f"/proc/1/{name}")) for name in ("fd", "root")]
found += [attempt(lambda: open(f"/proc/1/{name}")) for name in ("mem", "environ", "maps")]
print(json.dumps(found))
"""
    assert sandbox.python(probe).said == [errno.EACCES] * 5
