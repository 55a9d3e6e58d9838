"""Matching two lists of positions on the sphere."""

from dataclasses import dataclass

import numpy as np

from gallery.domain.comparison.bounds import check_size
from gallery.domain.comparison.fields import Array

BLOCK = 64  # rows at a time
PAIRS_AT_MOST = 400_000_000
ARCSEC = np.pi / 180 / 3600


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs of rows, and the separation of each pair in arcsec."""

    published: Array
    found: Array
    separation: Array


def mutual_nearest(
    published: tuple[Array, Array], found: tuple[Array, Array], radius: float
) -> Matched:
    """Pairs of positions that are each other's nearest, at most ``radius`` apart.

    Args:
        published: right ascension and declination in degrees, shape (n,) each.
        found: the same of the re-run, shape (m,) each.
        radius: arcsec.

    Separations are those of chords between unit vectors, exact at any distance and at the poles.
    Rows are gone through in order of declination, so that only a narrow zone is looked at.

    Raises:
        TooLargeError: the zones are so crowded that too many pairs would be looked at.
    """
    first, second = _Sorted(*published), _Sorted(*found)
    chord = 2 * np.sin(min(radius * ARCSEC, np.pi) / 2)
    nearest = np.full(first.dec.size, -1)
    backward, distance = np.full(second.dec.size, -1), np.full(second.dec.size, np.inf)
    lengths = np.full(first.dec.size, np.inf)
    blocks = _blocks(first.dec, second.dec, radius / 3600)
    check_size(sum((b - a) * (d - c) for a, b, c, d in blocks), PAIRS_AT_MOST, "pairs of sources")
    for start, stop, low, high in blocks:
        if low == high:
            continue
        gap = _chords(first.vectors[start:stop], second.vectors[low:high])
        best = gap.argmin(axis=1)
        nearest[start:stop] = low + best
        lengths[start:stop] = gap[np.arange(stop - start), best]
        back = gap.argmin(axis=0)
        shorter = gap[back, np.arange(high - low)] < distance[low:high]
        backward[low:high] = np.where(shorter, start + back, backward[low:high])
        distance[low:high] = np.where(shorter, gap[back, np.arange(high - low)], distance[low:high])
    return _pairs(first, second, nearest, backward, lengths, chord)


class _Sorted:
    """Positions in order of declination, as unit vectors."""

    def __init__(self, ra: Array, dec: Array) -> None:
        self.order = np.argsort(dec, kind="stable")
        self.dec = dec[self.order]
        lon, lat = np.radians(ra[self.order]), np.radians(self.dec)
        self.vectors = np.stack(
            [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
        )


def _blocks(first: Array, second: Array, radius: float) -> list[tuple[int, int, int, int]]:
    found = []
    for start in range(0, first.size, BLOCK):
        stop = min(start + BLOCK, first.size)
        low = int(np.searchsorted(second, first[start] - radius, "left"))
        high = int(np.searchsorted(second, first[stop - 1] + radius, "right"))
        found.append((start, stop, low, high))
    return found


def _chords(one: Array, other: Array) -> Array:
    """Lengths of the chords between two lists of unit vectors, shape (n, m)."""
    squares = np.zeros((len(one), len(other)))
    for axis in range(3):
        squares += (one[:, axis, None] - other[None, :, axis]) ** 2
    return np.sqrt(squares)


def _pairs(  # noqa: PLR0913, PLR0917 -- what the two directions of a match know
    first: _Sorted, second: _Sorted, nearest: Array, backward: Array, lengths: Array, chord: float
) -> Matched:
    rows = np.arange(first.dec.size)
    # Rounding of a decimal radius must not lose a source at its very edge.
    good = (nearest >= 0) & (lengths <= chord * (1 + 1e-9))
    good[good] = backward[nearest[good]] == rows[good]
    separation = 2 * np.arcsin(np.clip(lengths[good] / 2, 0, 1)) / ARCSEC
    order = np.argsort(first.order[good], kind="stable")
    return Matched(first.order[good][order], second.order[nearest[good]][order], separation[order])
