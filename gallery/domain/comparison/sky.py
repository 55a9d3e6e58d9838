"""Where pixels lie: the world coordinates of two images, as a map from pixel to pixel."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gallery.domain.comparison.fields import Array
from gallery.domain.comparison.headers import POSITION

STEPS = 5  # sample points an axis
WHOLE = 1e-3  # of a pixel: how far a shift may be from whole pixels to be a shift of the grid
SMALL = 1e-6  # of a pixel: what rounding of a header's decimals moves


class BrokenError(ValueError):
    """A header's world coordinates cannot be read."""


@dataclass(frozen=True, slots=True)
class PixelMap:
    """Found pixel = ``turn`` · published pixel + ``shift`` (in FITS order of axes, from 0).

    Attributes:
        turn: signed permutation, shape (n, n), of whole numbers.
        shift: whole pixels, shape (n,).
        rest: what is left of the shift at the sample points: the longest, in pixels.
        scale: arcsec a pixel, where the axes are angles; None otherwise.
    """

    turn: Array
    shift: Array
    rest: float
    scale: float | None

    @property
    def is_same(self) -> bool:
        """Whether each pixel stays where it is, but for the rest."""
        return bool((self.turn == np.eye(len(self.shift))).all() and not self.shift.any())


def has_position(header: Mapping[str, Any]) -> bool:
    """Whether a header says where its pixels lie."""
    return any(name in header for name in ("CTYPE1", "CRVAL1", "CDELT1", "CD1_1"))


def position_cards(header: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say it."""
    return {key: value for key, value in header.items() if POSITION.fullmatch(key)}


def frame_words(header: Mapping[str, Any]) -> tuple[str, ...]:
    """What the coordinates are: types of the axes, reference frame and equinox."""
    types = [str(header.get(f"CTYPE{axis}", "")).strip()[:4] for axis in range(1, 5)]
    frame = str(header.get("RADESYS", header.get("RADECSYS", ""))).strip().upper()
    equinox = str(header.get("EQUINOX", "")) if frame.startswith("FK") else ""
    return (*types, frame, equinox)


def pixel_map(published: Any, found: Any, shape: tuple[int, ...]) -> PixelMap:  # noqa: ANN401 -- headers of astropy
    """How pixels of the published image map onto those of the re-run's, by their headers.

    Args:
        published: header of the published image.
        found: header of the re-run's.
        shape: of the published image, in numpy's order.

    Raises:
        BrokenError: the world coordinates of one cannot be read or do not map.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _mapped(published, found, shape)
        except BrokenError:
            raise
        except Exception as error:  # noqa: BLE001 -- hostile headers make wcslib raise nearly anything
            raise BrokenError(
                f"its world coordinates are broken ({type(error).__name__})"
            ) from None


def _mapped(published: Any, found: Any, shape: tuple[int, ...]) -> PixelMap:  # noqa: ANN401 -- headers of astropy
    from astropy.wcs import WCS  # noqa: PLC0415 -- slow to import, seldom needed

    first, second = (WCS(header, naxis=len(shape)) for header in (published, found))
    points = _points(shape[::-1])
    world = first.all_pix2world(points, 0)
    moved = (
        second.wcs_world2pix(world, 0)
        if not second.has_distortion
        else (second.all_world2pix(world, 0, quiet=True))
    )
    good = np.isfinite(moved).all(axis=1)
    if good.sum() < len(shape) + 1:
        raise BrokenError("its world coordinates do not reach the published image")
    return _fitted(points[good], moved[good], _arcsec(first))


def _points(sides: tuple[int, ...]) -> Array:
    axes = [np.unique(np.linspace(0, max(side - 1, 1), STEPS)) for side in sides]
    return np.stack([item.ravel() for item in np.meshgrid(*axes, indexing="ij")], axis=1)


def _fitted(points: Array, moved: Array, scale: float | None) -> PixelMap:
    middle, other = points.mean(axis=0), moved.mean(axis=0)
    slope = np.linalg.lstsq(points - middle, moved - other, rcond=None)[0].T
    turn = np.round(slope)
    shift = np.round((moved - points @ turn.T).mean(axis=0))
    is_turn = (np.abs(turn).sum(axis=0) == 1).all() and (np.abs(turn).sum(axis=1) == 1).all()
    if not is_turn:
        turn, shift = np.eye(len(shift)), np.zeros(len(shift))
    rest = moved - points @ turn.T - shift
    return PixelMap(turn, shift, float(np.sqrt((rest**2).sum(axis=1)).max()), scale)


def _arcsec(wcs: Any) -> float | None:  # noqa: ANN401 -- astropy has no types
    if not wcs.has_celestial:
        return None
    from astropy.wcs.utils import proj_plane_pixel_scales  # noqa: PLC0415 -- as above

    scales = proj_plane_pixel_scales(wcs.celestial)
    return float(np.mean(scales)) * 3600


def laid_on(found: Array, shape: tuple[int, ...], mapped: PixelMap) -> tuple[Array, Array]:
    """The re-run's pixels in the places of the published ones, and where there is one.

    Returns:
        Values and a mask, both of ``shape``; a value outside the re-run's image means nothing.
    """
    turn, shift = mapped.turn[::-1, ::-1], mapped.shift[::-1]
    axes = [int(np.argmax(np.abs(turn[:, axis]))) for axis in range(len(shape))]
    laid = np.transpose(found, axes)
    inside = np.ones(shape, bool)
    for axis, size in enumerate(shape):
        source = axes[axis]
        index = turn[source, axis] * np.arange(size) + shift[source]
        good = (index >= 0) & (index < laid.shape[axis])
        laid = np.take(laid, np.clip(index, 0, laid.shape[axis] - 1).astype(int), axis=axis)
        inside &= good.reshape([-1 if axis == item else 1 for item in range(len(shape))])
    return laid, inside
