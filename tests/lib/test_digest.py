"""Digests are pinned: a change of their format would be a change of every address."""

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lib import digest

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_digest_of_a_value_is_pinned():
    value = {"b": [1, 2.5, None, True], "a": "Crab µ"}
    assert digest.canonical(value) == '{"a":"Crab µ","b":[1,2.5,null,true]}'.encode()
    assert digest.of_value(value) == (
        "28637b1102c38f973e41920117b13e68e3b93c34fdf325de45230169ea2d42fe"
    )


def test_the_order_of_keys_means_nothing_and_the_order_of_lists_something():
    assert digest.of_value({"a": 1, "b": 2}) == digest.of_value({"b": 2, "a": 1})
    assert digest.of_value([1, 2]) != digest.of_value([2, 1])


def test_equal_numbers_are_one_and_truth_is_no_number():
    assert digest.of_value(20) == digest.of_value(20.0)
    assert digest.of_value(True) != digest.of_value(1)  # noqa: FBT003 -- the value itself
    assert digest.of_value("1") != digest.of_value(1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {1: 2}, b"", set()])
def test_what_json_cannot_say_has_no_digest(value):
    with pytest.raises(ValueError, match=r".+"):
        digest.of_value(value)


@given(st.lists(st.binary()))
def test_bytes_have_one_digest_however_they_come(pieces):
    whole = b"".join(pieces)
    assert digest.of_chunks(pieces) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert digest.of_bytes(whole) == digest.of_chunks([whole])[0]


def test_a_file_has_the_digest_of_its_bytes(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"")
    assert digest.of_file(file) == EMPTY
    file.write_bytes(b"40.0")
    assert digest.of_file(file) == digest.of_bytes(b"40.0")


NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner) | st.tuples(inner),
)


@given(VALUES)
def test_the_quick_way_and_the_library_write_the_same_bytes(value):
    assert digest.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.0, b"0"), (-0.0, b"0"), (20.0, b"20"), (1e15, b"1000000000000000"), (1e21, b"1e+21"),
        (1e16, b"10000000000000000"), (1e-4, b"0.0001"), (1e-5, b"0.00001"), (1e-7, b"1e-7"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_ecmascript_writes_them(number, written):
    assert digest.canonical(number) == written
