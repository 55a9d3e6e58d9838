"""Contours of an image, as paths over its picture."""

import math
import re
from dataclasses import dataclass

import numpy as np

from executor.domain.fits_image import Small
from executor.domain.looking.frame import Frame
from executor.domain.looking.scale import Doubles
from executor.domain.looking.svg_path import path_data

LEVELS_AT_MOST = 12
POINTS_AT_MOST = 40_000
SIDE_AT_MOST = 512
AUTOMATIC = (0.05, 0.1, 0.2, 0.4, 0.8)


class BadLevelsError(ValueError):
    """What was given are no levels; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Contour:
    """All lines of one level, as path data."""

    level: float
    path: str


def read_levels(text: str, known: Doubles) -> list[float]:
    """Levels from what somebody wrote: ``auto``, or numbers with commas or spaces between them.

    Args:
        text: what was written. ``auto`` doubles from a twentieth of the way between the median
            and the largest value, which is above the noise where there are sources.
        known: the values of the image in order.

    Raises:
        BadLevelsError: something is no number, or there are more than 12.
    """
    if text.strip().lower() == "auto":
        if not len(known):
            return []
        middle, largest = float(np.median(known)), float(known[-1])
        return [float(f"{middle + share * (largest - middle):.3g}") for share in AUTOMATIC]
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    if len(parts) > LEVELS_AT_MOST:
        raise BadLevelsError(f"There are {len(parts)} levels: at most {LEVELS_AT_MOST} are drawn.")
    try:
        levels = sorted({float(part) for part in parts})
    except ValueError:
        raise BadLevelsError("Levels are numbers with commas between them, or auto.") from None
    if not all(math.isfinite(level) for level in levels):
        raise BadLevelsError("A level is not finite.")
    return levels


def make_contours(
    small: Small, frame: Frame, levels: list[float]
) -> tuple[list[Contour], list[float]]:
    """Contours by levels, and the levels that have too many points to be drawn.

    The image is thinned by means to 512 pixels a side first, so that noise makes fewer of them.
    """
    from contourpy import contour_generator  # noqa: PLC0415 -- only who looks at images needs it

    values, factor = _thinned(small)
    rows, columns = values.shape
    # The centre of a block of pixels, as ``Frame`` counts.
    x, y = (np.arange(n, dtype=np.float64) * factor + (factor - 1) / 2 for n in (columns, rows))
    u, v = frame.to_view(x, y)
    if min(rows, columns) < 2:  # noqa: PLR2004 -- a cell has two sides
        return [], []
    generator = contour_generator(u, v, np.ma.masked_invalid(values))
    left, drawn, dropped = POINTS_AT_MOST, [], []
    for level in reversed(levels):  # the highest are the sources
        lines = generator.lines(level)
        points = sum(len(line) for line in lines)
        if points > left:
            dropped.append(level)
            continue
        left -= points
        drawn.append(Contour(level, path_data(lines)))  # type: ignore[arg-type]
    return drawn[::-1], dropped[::-1]


def _thinned(small: Small) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], int]:
    values = small.values.astype(np.float64)
    more = -(-max(values.shape) // SIDE_AT_MOST)
    if more == 1:
        return values, small.factor
    rows, columns = (-(-side // more) for side in values.shape)
    full = np.full((rows * more, columns * more), np.nan)
    full[: values.shape[0], : values.shape[1]] = values
    block = full.reshape(rows, more, columns, more)
    known = np.isfinite(block)
    count = known.sum(axis=(1, 3))
    total = np.where(known, block, 0).sum(axis=(1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), small.factor * more
