"""FITS files made by hand for tests, so that they can be wrong."""

import numpy as np

SKY = {
    "CTYPE1": "'RA---TAN'", "CTYPE2": "'DEC--TAN'", "CRVAL1": 266.4, "CRVAL2": -29.0,
    "CRPIX1": 20.5, "CRPIX2": 15.5, "CDELT1": -0.01, "CDELT2": 0.01, "CUNIT1": "'deg'",
    "CUNIT2": "'deg'", "RADESYS": "'ICRS'",
}  # fmt: skip
WIDTHS = {"u1": 8, ">i2": 16, ">i4": 32, ">i8": 64, ">f4": -32, ">f8": -64}


def block(data: bytes, filling: bytes = b"\0") -> bytes:
    """Data filled up to whole blocks of 2880 bytes."""
    return data + filling * (-len(data) % 2880)


def card(keyword: str, value: object) -> bytes:
    """A card of 80 bytes."""
    return f"{keyword:8}= {value!s:>20}".encode()[:80].ljust(80)


def header(*cards: bytes) -> bytes:
    """A header with its END."""
    return block(b"".join(cards) + b"END".ljust(80), b" ")


def image(values: np.ndarray, more: dict[str, object] | None = None) -> bytes:
    """A primary image of these values, with more keywords."""
    shape = values.shape[::-1]
    cards = [card("SIMPLE", "T"), card("BITPIX", WIDTHS[values.dtype.str.replace("|", "")]),
             card("NAXIS", len(shape)),
             *[card(f"NAXIS{axis + 1}", side) for axis, side in enumerate(shape)],
             *[card(name, value) for name, value in (more or {}).items()]]  # fmt: skip
    return header(*cards) + block(values.tobytes())


def ramp(width: int = 40, height: int = 30) -> np.ndarray:
    """Values that tell their place: 1000 * row + column."""
    return (1000.0 * np.arange(height)[:, None] + np.arange(width)).astype(">f4")
