"""Interpreters: started, shared, recycled, ended, and what becomes of runs when one dies."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from executor.adapters import warm
from executor.adapters.sandbox import Isolation, SandboxError
from executor.adapters.sandbox.processes import below
from executor.adapters.warm import pool
from executor.domain.job import Cause, Job
from tests.executor.warm.trials import DIRECT, ENVIRONMENT, Bench, Ran

PROJECT = Path(__file__).parents[3]


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something comes to hold before a deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        os.sched_yield()
    return False


def launcher() -> int:
    """The launcher of the one interpreter there is."""
    (state,) = warm.states()
    return int(str(state["launcher"]))


def zygote() -> int:
    """The interpreter itself: below the launcher comes its first process, below that it."""
    return below(launcher())[1]


def outcome(ran: Ran) -> tuple[Cause, int | None]:
    return ran.ending.cause, ran.ending.code


def test_runs_with_the_same_imports_share_an_interpreter(bench: Bench) -> None:
    bench.warm("import csv\n1")
    bench.warm("import csv\n2")
    bench.warm("import json\n3")
    assert sorted((state["imports"], state["runs"]) for state in warm.states()) == [(1, 1), (1, 2)]


def test_run_is_ended_when_it_is_stopped_and_the_interpreter_goes_on(bench: Bench) -> None:
    answers = itertools.chain([False, False], itertools.repeat(True))  # noqa: FBT003 - takes no keyword
    bench.warm("1")
    bench.stop = lambda: next(answers)
    ran = bench.warm("import time\nprint('begun')\ntime.sleep(60)")
    assert outcome(ran) == (Cause.STOPPED, None)
    bench.stop = lambda: False
    assert outcome(bench.warm("1")) == (Cause.EXITED, 0)


def test_daemons_of_a_stopped_run_are_gone_when_it_returns(bench: Bench) -> None:
    heard: list[bytes] = []
    bench.listen = heard.append
    bench.stop = lambda: bool(heard)
    bench.warm(
        "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n"
        "        os.setsid()\n        time.sleep(600)\nprint('x')\ntime.sleep(600)"
    )
    assert eventually(lambda: len(below(launcher())) == 2)  # first process and interpreter


def test_wall_clock_ends_a_run(bench: Bench) -> None:
    ran = bench.warm("print('begun')\nwhile True: pass", wall_seconds=1.0)
    assert (outcome(ran), ran.log) == ((Cause.TIMED_OUT, None), "begun\n")


def test_processor_time_is_bounded_and_told(bench: Bench) -> None:
    ran = bench.warm("while True: pass", cpu_seconds=1)
    assert outcome(ran) in {(Cause.SIGNALLED, 24), (Cause.SIGNALLED, 9)}  # SIGXCPU or SIGKILL
    assert 0.8 < ran.ending.cpu_seconds < 3


def test_printing_too_much_ends_a_run(bench: Bench) -> None:
    ran = bench.warm("while True: print('x' * 1000)", log_bytes=10_000)
    assert (outcome(ran), len(ran.log)) == ((Cause.TOO_MUCH_PRINTED, None), 10_000)


def test_writing_too_much_ends_a_run(bench: Bench) -> None:
    cell = "open('big', 'wb').write(bytes(3_000_000))\nimport time\ntime.sleep(60)"
    assert outcome(bench.warm(cell, folder_bytes=1_000_000)) == (Cause.TOO_MUCH_WRITTEN, None)


def test_error_of_the_one_who_listens_ends_the_run_and_is_raised(bench: Bench) -> None:
    def fail(_piece: bytes) -> None:
        raise LookupError("the run is gone")

    bench.listen = fail
    with pytest.raises(LookupError, match="the run is gone"):
        bench.warm("print(1)\nimport time\ntime.sleep(60)")
    assert eventually(lambda: len(below(launcher())) == 2)


def test_interpreter_that_died_between_runs_is_replaced(bench: Bench) -> None:
    bench.warm("1")
    first = launcher()
    os.kill(zygote(), signal.SIGKILL)
    assert outcome(bench.warm("1")) == (Cause.EXITED, 0)
    assert launcher() != first


def test_interpreter_that_dies_during_a_run_is_a_fault_of_the_platform(bench: Bench) -> None:
    killed: list[int] = []

    def kill_once(_piece: bytes) -> None:
        if not killed:
            killed.append(zygote())
            os.kill(killed[0], signal.SIGKILL)

    bench.listen = kill_once
    with pytest.raises(SandboxError, match="warm interpreter of this run died"):
        bench.warm("print(1)\nimport time\ntime.sleep(60)")
    assert (bench.root / "work" / "run" / "n.ipynb").is_file()


def test_interpreter_is_recycled_after_many_runs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "RUNS_AT_MOST", 2)
    seen = []
    for _ in range(3):
        bench.warm("1")
        seen.append([state["launcher"] for state in warm.states()])
    assert (len(seen[0]), seen[1], len(seen[2])) == (1, [], 1)
    assert seen[0] != seen[2]


def test_interpreter_of_an_environment_that_was_replaced_is_not_used(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.warm("1")
    first = launcher()
    monkeypatch.setattr(pool, "identity", lambda _: (1, 1))
    bench.warm("1")
    monkeypatch.undo()
    bench.warm("1")
    assert launcher() != first


def test_interpreter_not_used_for_longest_makes_room(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ALIVE_AT_MOST", 2)
    for module in ("csv", "json", "csv", "uuid"):
        bench.warm(f"import {module}")
    kept = [next(iter(key.preload)) for key, at in pool.pool().places.items() if at.zygote]
    assert kept == ["import csv", "import uuid"]


def test_several_threads_run_at_once(tmp_path: Path, bench: Bench) -> None:
    def one(number: int) -> int:
        root = tmp_path / str(number)
        (root / "work").mkdir(parents=True)
        alone = Bench(root)
        alone.root = root
        ran = alone.warm(f"v = {number}", outputs={"v": "number"})
        return int(ran.value("v"))

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(one, range(12))) == list(range(12))


def test_interpreter_outlives_the_thread_that_wanted_it(bench: Bench) -> None:
    thread = threading.Thread(target=bench.warm, args=("1",))
    thread.start()
    thread.join()
    first = launcher()
    bench.warm("1")
    assert launcher() == first


def test_nothing_is_left_when_all_are_closed(bench: Bench) -> None:
    bench.warm("1")
    process = launcher()
    warm.close_all()
    assert not Path(f"/proc/{process}").exists()
    assert list((bench.root / "work").iterdir()) == []
    assert warm.states() == []


CALLER = """
import sys, time
from pathlib import Path
from executor.adapters import warm
from tests.executor.warm.trials import Bench
bench = Bench(Path(sys.argv[1]))
bench.listen = lambda piece: print(warm.states()[0]["launcher"], flush=True)
bench.warm("print(1)\\nimport time\\ntime.sleep(600)")
"""


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_death_of_the_worker_ends_its_interpreters_and_runs(
    bench: Bench, by: signal.Signals
) -> None:
    command = [sys.executable, "-c", CALLER, str(bench.root)]
    caller = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, env={
        **os.environ, "PYTHONPATH": str(PROJECT)})  # fmt: skip
    assert caller.stdout is not None
    with caller.stdout:  # open until the end, for it goes on printing
        process = int(caller.stdout.readline())
        every = [process, *below(process)]
        caller.send_signal(by)
        caller.wait()
    assert len(every) == 6  # launcher, first process, interpreter; keeper, first process, run
    assert eventually(lambda: not any(Path(f"/proc/{one}").exists() for one in every))


def test_fork_of_the_service_has_no_interpreters_and_ends_none(bench: Bench) -> None:
    bench.warm("1")
    first = launcher()
    child = os.fork()
    if child == 0:
        os._exit(len(warm.states()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    bench.warm("1")
    assert launcher() == first


def cold_reason(bench: Bench, isolation: Isolation = DIRECT, **changes: Any) -> str:
    """Why a run has to go the cold way."""
    made = bench.job(("1",), {}, {})
    whole = {name: getattr(made, name) for name in made.__slots__} | changes
    with pytest.raises(warm.ColdError) as raised:
        warm.run(
            Job(**whole), environment=ENVIRONMENT, preload=(), shadows=(), isolation=isolation,
            on_log=lambda _: None, on_event=lambda _: None, should_stop=lambda: False,
        )  # fmt: skip
    return str(raised.value)


def test_no_isolation_is_no_reason_to_run_warm(bench: Bench) -> None:
    off = Isolation("off", "switched off")
    assert cold_reason(bench, off) == "This machine cannot keep warm runs apart."


def test_other_programs_are_not_run_warm(bench: Bench) -> None:
    reason = cold_reason(bench, argv=("/bin/true",))
    assert reason == "Only notebooks are run by a warm interpreter."


def test_run_with_a_network_is_not_run_warm(bench: Bench) -> None:
    reason = cold_reason(bench, network=("example.org",))
    assert reason == "A run that may use the network is not run by a warm interpreter."


def test_interpreter_that_does_not_start_is_not_tried_again_at_once(bench: Bench) -> None:
    missing = ("/usr/no/such/python", "-s", "-B", ".notebook_runner.py", ".job.json")
    first = cold_reason(bench, argv=missing, readable=())
    assert first.startswith("A warm interpreter did not start: failed [Errno 2]")
    begun = time.monotonic()
    (bench.root / "work" / "run").rename(bench.root / "aside")
    assert cold_reason(bench, argv=missing, readable=()) == first
    assert time.monotonic() - begun < 1


def test_machine_that_refuses_nested_namespaces_runs_cold(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.adapters.warm.zygote.seccomp_filter", lambda **_: whole_filter())
    assert cold_reason(bench).startswith("namespaces cannot be nested here")


def whole_filter() -> bytes:
    """The filter of runs, which refuses namespaces."""
    from executor.adapters.sandbox.filter import seccomp_filter  # noqa: PLC0415 - not the replaced one

    return seccomp_filter()
