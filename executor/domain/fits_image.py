"""Pixels of a FITS image, read in blocks: made small enough for a screen, or one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.fits_header import Card, integer, number
from executor.domain.looking.hdus import WIDTHS, Hdu

SIDE_AT_MOST = 1024
SAMPLES_AT_MOST = 64_000_000
SAMPLES_AT_ONCE = 2_000_000
ROWS_AT_ONCE = 16_000_000
WAYS = ("mean", "max")

Floats = NDArray[np.float32]


class NoImageError(ValueError):
    """There is no such image, plane or pixel; the message says which, and what there is."""


@dataclass(frozen=True, slots=True)
class Small:
    """An image as it fits on a screen.

    Attributes:
        values: float32, rows from the bottom; NaN where the image is blank. Pixel ``[j, i]``
            stands for the pixels from ``i * factor`` and ``j * factor`` on, ``factor`` of them.
        width: pixels of the image itself along its first axis; ``height`` along its second.
        factor: how many pixels a side are put into one.
        step: of those, every ``step``-th was read, along both axes; 1 when all were.
    """

    values: Floats
    width: int
    height: int
    factor: int
    step: int


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane of an image as it lies in a file: big-endian numbers and how to scale them."""

    numbers: NDArray[Any]
    scale: float
    zero: float
    blank: int | None

    def physical(self, numbers: NDArray[Any]) -> NDArray[np.float64]:
        """Physical values of numbers in the file (FITS 4.0, section 4.4.2.5); NaN for blanks."""
        values = numbers.astype(np.float64)
        if self.blank is not None:
            values[numbers == self.blank] = np.nan
        if (self.scale, self.zero) != (1.0, 0.0):
            with np.errstate(all="ignore"):  # what is too large becomes blank
                values = values * self.scale + self.zero
        values[~np.isfinite(values)] = np.nan
        return values


def plane_of(handle: IO[bytes], hdu: Hdu, plane: int) -> Plane:
    """A plane of an image that is not compressed; nothing is read yet.

    Args:
        handle: a real file, because it is mapped.
        hdu: what to look at.
        plane: from 0, over all axes beyond the second.

    Raises:
        NoImageError: it is no image, or has no such plane, or the file ends before it.
    """
    if not hdu.is_image:
        raise NoImageError(f"header {hdu.index} has no image behind it")
    if not 0 <= plane < hdu.planes:
        raise NoImageError(f"the image has {hdu.planes:,} planes, and plane {plane + 1:,} is none")
    if hdu.is_cut:
        raise NoImageError("the file ends before the image does")
    kind = np.dtype(WIDTHS[hdu.bitpix])
    width, height = hdu.shape[:2]
    start = hdu.start + plane * width * height * kind.itemsize
    numbers = np.memmap(handle, kind, "r", start, (height, width))
    return Plane(numbers, *scaling(hdu.cards, hdu.bitpix))


def scaling(cards: tuple[Card, ...], bitpix: int) -> tuple[float, float, int | None]:
    """BSCALE, BZERO and, for integers, BLANK."""
    scale, zero = number(cards, "BSCALE", 1.0), number(cards, "BZERO", 0.0)
    has_blank = bitpix > 0 and any(card.keyword == "BLANK" for card in cards)
    return scale, zero, integer(cards, "BLANK", 0) if has_blank else None


def shrink(plane: Plane, *, by: str = "mean", side: int = SIDE_AT_MOST) -> Small:
    """A plane at most ``side`` pixels wide and high, by the mean or the largest of each block.

    Blank pixels do not count; a block of blank pixels is blank. Memory is bounded whatever the
    size, and so is time: of images above 64 million pixels only every ``step``-th pixel along
    each axis is read, evenly, and ``step`` says so.
    """
    height, width = plane.numbers.shape
    factor = max(1, -(-max(width, height) // side))
    step = _step(width, height, factor)
    rows = [_reduced(block, by) for block in _blocks(plane, factor, step)]
    values = np.clip(np.concatenate(rows), -3e38, 3e38).astype(np.float32)
    return Small(values, width, height, factor, step)


def value_at(plane: Plane, x: int, y: int) -> float | None:
    """The exact value of a pixel, counted from 1 as FITS does; None where it is blank.

    Raises:
        NoImageError: it lies outside the image.
    """
    height, width = plane.numbers.shape
    if not (1 <= x <= width and 1 <= y <= height):
        raise NoImageError(f"the image has {width:,} \u00d7 {height:,} pixels, and not ({x}, {y})")
    value = float(plane.physical(plane.numbers[y - 1 : y, x - 1 : x])[0, 0])
    return None if np.isnan(value) else value


def _step(width: int, height: int, factor: int) -> int:
    step = 1
    while (
        width * height / step**2 > SAMPLES_AT_MOST
        or -(-min(factor, height) // step) * (width / step) > SAMPLES_AT_ONCE
    ):
        step += 1
    return min(step, factor)


def _blocks(plane: Plane, factor: int, step: int) -> Iterator[NDArray[np.float64]]:
    """Physical values as (block rows, rows in a block, block columns, columns in a block)."""
    height, width = plane.numbers.shape
    # An image narrower than a block has narrower blocks: nothing is made up beside it.
    deep, wide = (np.arange(0, min(factor, side), step) for side in (height, width))
    columns = -(-width // factor)
    x = (np.arange(columns)[:, None] * factor + wide).ravel()
    at_once = max(1, SAMPLES_AT_ONCE // max(1, len(x) * len(deep)))
    for first in range(0, -(-height // factor), at_once):
        last = min(first + at_once, -(-height // factor))
        y = (np.arange(first, last)[:, None] * factor + deep).ravel()
        # Blocks at the edges are filled up with blanks.
        full = np.full((len(y), len(x)), np.nan)
        down, across = int((y < height).sum()), int((x < width).sum())
        full[:down, :across] = plane.physical(_picked(plane.numbers, y[:down], x[:across], step))
        yield full.reshape(last - first, len(deep), columns, len(wide))


def _picked(numbers: NDArray[Any], y: NDArray[Any], x: NDArray[Any], step: int) -> NDArray[Any]:
    if step == 1:
        return np.asarray(numbers[y[0] : y[-1] + 1, x[0] : x[-1] + 1])
    if len(y) * numbers.shape[1] <= ROWS_AT_ONCE:  # whole rows are read faster than their parts
        return np.asarray(np.take(numbers[y], x, axis=1))
    return np.asarray(numbers[np.ix_(y, x)])


def _reduced(block: NDArray[np.float64], by: str) -> NDArray[np.float64]:
    known = np.isfinite(block)
    count = known.sum(axis=(1, 3))
    if by == "max":
        found = np.where(known, block, -np.inf).max(axis=(1, 3))
    else:
        total = np.where(known, block, 0.0).sum(axis=(1, 3))
        found = total / np.maximum(count, 1)
    return np.where(count > 0, found, np.nan)
