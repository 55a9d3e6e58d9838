"""Pictures of images and colour bars, as PNG."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from executor.domain.fits_image import Floats, Small
from executor.domain.looking.colours import colours
from executor.domain.looking.scale import Limits, stretched

if TYPE_CHECKING:
    from PIL import Image

BLANK = (128, 128, 128, 0)
STANDALONE = 800  # pixels a side, at least, when lines are drawn into the picture itself


@dataclass(frozen=True, slots=True)
class Look:
    """How values become colours; ``steps`` are the quantiles of a histogram stretch."""

    map: str
    stretch: str
    limits: Limits
    steps: tuple[float, ...] = ()


def rgba(values: Floats, look: Look) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Colours (…, 4) of values; what is blank is transparent."""
    share = stretched(values, look.limits, look.stretch, list(look.steps))
    blank = np.isnan(share)
    index = np.round(np.where(blank, 0, share) * 255).astype(np.uint8)
    found = np.full((*values.shape, 4), 255, np.uint8)
    found[..., :3] = colours(look.map)[index]
    found[blank] = BLANK
    return found


def draw_png(
    small: Small, look: Look, lines: list[list[tuple[float, float]]] | None = None
) -> bytes:
    """The picture, north where the image has it; with lines when there are some.

    Args:
        small: the image.
        look: how to draw it.
        lines: points in pixels of the image, 0 at the centre of the first.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 -- only who looks at images needs it

    picture = Image.fromarray(rgba(small.values[::-1], look))
    # The last blocks may stand for fewer pixels than the others: they are cut to their share.
    rows, columns = small.values.shape
    size = (small.width / small.factor, small.height / small.factor)
    grown = max(1, -(-STANDALONE // max(rows, columns))) if lines else 1
    if grown > 1 or size != (columns, rows):
        top = rows - size[1]
        target = (max(1, round(size[0] * grown)), max(1, round(size[1] * grown)))
        picture = picture.resize(target, Image.Resampling.NEAREST, (0, top, size[0], rows))
    for line in lines or []:
        points = [
            (
                (x + 0.5) * picture.width / small.width,
                picture.height - (y + 0.5) * picture.height / small.height,
            )
            for x, y in line
        ]
        pen = ImageDraw.Draw(picture)
        pen.line(points, fill=(0, 0, 0, 255), width=4)
        pen.line(points, fill=(255, 255, 255, 255), width=2)
    return _saved(picture)


def draw_bar(look: Look) -> bytes:
    """The 256 colours of a look from left to right."""
    from PIL import Image  # noqa: PLC0415 -- as above

    return _saved(Image.fromarray(np.ascontiguousarray(np.tile(colours(look.map), (8, 1, 1)))))


def _saved(picture: "Image.Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=3)
    return file.getvalue()
