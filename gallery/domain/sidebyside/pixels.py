"""The difference of two pictures, as a picture."""

import io
from typing import TYPE_CHECKING

from gallery.domain.comparison.pictures import FORMATS, VECTORS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

PIXELS_AT_MOST = 4_000_000
BYTES_AT_MOST = 8 * 1024 * 1024
LEAST_SEEN = 60  # of 255: how much ink the smallest difference gets
INK = (184, 67, 31)


class NotSubtractedError(ValueError):
    """Two pictures have no difference that can be drawn; the message says why."""


def subtracted(published: bytes, mine: bytes) -> bytes:
    """A PNG that is white where two pictures are equal, and the darker the more they differ.

    Raises:
        NotSubtractedError: they have no pixels, not as many, or too many, or are no pictures.
    """
    from PIL import Image, ImageChops  # noqa: PLC0415 -- only pictures need it

    one, other = _opened(published), _opened(mine)
    if one.size != other.size:
        sizes = [f"{item.size[0]} x {item.size[1]}" for item in (one, other)]
        raise NotSubtractedError(f"one has {sizes[0]} pixels and the other {sizes[1]}")
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    seen = most.point([0] + [min(255, LEAST_SEEN + value) for value in range(1, 256)])
    paper = Image.new("RGB", one.size, (255, 255, 255))
    paper.paste(INK, (0, 0), seen)
    made = io.BytesIO()
    paper.save(made, "PNG")
    return made.getvalue()


def _opened(data: bytes) -> "Picture":
    from PIL import Image  # noqa: PLC0415 -- only pictures need it

    if len(data) > BYTES_AT_MOST:
        raise NotSubtractedError(f"a picture has more than {BYTES_AT_MOST:,} bytes")
    if data.lstrip()[:200].startswith(VECTORS):
        raise NotSubtractedError("a drawing without pixels cannot be subtracted")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(picture.width * picture.height)
            whole = picture.convert("RGBA")
            paper = Image.new("RGBA", whole.size, (255, 255, 255, 255))
            return Image.alpha_composite(paper, whole).convert("RGB")
    except NotSubtractedError:
        raise
    except Exception as error:  # noqa: BLE001 -- strangers' bytes make decoders raise anything
        raise NotSubtractedError(f"one is no picture ({type(error).__name__})") from None


def _check_size(pixels: int) -> None:
    if pixels > PIXELS_AT_MOST:
        raise NotSubtractedError(f"a picture has more than {PIXELS_AT_MOST:,} pixels")
