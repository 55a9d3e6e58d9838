"""Lines of events and the cut of the log."""

from hypothesis import given
from hypothesis import strategies as st

from executor.adapters.sandbox.pump import EVENT_BYTES, Events, Log


def lines(pieces: list[bytes]) -> list[bytes]:
    found: list[bytes] = []
    events = Events(found.append)
    for piece in pieces:
        events.add(piece)
    return found


@given(st.lists(st.binary(max_size=20)))
def test_events_are_the_finished_lines_however_they_come(pieces: list[bytes]) -> None:
    assert lines(pieces) == b"".join(pieces).split(b"\n")[:-1]


def test_line_at_the_limit_passes_and_a_longer_one_does_not() -> None:
    allowed, longer = b"a" * 65536, b"b" * 65537
    assert lines([allowed + b"\n", longer[:9], longer[9:] + b"\nc\n"]) == [allowed, b"c"]


def test_event_that_would_cross_the_total_is_dropped() -> None:
    found: list[bytes] = []
    events = Events(found.append, left=10)
    events.add(b"12345\n123\n1234\n12\n")
    assert found == [b"12345", b"123"]


def test_total_of_events_is_four_mebibytes() -> None:
    assert EVENT_BYTES == 4_194_304


@given(st.lists(st.binary(max_size=8)), st.integers(0, 30))
def test_log_is_what_was_printed_cut_at_the_limit(pieces: list[bytes], most: int) -> None:
    found = bytearray()
    log = Log(found.extend, most)
    for piece in pieces:
        log.add(piece)
    printed = b"".join(pieces)
    assert (bytes(found), log.full) == (printed[:most], len(printed) > most)
