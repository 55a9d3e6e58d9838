"""What a reader asks to see of an image, from the query of an address; nothing is believed."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from executor.domain.fits_image import WAYS
from executor.domain.looking.colours import MAPS
from executor.domain.looking.scale import LIMITS, STRETCHES

AXES = ("header", "equatorial", "galactic")
LIMITS_AND_OWN = (*LIMITS, "own")
REFERENCE = re.compile(r"([0-9a-fA-F]{64})(?::([^/\\]{0,200}))?")
LEVELS_TEXT = 200


@dataclass(frozen=True, slots=True)
class Reference:
    """Another product: its digest and the name of its file."""

    digest: str
    file: str

    def __str__(self) -> str:
        return f"{self.digest}:{self.file}" if self.file else self.digest


@dataclass(frozen=True, slots=True)
class AskedImage:
    """A look at an image, every part within its choices.

    Attributes:
        hdu: which header, from 0; None for the first with an image.
        plane: from 1.
        map: a colour map.
        stretch: a stretch.
        limits: how the limits are found; ``own`` uses ``low`` and ``high``.
        by: how pixels are put together.
        axes: which longitudes and latitudes are drawn; ``header`` for those of the header.
        contours: levels as they were written.
        catalogue: a table whose positions are marked; ``regions`` a file of regions.
        other: an image to blink with, ``other_hdu`` of it.
        pixel: a pixel to tell, from 1; None for none.
        faults: sentences on what was asked and could not be understood.
    """

    hdu: int | None = None
    plane: int = 1
    map: str = "viridis"
    stretch: str = "linear"
    limits: str = "percent"
    low: float | None = None
    high: float | None = None
    by: str = "mean"
    axes: str = "header"
    contours: str = ""
    catalogue: Reference | None = None
    regions: Reference | None = None
    other: Reference | None = None
    other_hdu: int | None = None
    pixel: tuple[int, int] | None = None
    faults: tuple[str, ...] = ()

    def query(self) -> str:
        """The query of the picture alone, the same for equal looks."""
        parts = {
            "hdu": self.hdu, "plane": self.plane, "by": self.by, "map": self.map,
            "stretch": self.stretch, "limits": self.limits, "min": self.low, "max": self.high,
        }  # fmt: skip
        return urlencode({name: value for name, value in parts.items() if value is not None})


def read_asked(given: Mapping[str, str]) -> AskedImage:
    """Read the fields of a query; what is not understood keeps its default and is told."""
    faults: list[str] = []
    low, high = _number(given, "min", faults), _number(given, "max", faults)
    limits = _choice(given, "limits", LIMITS_AND_OWN, faults)
    if low is not None and high is not None and low >= high:
        faults.append("The lower limit is not below the upper one, so both are found anew.")
        low = high = None
    if "limits" not in given and low is not None and high is not None:
        limits = "own"
    if limits == "own" and (low is None or high is None):
        faults.append("Limits of your own are two numbers.")
        limits = LIMITS[0]
    x, y = _whole(given, "x", None, faults), _whole(given, "y", None, faults)
    own = limits == "own"
    return AskedImage(
        hdu=_whole(given, "hdu", None, faults, least=0),
        plane=_whole(given, "plane", 1, faults) or 1,
        map=_choice(given, "map", ("viridis", *MAPS), faults),
        stretch=_choice(given, "stretch", STRETCHES, faults),
        limits=limits, low=low if own else None, high=high if own else None,
        by=_choice(given, "by", WAYS, faults),
        axes=_choice(given, "axes", AXES, faults),
        contours=given.get("contours", "").strip()[:LEVELS_TEXT],
        catalogue=_reference(given, "catalogue", faults),
        regions=_reference(given, "regions", faults),
        other=_reference(given, "with", faults),
        other_hdu=_whole(given, "with_hdu", None, faults, least=0),
        pixel=(x, y) if x and y else None,
        faults=tuple(faults),
    )  # fmt: skip


def _choice(
    given: Mapping[str, str], name: str, choices: tuple[str, ...], faults: list[str]
) -> str:
    text = given.get(name, "").strip() or choices[0]
    if text in choices:
        return text
    faults.append(f"{name} is none of {', '.join(dict.fromkeys(choices))}.")
    return choices[0]


def _number(given: Mapping[str, str], name: str, faults: list[str]) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e38:  # noqa: PLR2004 -- what pixels can hold
        faults.append(f"{name} is no number.")
        return None
    return value


def _whole(
    given: Mapping[str, str], name: str, default: int | None, faults: list[str], *, least: int = 1
) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least:  # noqa: PLR2004 -- nine digits are enough
        return int(text)
    faults.append(f"{name} is no whole number from {least} on.")
    return default


def _reference(given: Mapping[str, str], name: str, faults: list[str]) -> Reference | None:
    text = given.get(name, "").strip()
    # People paste addresses of products as they stand in their browser.
    text = re.sub(r"^(?:https?://[^/]{1,200})?/products/", "", text)
    text = re.sub(r"^([0-9a-fA-F]{64})(?:/\w+)?\?(?:[^#]*&)?name=([^&#]*).*$", r"\1:\2", text)
    if not text:
        return None
    found = REFERENCE.fullmatch(text)
    if found is None:
        faults.append(f"{name} is no product: give its digest, or digest:file.")
        return None
    return Reference(found[1].lower(), found[2] or "")
