"""The side folder: what two machines say to each other through files."""

import json
import time
from pathlib import Path

import pytest

from executor.adapters.sites import node, side
from executor.domain.job import Cause, Ending, Job, Limits


@pytest.fixture
def heard():
    return []


def test_a_tail_passes_on_what_is_new_and_nothing_twice(tmp_path, heard):
    file = tmp_path / "log"
    tail = side.Tail(file, heard.append)

    tail.more()
    file.write_bytes(b"one")
    tail.more()
    tail.more()
    with file.open("ab") as handle:
        handle.write(b" two")
    tail.more()

    assert heard == [b"one", b" two"]


def test_lines_are_passed_on_whole(heard):
    lines = side.Lines(heard.append)

    lines.add(b'{"index": ')
    lines.add(b'1}\n{"index": 2}\n{')

    assert heard == [b'{"index": 1}', b'{"index": 2}']


def test_an_end_that_counts_is_not_silent(tmp_path):
    ours = side.Count(tmp_path / "beat")
    theirs = side.Watched(tmp_path / "beat", since=time.monotonic() - 30)

    silent = theirs.silent_for()
    ours.go_on()

    assert silent > 29
    assert theirs.silent_for() < 1
    assert theirs.last == "1"


def test_an_end_counts_once_a_second_at_most(tmp_path):
    ours = side.Count(tmp_path / "beat")

    for _ in range(5):
        ours.go_on()

    assert (tmp_path / "beat").read_text() == "1"


def test_a_folder_that_is_away_for_a_while_ends_nothing(tmp_path):
    ours = side.Count(tmp_path / "gone" / "beat")

    ours.go_on()

    assert side.Watched(tmp_path / "gone" / "beat").look() == ""


def order(folder: Path) -> node.Order:
    job = Job(
        ("/bin/true",), folder, (Path("/usr"),), {"A": "1"}, Limits(wall_seconds=1.5), ("a.org",)
    )
    return node.Order(job, "auto", trusted=True, patience=5.0)


def test_an_order_comes_to_the_node_as_it_was_given(tmp_path):
    assert node.order_of(json.loads(order(tmp_path).to_json())) == order(tmp_path)


def test_an_ending_comes_back_as_it_was():
    values = {"cause": "timed out", "code": None, "wall_seconds": 2.0, "cpu_seconds": 1.0}

    assert node.ending_of(values) == Ending(Cause.TIMED_OUT, None, 2.0, 1.0)


@pytest.mark.parametrize("orders", [None, "stop"])
def test_a_node_does_not_begin_what_nobody_waits_for(tmp_path, orders):
    folder = tmp_path / "work"
    if orders:
        side.beside(folder).mkdir()
        side.write(side.beside(folder) / side.ORDERS, orders)

    answer = json.loads(node.run_order(order(folder).to_json()))

    assert answer["ending"]["cause"] == "stopped"


def test_a_node_that_cannot_isolate_code_refuses_what_is_not_trusted(tmp_path):
    folder = tmp_path / "work"
    side.beside(folder).mkdir()
    side.write(side.beside(folder) / side.ORDERS, "1")
    given = node.Order(order(folder).job, "off", trusted=False, patience=5.0)

    answer = json.loads(node.run_order(given.to_json()))

    assert answer["refused"] == "The operator switched isolation off."
