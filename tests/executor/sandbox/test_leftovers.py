"""Nothing of a job is left, however it ends."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from executor.adapters.sandbox import spare
from executor.domain.job import Cause
from tests.executor.sandbox.trials import Sandbox

PROJECT = Path(__file__).parents[3]
CALLER = """
import sys
from pathlib import Path
from executor.adapters.sandbox import Isolation, run
from executor.domain.job import Job
job = Job(("/bin/sh", "-c", sys.argv[3]), Path(sys.argv[2]))
run(job, isolation=Isolation(sys.argv[1], ""), on_log=print, on_event=print, should_stop=bool)
"""
# A daemon as they are made: forked twice, in a session of its own, holding none of our pipes.
DAEMON = "(setsid sh -c 'exec sleep 600{marker}' </dev/null >/dev/null 2>&1 3>&- &)"


@pytest.fixture
def marker() -> str:
    """A number that no other process has among its arguments."""
    return f".{secrets.randbelow(10**12):012}"


def living(marker: str) -> list[str]:
    """The command lines of the host's processes that hold a marker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"sleep 600{marker}" in line:
            found.append(line)
    return found


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something comes to hold before a deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        os.sched_yield()
    return False


def test_daemons_die_with_the_job_that_ends(any_sandbox: Sandbox, marker: str) -> None:
    script = f"{DAEMON.format(marker=marker)}; until pgrep -f 'sleep 600{marker}' >&2; do :; done"
    result = any_sandbox.command("/bin/sh", "-c", script)
    assert (result.ending.cause, result.log != "", living(marker)) == (Cause.EXITED, True, [])


def test_daemons_die_with_the_job_that_is_stopped(any_sandbox: Sandbox, marker: str) -> None:
    any_sandbox.stop = lambda: bool(living(marker))
    result = any_sandbox.command("/bin/sh", "-c", f"{DAEMON.format(marker=marker)}; sleep 60")
    assert (result.ending.cause, living(marker)) == (Cause.STOPPED, [])


def test_processes_are_bounded_and_gone_afterwards(sandbox: Sandbox, marker: str) -> None:
    probe = f"""
import os
count = 0
try:
    while True:
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", "600{marker}"])
        count += 1
except BlockingIOError:
    print(count)
"""
    result = sandbox.python(probe, processes=20)
    assert (10 <= result.said <= 24, living(marker)) == (True, [])


def test_fork_bomb_ends_at_the_wall_clock(sandbox: Sandbox, marker: str) -> None:
    bomb = f": sleep 600{marker}; bomb() {{ bomb | bomb & }}; bomb; sleep 60"
    result = sandbox.command("/bin/sh", "-c", bomb, wall_seconds=0.5)
    assert living(marker) == []
    assert result.ending.cause in {
        Cause.TIMED_OUT,
        Cause.EXITED,
    }  # the shell itself may fail to fork


def test_two_jobs_of_one_user_do_not_share_their_number_of_processes(sandbox: Sandbox) -> None:
    crowd = "import os, time\nfor _ in range(12):\n  if os.fork() == 0: time.sleep(60)\n"
    inner = f"{crowd}print('all started', flush=True)\n"
    counts: list[str] = []

    def nested() -> bool:
        if not counts:
            counts.append("begun")
            sandbox.stop = lambda: False
            counts.append(sandbox.python(inner, processes=16).log)
        return True

    sandbox.stop = nested
    sandbox.python(f"{crowd}time.sleep(60)", processes=16)
    assert counts == ["begun", "all started\n"]


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_death_of_the_caller_ends_the_job(
    any_sandbox: Sandbox, marker: str, by: signal.Signals
) -> None:
    script = f"{DAEMON.format(marker=marker)}; exec sleep 600{marker}"
    name = any_sandbox.isolation.name
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, name, str(any_sandbox.folder), script], cwd=PROJECT
    )
    started = eventually(lambda: len(living(marker)) >= 2)
    caller.send_signal(by)
    caller.wait()
    assert (started, eventually(lambda: living(marker) == [])) == (True, True)


def test_temporary_mounts_do_not_reach_the_host(sandbox: Sandbox) -> None:
    before = Path("/proc/self/mounts").read_text()
    sandbox.command("/bin/true")
    assert Path("/proc/self/mounts").read_text() == before


def test_pipes_of_the_service_are_closed(any_sandbox: Sandbox) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    any_sandbox.command("/bin/true")
    spare.drop()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
