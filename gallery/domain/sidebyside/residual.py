"""What is left between two series: mine minus published, at the same places."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from executor.domain.plot import Numbers, Series

Point = tuple[float, float, float | None, float]
"""Place, difference, published 1-sigma error, published value."""


@dataclass(frozen=True, slots=True)
class Left:
    """Differences of two series.

    Attributes:
        points: of every place that both have.
        note: what was done to bring them to the same places, or why that was not possible.
    """

    points: tuple[Point, ...]
    note: str = ""

    @property
    def in_sigmas(self) -> bool:
        """Whether every point has a published error."""
        return bool(self.points) and all(point[2] for point in self.points)

    @property
    def furthest(self) -> float | None:
        """The largest difference in published errors."""
        known = [abs(left) / error for _, left, error, _ in self.points if error]
        return max(known, default=None)

    def series(self, *, in_sigmas: bool, relative: bool) -> Series:
        """The differences as points to draw: in errors, as fractions, or as they are."""
        pairs = [(x, _scaled(point, in_sigmas=in_sigmas, relative=relative))
                 for point in self.points for x in (point[0],)]  # fmt: skip
        there = [(x, y) for x, y in pairs if y is not None]
        return Series(
            "scatter", "", tuple(x for x, _ in there), tuple(y for _, y in there),
            marker="o" if len(there) < 400 else ".",  # noqa: PLR2004 -- larger dots would run together
        )  # fmt: skip


def left_between(published: Series, mine: Series) -> Left:
    """Mine minus published: at equal places, or on a line between the published points."""
    name = f"“{published.label[:60]}”" if published.label else f"a {published.kind}"
    if published.horizontal or mine.horizontal:
        return Left((), f"{name}: bars that lie are not subtracted.")
    errors = _errors(published)
    known = _by_place(published.x, published.y, errors)
    ours = _by_place(mine.x, mine.y, [None] * len(mine.x))
    shared = [place for place in ours if place in known]
    if shared:
        points = [_point(x, ours[x][0], *known[x]) for x in shared]
        count = max(len(known), len(ours))
        some = f"{name}: {len(shared)} of {count} places are in both."
        return Left(_kept(points), some if len(shared) < count else "")
    if published.line and len(known) > 1:
        return _between(name, known, ours)
    return Left((), f"{name}: the two have no place in common, so nothing is subtracted.")


def _between(
    name: str, known: dict[float, tuple[float, float | None]],
    ours: dict[float, tuple[float, float | None]],
) -> Left:  # fmt: skip
    places = sorted(known)
    points = []
    for x, (y, _) in ours.items():
        if not places[0] <= x <= places[-1]:
            continue
        after = max(1, bisect_left(places, x))
        low, high = places[after - 1], places[after]
        part = (x - low) / (high - low)
        value = known[low][0] * (1 - part) + known[high][0] * part
        points.append(_point(x, y, value, None))
    if not points:
        return Left((), f"{name}: the two do not overlap, so nothing is subtracted.")
    return Left(_kept(points), f"{name}: on other places; the published line is read between them.")


def _point(x: float, mine: float, published: float, error: float | None) -> Point:
    return x, mine - published, error, published


def _kept(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(point for point in points if math.isfinite(point[1]))


def _by_place(
    x: Numbers, y: Numbers, errors: Sequence[float | None]
) -> dict[float, tuple[float, float | None]]:
    """Place → value and error; of several at one place the first."""
    found: dict[float, tuple[float, float | None]] = {}
    for place, value, error in zip(x, y, errors, strict=True):
        if place is not None and value is not None:
            found.setdefault(place, (value, error))
    return found


def _errors(series: Series) -> list[float | None]:
    """1-sigma errors: the mean of both sides; None where there is none, or it is zero."""
    if series.yerr is None:
        return [None] * len(series.x)
    low, high = series.yerr
    return [((a or 0.0) + (b or 0.0)) / 2 or None for a, b in zip(low, high, strict=True)]


def _scaled(point: Point, *, in_sigmas: bool, relative: bool) -> float | None:
    _, left, error, published = point
    if in_sigmas:
        value = left / error if error else math.inf
    elif relative:
        value = left / abs(published) if published else math.inf
    else:
        value = left
    return value if math.isfinite(value) and abs(value) < 1e15 else None  # noqa: PLR2004 -- what can be drawn
