"""Plots are read strictly: any bytes give a plot or a BadPlotError."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.plot import POINTS_AT_MOST, BadPlotError, Series, read_plot
from executor.domain.plot_text import plain
from executor.domain.plot_thinned import thinned

LINE = {"kind": "line", "label": "flux", "x": [1, 2], "y": [3.5, None], "colour": "#0072b2",
        "marker": None, "line": "-"}  # fmt: skip
AXES = {"title": "", "xlabel": "x", "ylabel": "y", "xscale": "log", "yscale": "linear",
        "xlim": [1, 2], "ylim": [None, 1], "box": [0, 0, 10, 10]}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def plot(more: dict[str, Any] | None = None, /, **axes: Any) -> bytes:
    parts = AXES | {"series": [LINE | (more or {})]} | axes
    return json.dumps({"format": "reprise.plot/1", "size": [800, 600], "axes": [parts]}).encode()


def test_plot_keeps_numbers_and_gaps() -> None:
    (axes,) = read_plot(plot()).axes

    assert axes.series == (
        Series("line", "flux", (1.0, 2.0), (3.5, None), colour="#0072b2", line="-"),
    )
    assert (axes.xlim, axes.ylim) == ((1.0, 2.0), None)


def test_plot_keeps_errors_below_and_above() -> None:
    series = read_plot(plot({"yerr": [[1, None], [2, 3]]})).axes[0].series[0]

    assert series.yerr == ((1.0, None), (2.0, 3.0))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 100_000, plot({"kind": "iframe"}), plot({"y": [1]}),
        plot({"x": [True, 1]}), plot({"y": [10**400, 1]}), plot({"y": [float("nan"), 1]}),
        plot({"colour": "url(x)"}), plot({"label": "a" * 3000}), plot({"yerr": [[1], [1, 2]]}),
        plot({"x": [0] * (POINTS_AT_MOST + 1)}), plot(box=[0, 0, 1e300, 1]), plot(series=7),
        plot({"kind": "image", "x": [], "y": [], "z": [[1], [2, 3]], "shape": [2, 1],
              "extent": [0, 1, 0, 1]}),
        plot().replace(b"3.5", b"1e999"),
    ],
)  # fmt: skip
def test_plot_that_is_hostile_is_refused(data: bytes) -> None:
    with pytest.raises(BadPlotError):
        read_plot(data)


def test_plot_with_too_many_points_in_all_is_refused() -> None:
    many = LINE | {"x": [0] * 120_000, "y": [0] * 120_000}

    with pytest.raises(BadPlotError, match="it has 240000 points, more than 200000"):
        read_plot(plot(series=[many, many]))


@given(st.binary(max_size=50))
def test_bytes_give_a_plot_or_a_bad_plot_error(data: bytes) -> None:
    with pytest.raises(BadPlotError):
        read_plot(data)


@given(st.sampled_from([*LINE, "xerr", "yerr", "z", "shape", "extent", "width", "guide"]), JSON,
       st.sampled_from(["line", "bar", "image", "scatter"]))  # fmt: skip
def test_series_gives_a_plot_or_a_bad_plot_error(name: str, value: object, kind: str) -> None:
    try:
        read = read_plot(plot({"kind": kind, name: value}))
    except BadPlotError:
        return
    (series,) = read.axes[0].series
    assert len(series.x) == len(series.y)


@given(st.sampled_from([*AXES, "series"]), JSON)
def test_axes_give_a_plot_or_a_bad_plot_error(name: str, value: object) -> None:
    try:
        read = read_plot(plot(**{name: value}))
    except BadPlotError:
        return
    assert len(read.axes) == 1


numbers = st.none() | st.floats(-1e9, 1e9)


@given(st.lists(st.tuples(numbers, numbers), max_size=200), st.integers(5, 50))
def test_thinned_keeps_extremes_order_and_limit(
    points: list[tuple[float | None, float | None]], at_most: int
) -> None:
    series = Series("line", "", tuple(p[0] for p in points), tuple(p[1] for p in points))
    kept = thinned(series, at_most)

    whole = [(x, y) for x, y in points if x is not None and y is not None]
    left = [(x, y) for x, y in (points[i] for i in kept) if x is not None and y is not None]
    assert len(kept) <= at_most
    assert list(kept) == sorted(set(kept))
    for axis in (0, 1):
        for end in (min, max):
            assert end((p[axis] for p in left), default=0) == end(
                (p[axis] for p in whole), default=0
            )


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"photon index $\Gamma$", "photon index Γ"),
        (r"$\Delta m_B$", "Δm_B"),
        (r"$F_\mathrm{30–300\,keV}$  [$10^{-8}$ erg cm$^{-2}$ s$^{-1}$]",  # noqa: RUF001 -- as in a paper
         "F(30–300 keV) [10⁻⁸ erg cm⁻² s⁻¹]"),  # noqa: RUF001 -- as in a paper
        (r"$\Omega_m$ = 1", "Ωₘ = 1"),
        (r"$\frac{a}{b}$ at $90^\circ$", "a/b at 90°"),
        (r"costs \$5", "costs $5"),
        ("x_1 and 5 $", "x_1 and 5 $"),
    ],
)  # fmt: skip
def test_plain_writes_tex_in_unicode(tex: str, text: str) -> None:
    assert plain(tex) == text


@given(st.text(alphabet="$\\{}_^ab\0([", max_size=40))
def test_plain_never_leaves_tex_to_the_browser(text: str) -> None:
    written = plain(text)

    assert ("\\" in written, "$$" in written) == (False, False)
