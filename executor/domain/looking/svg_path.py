"""Lines as the path data of SVG."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def path_data(lines: Iterable[NDArray[np.float64]], digits: int = 1) -> str:
    """Path data of lines of points (n, 2); points that are not finite break a line."""
    return "".join(_one(part, digits) for line in lines for part in _finite(line))


def _finite(line: NDArray[np.float64]) -> Iterable[NDArray[np.float64]]:
    good = np.isfinite(line).all(axis=1)
    if good.all():
        return [line]
    edges = np.flatnonzero(np.diff(good)) + 1
    return [part for part in np.split(line, edges) if np.isfinite(part[0]).all()]


def _one(line: NDArray[np.float64], digits: int) -> str:
    if len(line) < 2:  # noqa: PLR2004 -- a line has two ends
        return ""
    points = (f"{x:.{digits}f} {y:.{digits}f}" for x, y in line)
    return "M" + "L".join(points)
