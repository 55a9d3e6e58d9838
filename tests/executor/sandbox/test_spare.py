"""The launcher of the next job waits already, and never outlives whom it waits for."""

import threading
from pathlib import Path

from executor.adapters.sandbox import spare
from executor.adapters.sandbox.waiting import Waiting
from executor.domain.job import Limits

LIMITS = Limits()


def runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_what_was_kept_is_taken_once() -> None:
    spare.keep(LIMITS)
    first, second = spare.take(LIMITS), spare.take(LIMITS)

    assert first.child.process.pid != second.child.process.pid
    assert first.is_ours()


def test_a_spare_for_other_limits_is_ended() -> None:
    spare.keep(LIMITS)
    kept = spare._place.kept
    process = kept.child.process.pid
    del kept

    found = spare.take(Limits(processes=7))

    assert (found.limits.processes, runs(process)) == (7, False)


def test_a_spare_that_died_is_not_taken() -> None:
    spare.keep(LIMITS)
    kept = spare._place.kept
    kept.child.process.kill()
    kept.child.process.wait()

    assert spare.take(LIMITS).is_ours()


def test_a_spare_ends_with_its_thread() -> None:
    found: list[int] = []

    def work() -> None:
        spare.keep(LIMITS)
        found.append(spare._place.kept.child.process.pid)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert [runs(process) for process in found] == [False]


def test_a_spare_without_orders_says_nothing_when_its_input_ends() -> None:
    waiting = Waiting(LIMITS)
    child, group = waiting.release()
    child.process.stdin.close()

    assert child.process.wait(5) == 0
    with open(child.log, "rb", closefd=False) as log:
        assert log.read() == b""
    child.close()
    if group:
        group.close()
