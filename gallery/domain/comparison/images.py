"""Images: pixels in physical values and units, at their places on the sky."""

from collections.abc import Mapping, Sequence

import numpy as np

from gallery.domain.comparison.conversion import NotConvertibleError, in_unit
from gallery.domain.comparison.fields import Array, Field, readable
from gallery.domain.comparison.fits_parts import Part
from gallery.domain.comparison.sky import (
    SMALL,
    BrokenError,
    PixelMap,
    frame_words,
    has_position,
    laid_on,
    pixel_map,
    position_cards,
)  # fmt: skip
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances

POSITION = "WCS"  # the name under which an author gives a tolerance in pixels
VARIANCES = ("VARIANCE", "VAR")
SIGMAS = ("ERROR", "ERR", "SIGMA", "UNCERT", "RMS", "NOISE")


def compare_images(
    tally: Tally, published: Part, found: Part, tolerances: Tolerances, errors: Array | None
) -> None:
    """Compare two images into a tally.

    Args:
        tally: counts what is found.
        published: the published image.
        found: the re-run's.
        tolerances: per extension; ``WCS`` is the shift that is allowed, in pixels.
        errors: 1-sigma errors of the published pixels, same shape; None without any.
    """
    if published.image is None or found.image is None:
        return
    name = published.name or "image"
    mapped = _position(tally, name, published, found, tolerances)
    laid, inside = _laid(published.image, found.image, mapped)
    if laid is None or inside is None:
        shapes = (_shape(item.image) for item in (found, published))
        tally.lacks(published.image.size, "{}: {} pixels instead of {}".format(name, *shapes))
        return
    if mapped and not mapped.is_same and inside.any():
        tally.note(f"{name}: the pixels lie in another order or frame, and were matched on the sky")
    unit = _unit(published)
    try:
        converted = in_unit(laid, _unit(found), unit)
    except NotConvertibleError as error:
        tally.blocks(f"{name}: {error}")
        return
    if converted.note:
        tally.note(f"{name}: {converted.note}")
    if published.image.dtype != found.image.dtype:
        tally.note(f"{name}: stored as {found.image.dtype}, published as {published.image.dtype}")
    lost = int(inside.size - np.count_nonzero(inside))
    if lost:
        tally.lacks(lost, f"{name}: {lost:,} of {inside.size:,} pixels are not in the re-run")
    compared = tally.add(
        _field(
            name, published.image, converted.values, inside, converted.slack, tolerances, errors,
            unit,
        )
    )  # fmt: skip
    if compared.off and laid.shape == published.image.shape:
        _tell_flip(tally, name, published.image, found.image)


def _shape(image: Array | None) -> str:
    shape = image.shape if image is not None else ()
    return " x ".join(str(side) for side in reversed(shape))


def _unit(part: Part) -> str:
    return str(part.header.get("BUNIT") or "").strip()


def _position(
    tally: Tally, name: str, published: Part, found: Part, tolerances: Tolerances
) -> PixelMap | None:
    first, second = has_position(published.header), has_position(found.header)
    if not first and not second:
        return None
    if first != second:
        where = "the paper" if first else "the re-run"
        tally.blocks(f"{name}: only {where} says where its pixels lie")
        return None
    same = position_cards(published.header) == position_cards(found.header)
    try:
        return _moved(tally, name, published, found, tolerances)
    except BrokenError as error:
        if same:
            tally.note(f"{name}: {error}, in both alike; pixels were compared in their order")
        else:
            tally.blocks(f"{name}: {error}")
        return None


def _moved(
    tally: Tally, name: str, published: Part, found: Part, tolerances: Tolerances
) -> PixelMap:
    if frame_words(published.header) != frame_words(found.header):
        words = [" ".join(filter(None, frame_words(part.header))) for part in (published, found)]
        raise BrokenError(
            f"its coordinates are {readable(words[1])}, published {readable(words[0])}"
        )
    shape = published.image.shape if published.image is not None else ()
    mapped = pixel_map(published.cards, found.cards, shape)
    if mapped.rest > _allowed(mapped, tolerances):
        sky = f" ({mapped.rest * mapped.scale:.3g} arcsec)" if mapped.scale else ""
        tally.lacks(1, f"{name}: the position is off by {mapped.rest:.3g} pixels{sky}")
    elif mapped.rest > SMALL:
        tally.bends(f"{name}: the position is off by {mapped.rest:.3g} pixels, as allowed")
    return mapped


def _allowed(mapped: PixelMap, tolerances: Tolerances) -> float:
    stated = tolerances.columns.get(POSITION)
    pixels = stated.absolute if stated else 0.0
    arcsec = tolerances.radius or 0.0
    return max(SMALL, pixels, arcsec / mapped.scale if mapped.scale else 0.0)


def _laid(
    published: Array, found: Array, mapped: PixelMap | None
) -> tuple[Array | None, Array | None]:
    if mapped is not None and not mapped.is_same and published.ndim == found.ndim:
        return laid_on(found, published.shape, mapped)
    if published.shape == found.shape:
        return found, np.ones(published.shape, bool)
    if mapped is not None and published.ndim == found.ndim:
        return laid_on(found, published.shape, mapped)
    return None, None


def _field(  # noqa: PLR0913, PLR0917 -- an image with all that belongs to it
    name: str, published: Array, found: Array, inside: Array, slack: Array | float,
    tolerances: Tolerances, errors: Array | None, unit: str,
) -> Field:  # fmt: skip
    # Outside the re-run's image nothing is compared: those pixels were counted as missing.
    first = published if inside.all() else np.where(inside, published, np.nan)
    second = found if inside.all() else np.where(inside, found, np.nan)
    known = errors if errors is not None and errors.shape == published.shape else None
    shape = published.shape

    def place(index: int) -> str:
        indices = np.unravel_index(index, shape)
        return f"pixel ({', '.join(str(int(item) + 1) for item in reversed(indices))})"

    return Field(
        name, first, second, tolerance=tolerances.columns.get(name, tolerances.default),
        errors=known, slack=slack, unit=unit, place=place, xlabel="x",
    )  # fmt: skip


def _tell_flip(tally: Tally, name: str, published: Array, found: Array) -> None:
    if published.shape != found.shape:
        return
    for axis in range(published.ndim):
        if np.array_equal(np.flip(found, axis), published, equal_nan=published.dtype.kind == "f"):
            tally.note(f"{name}: equal when flipped along axis {published.ndim - axis}")


def errors_of(part: Part, parts: Sequence[Part], stated: Mapping[str, str]) -> Array | None:
    """The errors of an image: the extension that the author names, or one of a common name."""
    known = {item.name: item.image for item in parts if item.image is not None}
    wanted = stated.get(part.name, "").upper()
    names = (wanted,) if wanted else (*VARIANCES, *SIGMAS)
    if not wanted and part.name not in ("PRIMARY", "SCI", "IMAGE", ""):
        return None
    for name in names:
        image = known.get(name)
        if image is not None and part.image is not None and image.shape == part.image.shape:
            with np.errstate(all="ignore"):
                return np.sqrt(image.astype(float)) if name in VARIANCES else image.astype(float)
    return None
