"""A worker's name tells others on its machine whether it is gone."""

import subprocess
import sys

from executor.adapters import worker


def name_of_another() -> tuple[str, "subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    return f"{worker.host()}{process.pid}-{worker._started(str(process.pid))}", process


def test_this_process_is_not_gone():
    assert worker.is_gone(worker.name()) is False


def test_a_process_that_ended_is_gone_even_before_it_is_collected():
    name, process = name_of_another()
    before = worker.is_gone(name)
    process.kill()
    process.stdin.close()
    waited = worker.PROC / str(process.pid) / "stat"
    while " Z " not in waited.read_text():
        pass

    assert (before, worker.is_gone(name)) == (False, True)
    process.wait()
    assert worker.is_gone(name) is True


def test_another_process_with_the_same_number_is_another_worker():
    number = worker.name().removeprefix(worker.host()).partition("-")[0]

    assert worker.is_gone(f"{worker.host()}{number}-1") is True


def test_of_other_machines_and_older_names_nothing_is_known():
    assert worker.is_gone("elsewhere/1/2-3") is False
    assert worker.is_gone("elsewhere") is False
