"""Positions in a table: which of its columns they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.looking.sky import TO_GALACTIC, angles, unit_vectors

if TYPE_CHECKING:
    from astropy.table import Table

PAIRS = (
    ("ra", "dec"), ("raj2000", "dej2000"), ("raj2000", "decj2000"), ("_raj2000", "_dej2000"),
    ("ra_icrs", "de_icrs"), ("ra_deg", "dec_deg"), ("ra_obj", "dec_obj"), ("alpha", "delta"),
    ("right_ascension", "declination"),
)  # fmt: skip
GALACTIC = (("glon", "glat"), ("l", "b"), ("gal_lon", "gal_lat"))
NAMES = ("name", "source_name", "source", "main_id", "object", "id", "label")
ROWS_AT_MOST = 200_000
NAME_AT_MOST = 60


class NoPositionsError(ValueError):
    """The table has no columns of positions; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Positions:
    """ICRS degrees and names, one a row with a position; ``columns`` says where they are from."""

    ra: NDArray[np.float64]
    dec: NDArray[np.float64]
    names: list[str]
    columns: str


def positions_in(table: "Table") -> Positions:
    """The positions of a table's rows, by the usual names of their columns.

    Raises:
        NoPositionsError: no pair of columns has such names and numbers.
    """
    columns = {str(name).lower(): str(name) for name in table.colnames}
    for pairs, is_galactic in ((PAIRS, False), (GALACTIC, True)):
        for lon, lat in pairs:
            if lon in columns and lat in columns:
                return _positions(
                    table, columns, (columns[lon], columns[lat]), is_galactic=is_galactic
                )
    raise NoPositionsError(
        "It has no columns of positions: they are looked for by names such as RA and Dec, RAJ2000 "
        "and DEJ2000, or GLON and GLAT."
    )


def _positions(
    table: "Table", columns: dict[str, str], pair: tuple[str, str], *, is_galactic: bool
) -> Positions:
    lon, lat = (_degrees(table[name]) for name in pair)
    good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)  # noqa: PLR2004 -- the poles
    named = next((columns[name] for name in NAMES if name in columns), None)
    texts = [_text(value) for value in table[named][:ROWS_AT_MOST]] if named else [""] * len(lon)
    names = [text for text, is_good in zip(texts, good, strict=True) if is_good]
    lon, lat = lon[good], lat[good]
    if is_galactic:
        lon, lat = angles(unit_vectors(lon, lat) @ TO_GALACTIC)
    return Positions(lon, lat, names, " and ".join(pair))


def _degrees(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 -- astropy's own
    values = column[:ROWS_AT_MOST]
    if getattr(values, "ndim", 1) != 1 or values.dtype.kind not in "fiu":
        raise NoPositionsError(f"Its column {column.name} does not hold a number in each row.")
    found: NDArray[np.float64] = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    hours = str(column.unit or "").lower() in ("hourangle", "h", "hour")
    radians = str(column.unit or "").lower() in ("rad", "radian")
    return np.asarray(found) * (15 if hours else 180 / np.pi if radians else 1)


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return "".join(one for one in text if one.isprintable()).strip()[:NAME_AT_MOST]
