"""Published pictures: whether some bytes are one that a page may show."""

import io
import warnings

BYTES_AT_MOST = 16 * 1024 * 1024
PIXELS_AT_MOST = 60_000_000
FORMATS = {
    "PNG": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "JPEG": ("image/jpeg", (b"\xff\xd8\xff",)),
    "GIF": ("image/gif", (b"GIF87a", b"GIF89a")),
    "WEBP": ("image/webp", (b"RIFF",)),
}
"""Format, as Pillow calls it → media type, and what its files begin with."""


class NotAPictureError(ValueError):
    """The bytes are no picture that is shown here; the message says why."""


def media_type_of(data: bytes) -> str:
    """The media type of a picture, by its first bytes and by what its headers hold.

    Raises:
        NotAPictureError: they are no PNG, JPEG, GIF or WebP, are damaged, or are too large.
    """
    if len(data) > BYTES_AT_MOST:
        raise NotAPictureError(f"it is larger than {BYTES_AT_MOST // 1024**2} MB")
    form = next((name for name, (_kind, marks) in FORMATS.items() if data.startswith(marks)), "")
    if not form:
        raise NotAPictureError("it is no PNG, JPEG, GIF or WebP by its first bytes")
    width, height = _size(data, form)
    if width * height > PIXELS_AT_MOST:
        raise NotAPictureError(f"it has more than {PIXELS_AT_MOST // 10**6} million pixels")
    return FORMATS[form][0]


def _size(data: bytes, form: str) -> tuple[int, int]:
    """Width and height by the headers; nothing is decoded, only checked by ``verify``."""
    from PIL import Image  # noqa: PLC0415 -- only who states a picture needs it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # One decoder alone may look: others have had more faults than we care to meet.
            with Image.open(io.BytesIO(data), formats=(form,)) as picture:
                size = picture.size
                picture.verify()
    except Exception as error:  # noqa: BLE001 -- hostile bytes make Pillow raise nearly anything
        raise NotAPictureError(f"it cannot be read ({type(error).__name__})") from None
    return size
