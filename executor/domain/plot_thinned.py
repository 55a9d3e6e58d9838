"""Fewer points for a browser to draw, with no peak and no gap lost."""

from itertools import pairwise

from executor.domain.plot import Series

KEPT_PER_BIN = 5


def thinned(series: Series, at_most: int) -> tuple[int, ...]:
    """Numbers of the points to draw of a series with many: at most ``at_most``, 5 or more.

    Of each of equally long stretches of points the lowest and highest, the leftmost and rightmost,
    and the first that is missing are kept, so that no peak and no gap is lost.
    """
    count = len(series.x)
    if count <= at_most:
        return tuple(range(count))
    bins = max(1, at_most // KEPT_PER_BIN)
    edges = [count * i // bins for i in range(bins + 1)]
    kept = (_telling(series, range(low, high)) for low, high in pairwise(edges))
    return tuple(sorted(set().union(*kept)))


def _telling(series: Series, stretch: range) -> set[int]:
    x, y = series.x, series.y
    there = [i for i in stretch if x[i] is not None and y[i] is not None]
    gap = {i for i in stretch if x[i] is None or y[i] is None}
    kept = {min(gap)} if gap else set()
    # None is gone from `there`; `or 0.0` only says so to the type checker.
    for values in ([x[i] or 0.0 for i in there], [y[i] or 0.0 for i in there]) if there else ():
        kept |= {there[values.index(end(values))] for end in (min, max)}
    return kept
