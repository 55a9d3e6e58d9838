"""One zygote: started in a sandbox, told what to import, asked for runs."""

import json
import marshal
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executor.adapters.sandbox import Isolation
from executor.adapters.sandbox.child import NOBODY, instruct, orders
from executor.adapters.sandbox.filter import seccomp_filter
from executor.adapters.sandbox.waiting import HERE
from executor.adapters.sandbox.waiting import begin as begin_launcher
from executor.domain.job import Job
from executor.runtime import ZYGOTE

from .kinds import ColdError, Key

DIRECT = Isolation("direct", "for a warm interpreter")
NESTED = 512  # namespaces below a zygote at a time, a few for each run
PROCESSES = 4096  # of a zygote and all its runs
OPEN_FILES = 4096
START_SECONDS = 120.0
SEND_SECONDS = 5.0
TICK_SECONDS = 0.2
LAST_RESORT_SECONDS = 5.0
MESSAGE_BYTES = 1_000_000
REASON_BYTES = 500


@dataclass(slots=True)
class Zygote:
    """A zygote.

    Attributes:
        key: what it is for.
        process: its launcher.
        control: the socket that it takes orders from.
        status: where the launcher says why it could not start.
        log: a pipe with what it prints, which nobody reads while all is well.
        parent: the folder that holds the work folders of its runs while they run.
        modules: names of top-level modules that it has imported beside those of every run.
        trouble: what keeps it from being used, if anything; ``at`` is the number of the statement.
        begun: when it was started, on the monotonic clock; ``used`` is the end of its last run.
        identity: what the environment's folder was then.
        runs: how many it has had; ``busy`` is how many it has now.
    """

    key: Key
    process: subprocess.Popen[bytes]
    control: socket.socket
    status: int
    log: int
    parent: Path
    modules: frozenset[str] = frozenset()
    trouble: str = ""
    at: int = 0
    begun: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    identity: tuple[int, int] = (0, 0)
    runs: int = 0
    busy: int = 0

    def is_alive(self) -> bool:
        """Whether it can still be asked for runs."""
        return self.process.poll() is None and self.parent.is_dir()

    def wait_until_ready(self, should_stop: Callable[[], bool]) -> None:
        """Wait for it to have imported everything; raise ColdError when it does not get there."""
        deadline = time.monotonic() + START_SECONDS
        self.control.settimeout(TICK_SECONDS)
        with suppress(OSError):
            self.control.send(json.dumps(self.key.preload).encode())
        while time.monotonic() < deadline and not should_stop():
            try:
                answer = self.control.recv(MESSAGE_BYTES)
            except TimeoutError:
                continue
            except OSError:
                break
            if not answer:
                break
            self.understand(json.loads(answer))
            return
        raise ColdError(f"A warm interpreter did not start: {self.reason()}.")

    def understand(self, answer: dict[str, Any]) -> None:
        """Take in what it says of itself; raise ColdError when runs cannot be nested in it."""
        if answer["nesting"]:
            raise ColdError(str(answer["nesting"]))
        self.modules = frozenset(map(str, answer["modules"]))
        self.trouble, self.at = str(answer["trouble"] or ""), int(answer["at"])
        self.control.settimeout(SEND_SECONDS)

    def reason(self) -> str:
        """Why it does not answer: what it or its launcher said last."""
        os.set_blocking(self.status, False)
        os.set_blocking(self.log, False)
        said = b""
        for descriptor in (self.status, self.log):
            with suppress(OSError):
                said = said or os.read(descriptor, MESSAGE_BYTES)[-REASON_BYTES:]
        return " ".join(said.decode(errors="replace").split()) or "it says nothing"

    def order(self, data: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Ask for a run; OSError when it does not listen any more."""
        source = os.memfd_create("orders")
        try:
            os.write(source, marshal.dumps(data, 2))
            os.lseek(source, 0, os.SEEK_SET)
            socket.send_fds(self.control, [b"run"], [source, *descriptors])
        finally:
            os.close(source)

    def end(self) -> None:
        """End it and all its runs."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LAST_RESORT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def let_go(self) -> None:
        """Close our side of it in a fork of the process that it belongs to."""
        self.process.returncode = 0  # else Popen warns of it
        self.control.close()
        os.close(self.status)
        os.close(self.log)

    def close(self) -> None:
        """End it, and leave nothing of it behind."""
        self.end()
        self.control.close()
        os.close(self.status)
        os.close(self.log)
        with suppress(OSError):
            self.parent.rmdir()


def begin(key: Key) -> Zygote:
    """Start a zygote; the calling thread must live as long as it should.

    Raises:
        OSError: the machine has no room for another.
    """
    parent = Path(tempfile.mkdtemp(prefix=".warm-", dir=key.work))
    parent.chmod(0o711 if os.geteuid() == 0 else 0o700)
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    status, status_end = os.pipe()
    log, log_end = os.pipe()  # not a file: the streams of runs are made for pipes
    os.set_blocking(log_end, False)
    try:
        others = (its.fileno(), status_end)
        process = begin_launcher(log_end, others)
        instruct(process, settings(key, parent, others))
    except BaseException:
        ours.close()
        os.close(status)
        os.close(log)
        parent.rmdir()
        raise
    finally:
        its.close()
        os.close(status_end)
        os.close(log_end)
    return Zygote(key, process, ours, status, log, parent, identity=identity(key.environment))


def settings(key: Key, parent: Path, descriptors: tuple[int, int]) -> dict[str, Any]:
    """The orders for the launcher."""
    launcher = HERE / "launcher"
    job = Job(
        argv=(key.python, "-s", "-B", str(ZYGOTE), str(HERE)),
        folder=parent,
        readable=(key.environment, *key.base, launcher, ZYGOTE.parent, *key.roots),
        environ=dict(key.environ),
        limits=key.limits,
    )
    data = orders(job, DIRECT, descriptors)
    wider = {"RLIMIT_NPROC": PROCESSES, "RLIMIT_NOFILE": OPEN_FILES}
    return data | {
        "filter": seccomp_filter(nested=True),
        "limits": data["limits"] | wider,
        "nested": NESTED,
        "groups": [],
    }


def identity(folder: Path) -> tuple[int, int]:
    """What tells a folder from another one of the same name; zeros when it is not there."""
    try:
        found = folder.stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino


def user_of_runs() -> int:
    """The user that runs are, where that is another than ours; 0 otherwise."""
    return NOBODY if os.geteuid() == 0 else 0
