"""One image laid over another, so that the two can be blinked."""

import numpy as np

from executor.domain.fits_image import Small
from executor.domain.looking.sky import Sky, angles


class NotAlikeError(ValueError):
    """Two images cannot be laid over each other; the message says why."""


def laid_over(other: Small, other_sky: Sky | None, below: Small, sky: Sky | None) -> Small:
    """``other`` as seen in the pixels of ``below``.

    Where both know the sky, each pixel takes the nearest of the other at the same position; else
    pixels are taken as they are when both have as many.

    Raises:
        NotAlikeError: the sizes differ, and one of the two knows no sky.
    """
    if sky is None or other_sky is None:
        if (other.width, other.height) != (below.width, below.height):
            raise NotAlikeError(
                "their sizes differ, and not both of them tell where on the sky they are"
            )
        return other
    rows, columns = below.values.shape
    x, y = ((np.arange(count) + 0.5) * below.factor - 0.5 for count in (columns, rows))
    ra, dec = angles(sky.vectors(*np.meshgrid(x, y)))
    there, up = other_sky.pixels(ra, dec)
    values = _nearest(other, there, up).reshape(rows, columns)
    if np.isnan(values).all():
        raise NotAlikeError("they show different parts of the sky")
    return Small(values, below.width, below.height, below.factor, other.step)


def _nearest(other: Small, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    inside = (x > -0.5) & (x < other.width - 0.5) & (y > -0.5) & (y < other.height - 0.5)  # noqa: PLR2004 -- edges
    found = np.full(x.shape, np.nan, np.float32)
    column = ((x[inside] + 0.5) // other.factor).astype(int)
    row = ((y[inside] + 0.5) // other.factor).astype(int)
    found[inside] = other.values[row, column]
    return found
