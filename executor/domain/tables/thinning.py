"""Fewer points of a long column to draw: of each strip of the plot the lowest and highest stay."""

import numpy as np
from numpy.typing import NDArray

from executor.domain.tables.opened import Rows

Numbers = NDArray[np.float64]
KEPT_PER_BIN = 5
POINTS_AT_MOST = 4000


def thinned(x: Numbers, y: Numbers, at_most: int = POINTS_AT_MOST, *, log: bool = False) -> Rows:
    """Numbers of the points to draw, in their order; not-a-number is where nothing was measured.

    Args:
        x: places along the axis; they need not be sorted.
        y: as many values.
        at_most: how many points are kept at most, 5 or more.
        log: whether the strips are equally wide on a log axis.

    Of each strip the first and last point, the lowest and highest value and the first gap are
    kept, so every extreme is drawn where it is, and a line breaks where there is nothing.
    """
    if len(x) <= at_most:
        return np.arange(len(x))
    strips = max(1, at_most // KEPT_PER_BIN)
    place = _strip(x, strips, log=log)
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (place >= 0))
    gaps = np.flatnonzero(~np.isfinite(y) & np.isfinite(x) & (place >= 0))
    kept = [_ends(place, there, y), _ends(place, there, x), _firsts(place, gaps)]
    return np.unique(np.concatenate(kept))


def _strip(x: Numbers, strips: int, *, log: bool) -> Rows:
    """The strip that each point lies in; -1 for those that have none."""
    with np.errstate(all="ignore"):
        along = np.log(x) if log else x
        finite = np.isfinite(along)
        if not finite.any():
            return np.full(len(x), -1)
        # Halves, because the width of a stranger's axis may be more than a float holds.
        low, high = along[finite].min() / 2, along[finite].max() / 2
        scaled = (along / 2 - low) / (high - low) * strips if high > low else np.zeros(len(x))
        scaled = np.where(finite & np.isfinite(scaled), scaled, -1)
    return np.minimum(scaled, strips - 1).astype(np.int64)


def _ends(place: Rows, there: Rows, values: Numbers) -> Rows:
    """Of each strip the points with the least and the greatest value."""
    order = there[np.lexsort((values[there], place[there]))]
    if not len(order):
        return order
    strips = place[order]
    new = np.flatnonzero(np.diff(strips)) + 1
    return np.concatenate([order[np.r_[0, new]], order[np.r_[new - 1, len(order) - 1]]])


def _firsts(place: Rows, points: Rows) -> Rows:
    _strips, first = np.unique(place[points], return_index=True)
    return points[first]
