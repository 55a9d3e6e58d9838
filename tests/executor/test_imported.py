"""What a crate's recipe says of runs, read without believing any of it."""

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.address import environment_digest
from executor.domain.imported import (
    BadRecipeError,
    MadeFile,
    plausible_environment,
    read_runs,
)

DIGEST = "a" * 64
RECIPE = {
    "python": "3.11",
    "version": {"slug": "half", "number": 2, "digest": DIGEST},
    "runs": [
        {
            "address": "b" * 64, "environment": "c" * 64, "parameters": {"energy": 25.0}, "seed": 0,
            "started": "2026-03-01T12:00:00+00:00", "ended": "2026-03-01T12:00:02+00:00",
            "executed": [{"path": "outputs/executed.ipynb", "sha256": DIGEST, "size": 9}],
            "products": [{"name": "half", "role": "output", "path": "outputs/half.json",
                          "sha256": DIGEST, "size": 5}],
        }
    ],
}  # fmt: skip


def changed(place: str, value: object) -> dict:
    """The recipe with something else in its run."""
    recipe = copy.deepcopy(RECIPE)
    recipe["runs"][0][place] = value
    return recipe


def test_a_run_is_read_with_what_it_gave():
    [run] = read_runs(RECIPE)
    assert (run.address, run.version, run.parameters, run.python) == (
        "b" * 64, ("half", 2), {"energy": 25.0}, "3.11",
    )  # fmt: skip
    assert (run.started, run.ended) == (
        datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC),
    )  # fmt: skip
    assert run.made == (
        MadeFile("notebook", "notebook", "outputs/executed.ipynb", DIGEST, 9),
        MadeFile("half", "output", "outputs/half.json", DIGEST, 5),
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("address", "B" * 64), ("address", None), ("environment", "x"), ("seed", -1),
        ("seed", True), ("seed", 2**31), ("started", "2026-03-01T12:00:00"), ("ended", "soon"),
        ("parameters", 3), ("products", [{"name": "half"}]), ("executed", None),
        ("products", [{**RECIPE["runs"][0]["products"][0], "path": "../half.json"}]),
        ("products", [{**RECIPE["runs"][0]["products"][0], "role": "admin"}]),
        ("products", [{**RECIPE["runs"][0]["products"][0], "size": -5}]),
        ("products", [{**RECIPE["runs"][0]["products"][0], "name": "x" * 300}]),
    ],
)  # fmt: skip
def test_a_run_that_says_what_no_reprise_writes_is_refused(place, value):
    with pytest.raises(BadRecipeError):
        read_runs(changed(place, value))


def test_one_address_twice_or_none_is_refused():
    for runs in ([], RECIPE["runs"] * 2):
        with pytest.raises(BadRecipeError):
            read_runs(RECIPE | {"runs": runs})


@given(st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["address", "version", "seed", "python", "links", "made", "slug"]),
        inner, max_size=4,
    ), max_leaves=10,
))  # fmt: skip
def test_no_shape_of_steps_raises_anything_but_words(steps):
    with pytest.raises(BadRecipeError):
        read_runs({"steps": steps})


def test_an_environment_must_be_that_of_the_lock_on_some_machine():
    made = environment_digest(lock="a==1", python="3.12", machine="aarch64")
    assert plausible_environment(made, "a==1", "3.12")
    assert not plausible_environment(made, "a==2", "3.12")
    assert not plausible_environment(made, "a==1", "3.11")
