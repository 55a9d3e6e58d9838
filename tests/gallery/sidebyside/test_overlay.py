"""Plots one over the other: what is drawn, what is left between them, and what is said."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain.plot import Axes, Image, Plot, Series, read_plot
from executor.domain.plot_json import plot_json
from executor.domain.plot_svg import plot_svg
from gallery.domain.sidebyside import overlaid
from gallery.domain.sidebyside.overlay import SIGMA
from gallery.domain.sidebyside.residual import left_between

NAMES = ("published", "mine")


def line(y, x=(1.0, 2.0, 3.0), label="flux", **more):
    return Series("line", label, tuple(x), tuple(y), line="-", **more)


def plot(*series, yscale="linear", count=1, **limits):
    axes = Axes("", "year", "flux [Jy]", "linear", yscale, limits.get("xlim", (0, 4)),
                limits.get("ylim", (0, 4)), None, series)  # fmt: skip
    return Plot((800, 600), (axes,) * count)


def residuals(one, other, **more):
    found = overlaid(plot(one, **more), plot(other, **more), NAMES)
    lower = found.plot.axes[1]
    return lower.ylabel, lower.series[0].x, lower.series[0].y


def test_both_are_drawn_over_one_another_with_their_names_and_limits_that_hold_both():
    found = overlaid(plot(line([3, 2, 1]), xlim=(0, 4)), plot(line([3, 2, 2]), xlim=(-1, 2)), NAMES)
    upper, lower = found.plot.axes
    assert [(series.label, series.y) for series in upper.series] == [
        ("published: flux", (3, 2, 1)), ("mine: flux", (3, 2, 2)),
    ]  # fmt: skip
    assert (upper.xlim, lower.xlim, found.pairs, found.notes) == ((-1, 4), (-1, 4), 1, ())


def test_an_axis_that_runs_backwards_stays_so():
    found = overlaid(plot(line([3, 2, 1]), ylim=(9, 1)), plot(line([3, 2, 1]), ylim=(0, 5)), NAMES)
    assert found.plot.axes[0].ylim == (9, 0)


def test_residuals_count_in_published_errors_where_there_are_some():
    one = line([3, 2, 1], yerr=((0.5, 0.5, 0.25), (0.5, 0.5, 0.75)))
    assert residuals(one, line([3.5, 2, 0])) == (
        f"residual, {SIGMA}",
        (1.0, 2.0, 3.0),
        (1.0, 0.0, -2.0),
    )
    assert overlaid(plot(one), plot(line([3.5, 2, 0])), NAMES).furthest == 2.0


def test_residuals_are_differences_without_errors_and_fractions_on_a_logarithmic_axis():
    assert residuals(line([4, 2, 1]), line([5, 2, 1])) == (
        "residual", (1.0, 2.0, 3.0), (1.0, 0.0, 0.0),
    )  # fmt: skip
    assert residuals(line([4, 2, 1]), line([5, 2, 1]), yscale="log")[::2] == (
        "relative", (0.25, 0.0, 0.0),
    )  # fmt: skip


def test_an_error_of_zero_gives_no_sigma():
    one = line([3, 2, 1], yerr=((0, 0, 0), (0, 0, 0)))
    assert residuals(one, line([4, 2, 1]))[0] == "residual"


def test_only_places_of_both_are_subtracted_and_that_is_said():
    left = left_between(line([3, 2, 1]), line([5, 2, 9], x=(2.0, 3.0, 7.0)))
    assert [(x, value) for x, value, *_ in left.points] == [(2.0, 3), (3.0, 1)]
    assert left.note == "“flux”: 2 of 3 places are in both."


def test_a_line_is_read_between_its_points_on_another_grid():
    left = left_between(line([0, 10], x=(0.0, 10.0)), line([3, 6, 1], x=(2.0, 5.0, 11.0)))
    assert [(x, value) for x, value, *_ in left.points] == [(2.0, 1.0), (5.0, 1.0)]
    assert left.note.endswith("the published line is read between them.")


def test_points_on_another_grid_are_not_subtracted():
    one = Series("scatter", "", (0.0, 1.0), (1.0, 2.0), marker="o")
    left = left_between(one, Series("scatter", "", (0.5,), (1.0,), marker="o"))
    assert (left.points, left.in_sigmas, left.furthest) == ((), False, None)
    assert left.note == "a scatter: the two have no place in common, so nothing is subtracted."


def test_what_only_one_draws_is_named():
    one, other = line([1, 2, 3]), line([1, 2, 3], label="model")
    found = overlaid(plot(one, other), plot(one), NAMES)
    assert found.notes == ("Only published has “model”.",)
    assert overlaid(plot(one), plot(other), NAMES) is None


def test_images_and_guides_are_not_overlaid():
    image = Series("image", "", (), (), image=Image(((1.0,),), 1, (0, 1, 0, 1), from_top=True))
    guide = line([0, 1, 1], label="peak", guide=True)
    found = overlaid(plot(line([1, 2, 3]), image, guide), plot(line([1, 2, 3])), NAMES)
    assert found.notes == ("The image is not overlaid: see the two pictures.",)
    assert overlaid(plot(image), plot(image), NAMES) is None


def test_many_series_are_bounded_and_that_is_said():
    many = [line([1, 2, 3], label=str(number)) for number in range(30)]
    found = overlaid(plot(*many, count=9), plot(*many, count=9), NAMES)
    assert (len(found.plot.axes), found.pairs) == (8, 48)
    assert found.notes[0] == "The first 12 of 30 series of axes 1 are drawn."


def test_long_series_are_thinned_without_their_peak_being_lost():
    count = 50_000
    values = [0.0] * count
    values[777] = 9.0
    long = line(values, x=[float(number) for number in range(count)])
    upper = overlaid(plot(long), plot(long), NAMES).plot.axes[0]
    assert all(len(series.x) <= 4000 and max(series.y) == 9.0 for series in upper.series)


NUMBER = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def drawn(draw):
    count = draw(st.integers(1, 5))
    numbers = st.lists(NUMBER, min_size=count, max_size=count).map(tuple)
    errors = st.none() | st.tuples(numbers, numbers)
    kind = draw(st.sampled_from(["line", "errorbar", "scatter", "bar"]))
    return Series(
        kind, draw(st.sampled_from(["", "a", "b"])), draw(numbers), draw(numbers),
        yerr=draw(errors), line=draw(st.sampled_from([None, "-"])),
        horizontal=draw(st.booleans()),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(drawn(), max_size=3), st.lists(drawn(), max_size=3))
def test_whatever_two_runs_drew_the_overlay_can_be_read_and_drawn(ones, others):
    found = overlaid(plot(*ones), plot(*others), NAMES)
    if found is None:
        return
    assert read_plot(plot_json(found.plot)).size == found.plot.size
    assert plot_svg(found.plot).endswith("</svg>")
    for series in found.plot.axes[1].series:
        assert all(value is not None and math.isfinite(value) for value in series.y)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "$\\alpha$", "=1+1"])
def test_labels_of_strangers_stay_text(text):
    series = line([1, 2, 3], label=text)
    assert "<script" not in plot_svg(overlaid(plot(series), plot(series), NAMES).plot)
