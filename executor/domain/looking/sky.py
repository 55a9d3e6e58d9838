"""The sky behind the pixels: positions by astropy's WCS, as unit vectors in ICRS.

Vectors have neither a seam at 0 hours nor poles, so they may be interpolated and contoured.
"""

import re
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.fits_header import Card

CARDS_AT_MOST = 600
SHOWN_AXES = 2
KEYWORDS = re.compile(
    r"(CTYPE|CUNIT|CRVAL|CRPIX|CDELT|CROTA)[1-9]|(CD|PC)[1-9]_[1-9]|PV[1-9]_\d{1,2}"
    r"|LONPOLE|LATPOLE|RADESYS|RADECSYS|EQUINOX|EPOCH|WCSAXES|NAXIS[1-9]?"
    r"|(A|B|AP|BP)_(ORDER|[0-9]_[0-9])"
)
TEXTS = ("CTYPE", "CUNIT", "RADESYS", "RADECSYS")
ORDER_AT_MOST = 9  # of the polynomials of the SIP convention
# ICRS to Galactic: The Hipparcos and Tycho Catalogues (ESA SP-1200), vol. 1, equation 1.5.11.
TO_GALACTIC = np.array(
    [
        [-0.0548755604, -0.8734370902, -0.4838350155],
        [0.4941094279, -0.4448296300, 0.7469822445],
        [-0.8676661490, -0.1980763734, 0.4559837762],
    ]
)

ONE_AT_ONCE = threading.Lock()
"""wcslib writes into what it was given, and a list of warnings belongs to a whole process."""

Doubles = NDArray[np.float64]


class NoSkyError(ValueError):
    """The header tells no position on the sky; the message says why, as a clause."""


@dataclass(frozen=True)
class Sky:
    """Where pixels are.

    Attributes:
        system: what the header counts in: ``ICRS``, ``FK5``, ``Galactic`` and so on.
        is_galactic: whether that is Galactic longitude and latitude.
    """

    system: str
    is_galactic: bool
    _world: Callable[[Doubles, Doubles], tuple[Doubles, Doubles]] = field(repr=False)
    _pixel: Callable[[Doubles, Doubles], tuple[Doubles, Doubles]] = field(repr=False)

    def vectors(self, x: Doubles, y: Doubles) -> Doubles:
        """ICRS unit vectors (…, 3) of pixel positions; NaN where there is no sky.

        Args:
            x: positions along the first axis, 0 at the centre of the first pixel; any shape.
            y: along the second.
        """
        with ONE_AT_ONCE, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            ra, dec = self._world(np.ravel(x), np.ravel(y))
        return unit_vectors(ra, dec).reshape(*np.shape(x), 3)

    def pixels(self, ra: Doubles, dec: Doubles) -> tuple[Doubles, Doubles]:
        """Pixel positions, as in ``vectors``, of ICRS degrees; NaN for what cannot be shown."""
        with ONE_AT_ONCE, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self._pixel(np.ravel(ra), np.ravel(dec))


def unit_vectors(lon: Doubles, lat: Doubles) -> Doubles:
    """Unit vectors (…, 3) of longitudes and latitudes in degrees."""
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def angles(vectors: Doubles) -> tuple[Doubles, Doubles]:
    """Longitudes (0 to 360) and latitudes in degrees of vectors (…, 3) of any length."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(y, x)) % 360, np.degrees(np.arctan2(z, np.hypot(x, y)))


def read_sky(cards: Sequence[Card], width: int, height: int) -> Sky:
    """The sky of an image's first two axes.

    Args:
        cards: of its header; only those of the WCS standard and the SIP convention are used, so a
            header cannot name tables or files.
        width: pixels along the first axis.
        height: along the second.

    Raises:
        NoSkyError: there is none, or it makes no sense.
    """
    chosen = list(_wcs_cards(cards))
    if not any(card.keyword.startswith("CTYPE") for card in chosen):
        raise NoSkyError("its header says nothing about the sky (no CTYPE)")
    with ONE_AT_ONCE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            sky = _sky(chosen)
        except NoSkyError:
            raise
        except Exception as error:  # noqa: BLE001 -- hostile keywords make wcslib raise nearly anything
            raise NoSkyError(f"its WCS keywords make no sense ({type(error).__name__})") from None
    _check(sky, width, height)
    return sky


def _wcs_cards(cards: Iterable[Card]) -> Iterable[Card]:
    seen: set[str] = set()
    for card in cards:
        if KEYWORDS.fullmatch(card.keyword) and card.keyword not in seen:
            seen.add(card.keyword)
            if len(seen) > CARDS_AT_MOST:
                return
            yield card


def _sky(chosen: Sequence[Card]) -> Sky:
    # All three take a second to import, so nobody waits who looks at no image.
    from astropy.io.fits import Header  # noqa: PLC0415
    from astropy.wcs import WCS  # noqa: PLC0415
    from astropy.wcs.utils import wcs_to_celestial_frame  # noqa: PLC0415

    kinds = {card.keyword: card.text.upper() for card in chosen if card.keyword.startswith("CTYPE")}
    if any("-TAB" in kind for kind in kinds.values()):
        raise NoSkyError("its WCS is a table (-TAB), which is not read here")
    header = Header()
    for card in chosen:
        value = card.value
        if card.keyword.endswith("_ORDER") and not (
            type(value) is int and 0 <= value <= ORDER_AT_MOST
        ):
            raise NoSkyError(f"{card.keyword} is not from 0 to {ORDER_AT_MOST}")
        is_text = card.keyword.startswith(TEXTS)
        if is_text != isinstance(value, str):
            # wcslib would go on with a zero in its place.
            raise NoSkyError(f"{card.keyword} is not a {'text' if is_text else 'number'}")
        header[card.keyword] = value
    whole = WCS(header)
    if {whole.wcs.lng, whole.wcs.lat} != {0, 1}:
        raise NoSkyError("its first two axes are not both on the sky")
    wcs = whole.sub([1, 2]) if whole.naxis > SHOWN_AXES else whole
    wcs.wcs.set()
    return _functions(wcs, wcs_to_celestial_frame(wcs))


def _functions(wcs: Any, frame: Any) -> Sky:  # noqa: ANN401 -- astropy's own
    from astropy import units  # noqa: PLC0415 -- as above
    from astropy.coordinates import SkyCoord  # noqa: PLC0415

    lng, lat = wcs.wcs.lng, wcs.wcs.lat

    def world(x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
        found = wcs.all_pix2world(np.stack([x, y], axis=1), 0)
        found[~np.isfinite(found).all(axis=1)] = np.nan
        # wcslib gives latitudes a rounding error beyond the poles, which astropy refuses.
        found[np.abs(found[:, lat]) > 90 + 1e-6] = np.nan
        near = SkyCoord(
            found[:, lng] * units.deg, np.clip(found[:, lat], -90, 90) * units.deg, frame=frame
        )
        icrs = near.icrs
        return icrs.ra.deg, icrs.dec.deg

    def pixel(ra: Doubles, dec: Doubles) -> tuple[Doubles, Doubles]:
        native = (
            SkyCoord(ra * units.deg, dec * units.deg, frame="icrs").transform_to(frame).spherical
        )
        pair = np.empty((len(ra), 2))
        pair[:, lng], pair[:, lat] = native.lon.deg, native.lat.deg
        found = (
            wcs.all_world2pix(pair, 0, quiet=True, maxiter=20)
            if wcs.sip
            else wcs.wcs_world2pix(pair, 0)
        )
        return found[:, 0], found[:, 1]

    name = str(frame.name)
    return Sky(SYSTEMS.get(name, name.upper()), name == "galactic", world, pixel)


SYSTEMS = {"galactic": "Galactic", "icrs": "ICRS"}


def _check(sky: Sky, width: int, height: int) -> None:
    """Refuse what gives no position, or one and the same everywhere."""
    x, y = np.meshgrid(np.linspace(-0.5, width - 0.5, 9), np.linspace(-0.5, height - 0.5, 9))
    try:
        found = sky.vectors(x, y)
    except Exception as error:  # noqa: BLE001 -- as where it was read
        raise NoSkyError(f"its WCS keywords make no sense ({type(error).__name__})") from None
    known = found[np.isfinite(found).all(axis=-1)]
    if not len(known):
        raise NoSkyError("its WCS gives no position anywhere in the image")
    if np.ptp(known, axis=0).max() == 0:
        raise NoSkyError("its WCS gives every pixel the same position")
