"""Small products for tests of the comparison."""

import io
import json

import numpy as np
from astropy.io import fits
from astropy.table import Table
from PIL import Image

from benchmarks.mutation.plots import draw
from gallery.domain.comparison import Sample
from ontology.domain.kinds import ProductKind


def drawn(**options: object) -> Sample:
    """A picture with two series and its plotted arrays."""
    x = list(np.linspace(20, 60, 12))
    y = [300 / value for value in x]
    line = {"x": x, "y": y, "label": "line"}
    points = {"x": x, "y": y, "yerr": [[0.5] * 12] * 2, "label": "points"}
    return draw([line, points], **options)


def csv(**columns: object) -> Sample:
    """A table as CSV."""
    table, buffer = Table(columns), io.StringIO()
    table.write(buffer, format="ascii.csv")
    return Sample(buffer.getvalue().encode(), "table.csv", kind=ProductKind.TABLE)


def ecsv(units: dict[str, str] | None = None, **columns: object) -> Sample:
    """A table as ECSV, with units."""
    table, buffer = Table(columns, units=units or {}), io.StringIO()
    table.write(buffer, format="ascii.ecsv")
    return Sample(buffer.getvalue().encode(), "table.ecsv", kind=ProductKind.TABLE)


def image(pixels: np.ndarray, **cards: object) -> Sample:
    """A FITS image with a header."""
    hdu, buffer = fits.PrimaryHDU(pixels), io.BytesIO()
    hdu.header.update(cards)
    hdu.writeto(buffer, output_verify="ignore")
    return Sample(buffer.getvalue(), "image.fits", kind=ProductKind.IMAGE)


def sky(**cards: object) -> dict[str, object]:
    """Keywords that say where 8 x 8 pixels lie."""
    return {
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 83.63, "CRVAL2": 22.01,
        "CRPIX1": 4.5, "CRPIX2": 4.5, "CDELT1": -0.01, "CDELT2": 0.01, "CUNIT1": "deg",
        "CUNIT2": "deg",
    } | cards  # fmt: skip


def picture(pixels: np.ndarray) -> Sample:
    """A PNG without plotted arrays."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return Sample(buffer.getvalue(), "picture.png", kind=ProductKind.PICTURE)


def structure(content: object) -> Sample:
    """JSON."""
    return Sample(json.dumps(content).encode(), "content.json", kind=ProductKind.STRUCTURE)
