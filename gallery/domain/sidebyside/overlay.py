"""Plots one over the other, with what is left between them below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from executor.domain.plot import Axes, Limits, Numbers, Plot, Series
from executor.domain.plot_text import plain
from executor.domain.plot_thinned import thinned
from gallery.domain.sidebyside.residual import Left, left_between

AXES_AT_MOST = 4
SERIES_AT_MOST = 12  # pairs on one pair of axes
POINTS_AT_MOST = 4000  # of a series as it is drawn
NOTES_AT_MOST = 12
WIDTH, LEFT, INNER = 900, 90, 780
UPPER, LOWER, HEAD, GAP, FOOT = 340, 130, 40, 16, 62
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
GREY = "#8a939b"
COLOURS = ("#b8431f", "#17517e", "#0c6353", "#5a4a96", "#76590a", "#16202b")
Pair = tuple[Series | None, Series | None]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Two plots as one.

    Attributes:
        plot: for each pair of axes, both series over one another and the residuals below.
        notes: what only one of them draws, and what could not be compared.
        furthest: the largest residual in published errors; None where errors are not known.
        pairs: how many series are in both.
    """

    plot: Plot
    notes: tuple[str, ...]
    furthest: float | None
    pairs: int


def overlaid(published: Plot, mine: Plot, names: tuple[str, str]) -> Overlay | None:
    """Both plots over one another; None when no series is in both.

    Args:
        published: the plot below, in grey.
        mine: the plot above, in colours.
        names: what the two are called in the legend.
    """
    notes: list[str] = []
    blocks = []
    for number, (one, other) in enumerate(
        list(zip(published.axes, mine.axes, strict=False))[:AXES_AT_MOST]
    ):
        where = f" of axes {number + 1}" if len(published.axes) > 1 else ""
        pairs = _pairs(one.series, other.series, names, where, notes)
        if pairs:
            blocks.append((one, other, pairs))
    if len(published.axes) != len(mine.axes):
        counts = f"{len(published.axes)} and {len(mine.axes)}"
        notes.append(f"The two have {counts} pairs of axes; those in both are drawn.")
    if not blocks:
        return None
    left = [[left_between(one, other) for one, other in pairs] for _, _, pairs in blocks]
    plot = _stacked(blocks, left, names)
    notes += [item.note for some in left for item in some if item.note]
    sigmas = [item.furthest for some in left for item in some if item.in_sigmas]
    known = [value for value in sigmas if value is not None]
    return Overlay(
        plot, tuple(dict.fromkeys(notes))[:NOTES_AT_MOST], max(known, default=None),
        sum(len(pairs) for _, _, pairs in blocks),
    )  # fmt: skip


def _pairs(
    published: Sequence[Series], mine: Sequence[Series], names: tuple[str, str], where: str,
    notes: list[str],
) -> list[tuple[Series, Series]]:  # fmt: skip
    """Series of both, by their labels first, then by their order among those of a kind."""
    ones, others = _drawable(published), _drawable(mine)
    pairs = []
    for test in (_is_named_alike, _is_of_a_kind):
        for one in list(ones):
            other = next((item for item in others if test(one, item)), None)
            if other is not None:
                pairs.append((one, other))
                ones.remove(one)
                others.remove(other)
    for name, rest in zip(names, (ones, others), strict=True):
        notes += [f"Only {name} has {_called(item)}{where}." for item in rest]
    if any(item.image for item in (*published, *mine)):
        notes.append(f"The image{where} is not overlaid: see the two pictures.")
    if len(pairs) > SERIES_AT_MOST:
        notes.append(f"The first {SERIES_AT_MOST} of {len(pairs)} series{where} are drawn.")
    return sorted(pairs[:SERIES_AT_MOST], key=lambda pair: _place(published, pair[0]))


def _place(series: Sequence[Series], one: Series) -> int:
    return next(i for i, item in enumerate(series) if item is one)


def _drawable(series: Sequence[Series]) -> list[Series]:
    return [item for item in series if item.x and item.image is None and not item.guide]


def _is_named_alike(one: Series, other: Series) -> bool:
    return bool(one.label) and one.label == other.label


def _is_of_a_kind(one: Series, other: Series) -> bool:
    return one.kind == other.kind and not (one.label and other.label)


def _called(series: Series) -> str:
    return f"“{plain(series.label)[:60]}”" if series.label else f"a {series.kind}"


def _stacked(
    blocks: Sequence[tuple[Axes, Axes, list[tuple[Series, Series]]]],
    left: Sequence[Sequence[Left]],
    names: tuple[str, str],
) -> Plot:
    each = HEAD + UPPER + GAP + LOWER + FOOT
    height = each * len(blocks)
    axes: list[Axes] = []
    for number, ((one, other, pairs), rest) in enumerate(zip(blocks, left, strict=True)):
        floor = height - each * (number + 1) + FOOT
        axes += [
            _upper(one, other, pairs, names, floor + LOWER + GAP),
            _lower(one, other, rest, floor),
        ]
    return Plot((WIDTH, height), tuple(axes))


def _upper(
    one: Axes, other: Axes, pairs: Sequence[tuple[Series, Series]], names: tuple[str, str],
    floor: float,
) -> Axes:  # fmt: skip
    below = [
        _dressed(first, GREY, _label(names[0], first) if len(pairs) < 3 or not place else "")  # noqa: PLR2004 -- else the legend hides the curves
        for place, (first, _) in enumerate(pairs)
    ]
    above = [
        _dressed(second, COLOURS[place % len(COLOURS)], _label(names[1], second))
        for place, (_, second) in enumerate(pairs)
    ]
    return Axes(
        plain(one.title or other.title), "", one.ylabel or other.ylabel, one.xscale, one.yscale,
        _both(one.xlim, other.xlim), _both(one.ylim, other.ylim),
        (LEFT, floor, INNER, UPPER), (*below, *above),
    )  # fmt: skip


def _label(name: str, series: Series) -> str:
    return f"{name}: {plain(series.label)}" if series.label else name


def _dressed(series: Series, colour: str, label: str) -> Series:
    """A series in one colour; bars become points on a line, so that both can be seen."""
    keep = thinned(series, POINTS_AT_MOST)
    is_bar = series.kind == "bar"
    x, y = (series.y, series.x) if series.horizontal else (series.x, series.y)
    return Series(
        kind="errorbar" if series.kind == "errorbar" else "line", label=label,
        x=_some(x, keep), y=_some(y, keep),
        xerr=_pair(series.xerr, keep), yerr=_pair(series.yerr, keep), colour=colour,
        marker="o" if is_bar else series.marker or (None if series.line else "o"),
        line="-" if is_bar else series.line,
    )  # fmt: skip


def _some(numbers: Numbers, keep: Sequence[int]) -> Numbers:
    return tuple(numbers[place] for place in keep)


def _pair(
    errors: tuple[Numbers, Numbers] | None, keep: Sequence[int]
) -> tuple[Numbers, Numbers] | None:
    return None if errors is None else (_some(errors[0], keep), _some(errors[1], keep))


def _both(one: Limits | None, other: Limits | None) -> Limits | None:
    """Limits that hold both, turned round where the published axis is."""
    if one is None or other is None:
        return one or other
    low, high = min(*one, *other), max(*one, *other)
    return (high, low) if one[0] > one[1] else (low, high)


def _lower(one: Axes, other: Axes, rest: Sequence[Left], floor: float) -> Axes:
    told = [item for item in rest if item.points]
    in_sigmas = bool(told) and all(item.in_sigmas for item in told)
    relative = not in_sigmas and one.yscale == "log"
    series = tuple(
        replace(item.series(in_sigmas=in_sigmas, relative=relative),
                colour=COLOURS[place % len(COLOURS)])
        for place, item in enumerate(rest)
    )  # fmt: skip
    drawn = tuple(_thin(item) for item in series if item.x)
    values = [abs(value) for item in drawn for value in item.y if value is not None]
    most = max(values, default=0.0) or 1.0
    words = f"residual, {SIGMA}" if in_sigmas else "relative" if relative else "residual"
    return Axes(
        "", one.xlabel or other.xlabel, words, one.xscale, "linear",
        _both(one.xlim, other.xlim), (-1.15 * most, 1.15 * most), (LEFT, floor, INNER, LOWER),
        drawn,
    )  # fmt: skip


def _thin(series: Series) -> Series:
    keep = thinned(series, POINTS_AT_MOST)
    return replace(series, x=_some(series.x, keep), y=_some(series.y, keep))
