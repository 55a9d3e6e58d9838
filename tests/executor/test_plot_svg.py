"""Plots as SVG: what is drawn where limits are not stated."""

import re

import pytest

from executor.domain.plot import Axes, Plot, Series
from executor.domain.plot_svg import plot_svg

X, Y = (1.0, 2.0, None, 4.0), (0.0025, -0.02, 0.01, 0.01)


def points(xlim=None, scale: str = "linear", y=Y) -> list[tuple[float, float]]:
    """Where the points of a plot of 400 x 300 pixels stand."""
    series = Series(kind="scatter", label="", x=X, y=y, marker="o")
    axes = Axes(
        title="", xlabel="row", ylabel="flux", xscale="linear", yscale=scale, xlim=xlim, ylim=None,
        box=(50, 40, 340, 250), series=(series,),
    )  # fmt: skip
    drawn = plot_svg(Plot(size=(400, 300), axes=(axes,)))
    found = re.findall(r"M([\d.-]+) ([\d.-]+)h0", drawn)
    return [(float(x), float(y)) for x, y in found]


def test_without_limits_every_point_is_inside_the_frame():
    drawn = points()

    assert len(drawn) == 3
    assert [50 < x < 390 and 10 < y < 260 for x, y in drawn] == [True] * 3


def test_limits_that_are_stated_are_kept():
    assert points(xlim=(1.0, 4.0))[0][0] == pytest.approx(50, abs=0.1)


@pytest.mark.parametrize("y", [(None,) * 4, (0.0,) * 4, (1e-9, 1e9, 1.0, 2.0), (-1.0,) * 4])
def test_logarithmic_axes_without_limits_are_drawn_whatever_the_values(y):
    assert all(10 <= height <= 260 for _x, height in points(scale="log", y=y))
