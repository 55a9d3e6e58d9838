"""How much is compared value by value; what has more is compared by its digest alone."""

import gzip
import io

BYTES_AT_MOST = 64 * 1024 * 1024
TEXT_AT_MOST = 16 * 1024 * 1024  # of text tables, JSON and plain text, which take longer to read
CELLS_AT_MOST = 8_000_000  # values of a table, or pixels of an image
PIXELS_AT_MOST = 24_000_000  # of a picture
PARTS_AT_MOST = 200  # extensions of a FITS file
ROWS_AT_MOST = 1_000_000
GZIP = b"\x1f\x8b"


class UnreadableError(ValueError):
    """The bytes are not what they are said to be; the message says why."""


class TooLargeError(ValueError):
    """There is more than is compared value by value; the message says how much."""


def check_size(count: int, at_most: int, what: str) -> None:
    """Refuse what is too large.

    Raises:
        TooLargeError: ``count`` is above ``at_most``.
    """
    if count > at_most:
        raise TooLargeError(f"it has {count:,} {what}, and {at_most:,} are compared one by one")


def unzipped(data: bytes) -> bytes:
    """The content of gzipped bytes; others as they are.

    Raises:
        TooLargeError: the content is too large; it is not unpacked further than that.
        UnreadableError: the bytes begin like gzip and are none.
    """
    if not data.startswith(GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(BYTES_AT_MOST + 1)
    except (OSError, EOFError, ValueError) as error:
        raise UnreadableError(f"its compression is broken ({type(error).__name__})") from None
    except Exception as error:  # noqa: BLE001 -- zlib.error has no public base class
        raise UnreadableError(f"its compression is broken ({type(error).__name__})") from None
    check_size(len(content), BYTES_AT_MOST, "bytes when unpacked")
    return content
