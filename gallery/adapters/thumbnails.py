"""Small pictures of large ones, by Pillow, in a folder of their own.

The pictures are strangers': only formats that we name are opened, their size is read and bounded
before a pixel is decoded, and what cannot be decoded has no small picture. The folder is only a
memory and may be emptied at any time.
"""

import io
import os
import tempfile
import warnings
from pathlib import Path

from PIL import Image

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
"""Media type → what Pillow calls it; nothing else is opened."""
SIDES = {"small": (640, 480), "large": (1280, 960)}
"""Name of a size → the most pixels across and down."""
BYTES_AT_MOST = 32 * 1024 * 1024
PIXELS_AT_MOST = 24_000_000
QUALITY = 60
FOLDER = "thumbnails"


def path_of(root: Path, digest: str, size: str) -> Path:
    """Where the small picture of a product is kept."""
    return root / FOLDER / digest[:2] / f"{digest}-{size}.webp"


def drawn(data: bytes, media_type: str, size: str = "small") -> bytes | None:
    """A picture in WebP, no larger than its size; None for what cannot be decoded.

    Args:
        data: the bytes of the large picture.
        media_type: what they are said to be.
        size: one of ``SIDES``.
    """
    if media_type not in FORMATS or len(data) > BYTES_AT_MOST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _shrunk(data, FORMATS[media_type], SIDES[size])
    except Exception:  # noqa: BLE001 -- a decoder may raise anything over a stranger's bytes
        return None


def keep(path: Path, data: bytes) -> None:
    """Write a small picture in its place, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as handle:
        handle.write(data)
    os.replace(handle.name, path)  # noqa: PTH105 -- the name is text


def _shrunk(data: bytes, name: str, sides: tuple[int, int]) -> bytes | None:
    with Image.open(io.BytesIO(data), formats=[name]) as picture:
        if picture.width * picture.height > PIXELS_AT_MOST or min(picture.size) < 1:
            return None
        picture.draft("RGB", sides)  # a JPEG is decoded no larger than it need be
        small = _on_white(picture)
        small.thumbnail(sides, Image.Resampling.LANCZOS)
        held = io.BytesIO()
        small.save(held, "WEBP", quality=QUALITY, method=6)
        return held.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency, as a page of paper shows it."""
    if picture.mode in {"RGB", "L"}:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    paper = Image.new("RGB", whole.size, "white")
    paper.paste(whole, mask=whole.getchannel("A"))
    return paper
