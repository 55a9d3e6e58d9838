"""The part of a file that a reader asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.byte_range import NotSatisfiableError, read_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-9", (0, 10)),
        ("bytes=2-4", (2, 5)),
        ("bytes=2-", (2, 10)),
        ("bytes=2-1000", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-1000", (0, 10)),
        ("BYTES= 2-4 ", (2, 5)),
    ],
)
def test_one_range_is_understood(header, part):
    assert read_range(header, 10) == part


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=0-1,4-5", "items=0-1",
     "bytes=٣-4", "bytes=0x1-2", "bytes=--1", "bytes=" + "9" * 19 + "-"],
)  # fmt: skip
def test_what_is_none_or_several_is_answered_by_the_whole(header):
    assert read_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999-"])
def test_what_lies_outside_the_file_is_refused(header):
    with pytest.raises(NotSatisfiableError):
        read_range(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_part(header):
    with pytest.raises(NotSatisfiableError):
        read_range(header, 0)


@given(st.text(max_size=30), st.integers(0, 10**15))
def test_whatever_is_written_a_part_lies_in_the_file(header, size):
    try:
        part = read_range(f"bytes={header}", size)
    except NotSatisfiableError:
        return
    assert part is None or 0 <= part[0] < part[1] <= size
