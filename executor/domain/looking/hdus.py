"""What a FITS file holds, found by reading its headers only (FITS 4.0, section 3)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from executor.domain.fits_header import BLOCK, CARD, Card, cards_of, integer, is_header, word

HDUS_AT_MOST = 1000
AXES_AT_MOST = 9
KEPT_BYTES = 4 * 1024 * 1024  # of one header: 52,000 cards
KEPT_IN_ALL = 16 * 1024 * 1024
READ_BYTES = 128 * 1024 * 1024  # of all headers together
STRUCTURE_CARDS = 3000  # where the keywords that give the size are looked for
WIDTHS = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
"""BITPIX → numpy's name of the type as the file writes it."""


class NotFitsError(ValueError):
    """The bytes are no FITS file; the message says why."""


@dataclass(frozen=True, slots=True)
class Hdu:
    """One header and what stands behind it.

    Attributes:
        index: from 0.
        kind: ``image``, ``compressed image``, ``table``, ``no data`` or ``other``.
        name: EXTNAME; PRIMARY for the first when it has none.
        header: its bytes, at most ``KEPT_BYTES`` of them.
        cards: its first cards, which tell the structure.
        card_count: how many cards there are in all.
        shape: numbers of pixels (or bytes a row and rows), first axis first, as FITS counts.
        bitpix: of the pixels; those of the hidden image when it is compressed.
        start: offset of the data in the file.
        size: bytes of data without padding.
        is_cut: whether the file ends before its data do.
    """

    index: int
    kind: str
    name: str
    header: bytes
    cards: tuple[Card, ...]
    card_count: int
    shape: tuple[int, ...]
    bitpix: int
    start: int
    size: int
    is_cut: bool

    @property
    def is_image(self) -> bool:
        """Whether it can be looked at as one: at least two axes, none of them empty."""
        return self.kind in ("image", "compressed image") and len(self.shape) > 1

    @property
    def planes(self) -> int:
        """How many planes of the first two axes there are."""
        return math.prod(self.shape[2:]) if self.is_image else 0

    @property
    def dimensions(self) -> str:
        """The shape as people write it."""
        return " \u00d7 ".join(f"{side:,}" for side in self.shape) or "none"


def scan(handle: IO[bytes], size: int) -> tuple[list[Hdu], str]:
    """Every header of a FITS file, and a sentence on what was not read (empty when all was).

    Args:
        handle: the file; only its headers are read.
        size: how many bytes it has.

    Raises:
        NotFitsError: it does not begin with a FITS header.
    """
    found: list[Hdu] = []
    if not size:
        raise NotFitsError("it is empty")
    at = read = kept = 0
    while at < size:
        if len(found) == HDUS_AT_MOST:
            return found, f"Only the first {HDUS_AT_MOST:,} headers were read."
        handle.seek(at)
        keep = max(0, min(KEPT_BYTES, KEPT_IN_ALL - kept))
        header, length = _header(handle, keep, READ_BYTES - read, first=not found)
        if not length:
            return found, _why(header, len(found))
        hdu = _hdu(header, length, at, size, len(found))
        found.append(hdu)
        read, kept = read + length, kept + len(header)
        at = hdu.start + -(-hdu.size // BLOCK) * BLOCK
        if hdu.is_cut:
            return found, f"The file ends before the data of header {hdu.index} do."
    return found, ""


def _header(handle: IO[bytes], keep: int, most: int, *, first: bool) -> tuple[bytes, int]:
    """The bytes of a header that are kept, and how many it has; 0 when it is none."""
    kept, length = bytearray(), 0
    while length < most:
        block = handle.read(BLOCK)
        if not length and not is_header(block):
            if first:
                raise NotFitsError("it does not begin with SIMPLE or XTENSION, as FITS files do")
            return bytes(block[:CARD]), 0
        if len(block) < BLOCK:
            if first:
                raise NotFitsError("its first header has no END")
            return b"SIMPLE  =", 0
        length += BLOCK
        if len(kept) < keep:
            kept += block
        if _ends(block):
            return bytes(kept), length
    if first:
        raise NotFitsError(f"its first header has no END within {most:,} bytes")
    return b"SIMPLE  =", 0


def _ends(block: bytes) -> bool:
    return any(block[start : start + 8] == b"END     " for start in range(0, BLOCK, CARD))


def _why(header: bytes, index: int) -> str:
    if is_header(header):
        return f"Header {index} does not end, so what follows was not read."
    return "" if not header.strip(b"\0 ") else f"What follows header {index - 1} is no header."


def _hdu(header: bytes, length: int, at: int, size: int, index: int) -> Hdu:
    cards = tuple(cards_of(header, STRUCTURE_CARDS))
    axes = min(max(integer(cards, "NAXIS", 0), 0), AXES_AT_MOST)
    shape = tuple(max(0, integer(cards, f"NAXIS{axis + 1}", 0)) for axis in range(axes))
    bitpix = integer(cards, "BITPIX", 8)
    bytes_ = _data_bytes(cards, shape, bitpix)
    kind = _kind(cards, shape, bitpix)
    shown, bits = _hidden(cards) if kind == "compressed image" else (shape, bitpix)
    start = at + length
    return Hdu(
        index=index, kind=kind, name=word(cards, "EXTNAME") or ("PRIMARY" if not index else ""),
        header=header, cards=cards, card_count=_count(header, length), shape=shown, bitpix=bits,
        start=start, size=bytes_, is_cut=start + bytes_ > size,
    )  # fmt: skip


def _count(header: bytes, length: int) -> int:
    """How many cards come before END; a guess by whole blocks when not all were kept."""
    if len(header) < length:
        return length // CARD
    starts = range(len(header) - BLOCK, len(header), CARD)
    return next((start for start in starts if header[start : start + 8] == b"END     "), 0) // CARD


def _data_bytes(cards: Sequence[Card], shape: tuple[int, ...], bitpix: int) -> int:
    """Bytes of the data (FITS 4.0, equations 1, 2 and 4)."""
    if not shape:
        return 0
    groups = word(cards, "GROUPS") == "T" and shape[0] == 0
    elements = math.prod(shape[1:] if groups else shape)
    parameters = max(0, integer(cards, "PCOUNT", 0))
    return abs(bitpix) // 8 * max(1, integer(cards, "GCOUNT", 1)) * (parameters + elements)


def _kind(cards: Sequence[Card], shape: tuple[int, ...], bitpix: int) -> str:
    extension = word(cards, "XTENSION", "IMAGE").strip()
    if extension in ("BINTABLE", "TABLE"):
        return "compressed image" if word(cards, "ZIMAGE") == "T" else "table"
    if extension not in ("IMAGE", "IUEIMAGE"):
        return "other"
    if not shape or not math.prod(shape):
        return "no data"
    return "image" if bitpix in WIDTHS else "other"


def _hidden(cards: Sequence[Card]) -> tuple[tuple[int, ...], int]:
    """Shape and BITPIX of a tile-compressed image (FITS 4.0, section 10.1)."""
    axes = min(max(integer(cards, "ZNAXIS", 0), 0), AXES_AT_MOST)
    shape = tuple(max(0, integer(cards, f"ZNAXIS{axis + 1}", 0)) for axis in range(axes))
    return shape, integer(cards, "ZBITPIX", 8)
