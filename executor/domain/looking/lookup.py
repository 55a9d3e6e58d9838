"""A table from which a browser reads positions: unit vectors at the nodes of a grid."""

from dataclasses import dataclass

import numpy as np

from executor.domain.looking.sky import Doubles, Sky

NODES = (9, 17, 33, 65, 129)
GOOD_ENOUGH = 0.02  # pixels


@dataclass(frozen=True, slots=True)
class Lookup:
    """Positions between the nodes are interpolated linearly along both axes.

    Attributes:
        vectors: (nodes, nodes, 3), ICRS; the first index counts rows from the bottom; NaN where
            there is no sky. The nodes go from edge to edge of the image.
        error: the largest error found at the middle of a cell, in pixels.
    """

    vectors: Doubles
    error: float


def make_lookup(sky: Sky, width: int, height: int) -> Lookup:
    """The smallest table that is good to 0.02 pixels in the middle of its cells, or the largest.

    Linear interpolation is worst there when the curvature is even across a cell (its error is at
    most an eighth of the second difference), which the projections of images are over a cell.
    """
    pixel = _pixel_size(sky, width, height)
    for nodes in NODES:
        vectors = _at(sky, width, height, nodes, middle=False)
        exact = _at(sky, width, height, nodes, middle=True)
        between = (vectors[1:, 1:] + vectors[1:, :-1] + vectors[:-1, 1:] + vectors[:-1, :-1]) / 4
        with np.errstate(invalid="ignore"):
            between /= np.linalg.norm(between, axis=-1, keepdims=True)
            away = np.linalg.norm(between - exact, axis=-1)
        error = float(np.nanmax(away)) / pixel if np.isfinite(away).any() else 0.0
        if error <= GOOD_ENOUGH:
            break
    return Lookup(vectors, error)


def _at(sky: Sky, width: int, height: int, nodes: int, *, middle: bool) -> Doubles:
    share = np.linspace(0, 1, nodes)
    if middle:
        share = (share[1:] + share[:-1]) / 2
    x, y = np.meshgrid(share * width - 0.5, share * height - 0.5)
    return sky.vectors(x, y)


def _pixel_size(sky: Sky, width: int, height: int) -> float:
    """The median size of a pixel in radians."""
    x, y = np.meshgrid(np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 9))
    here = sky.vectors(x, y)
    steps = np.stack([sky.vectors(x + 1, y) - here, sky.vectors(x, y + 1) - here])
    sizes = np.linalg.norm(steps, axis=-1)
    return float(np.nanmedian(sizes)) or 1e-12
