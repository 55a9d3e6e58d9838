"""Two arrays of one shape, value by value: the core of every comparator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gallery.domain.comparison.outcome import Worst
from gallery.domain.comparison.tolerance import Tolerance

Array = np.ndarray[Any, np.dtype[Any]]
NONE = Tolerance()
EPSILON = 4 * np.finfo(float).eps
"""What adding and multiplying doubles may cost at the edge of a tolerance."""


@dataclass(frozen=True, slots=True)
class Field:
    """Two arrays that are compared value by value.

    Attributes:
        name: what they are, such as ``column flux``.
        published: the published values, numbers or texts.
        found: the re-run's, of the same shape, in the published unit.
        tolerance: how far each may be off.
        blank: where there is no published value (bool, same shape); NaN always counts as none.
        found_blank: the same of the re-run.
        errors: 1-sigma errors of the published values, same shape; None without any.
        slack: how far two values may be apart and still be equal, because one was converted.
        equal: where the values are known to be equal: numbers whatever doubles say, texts alone
            there; None otherwise.
        unit: of the published values, for people.
        place: flat index → the place in words, such as ``row 7``.
        x: what stands on the horizontal axis of the residual; None for the number of the value.
        xlabel: what ``x`` is.
    """

    name: str
    published: Array
    found: Array
    tolerance: Tolerance = NONE
    blank: Array | None = None
    found_blank: Array | None = None
    errors: Array | None = None
    slack: Array | float = 0.0
    equal: Array | None = None
    unit: str = ""
    place: Callable[[int], str] = "value {}".format
    x: Array | None = None
    xlabel: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A field as it was found to compare.

    Attributes:
        field: the two arrays.
        same: where they are equal.
        near: where they are equal or within tolerance.
        deviation: found minus published, flat; NaN where it is none.
        sigma: the errors that can be divided by, flat, NaN elsewhere; None without errors.
    """

    field: Field
    same: Array
    near: Array
    deviation: Array
    sigma: Array | None

    @property
    def values(self) -> int:
        """How many values were compared."""
        return int(self.same.size)

    @property
    def unequal(self) -> int:
        """How many are not equal."""
        return int(self.same.size - np.count_nonzero(self.same))

    @property
    def off(self) -> int:
        """How many are outside their tolerance."""
        return int(self.near.size - np.count_nonzero(self.near))

    @property
    def chi2(self) -> tuple[float, int] | None:
        """Sum of squared deviations in published errors, and of how many values; or None."""
        if self.sigma is None:
            return None
        pulls = self.deviation / self.sigma
        pulls = pulls[np.isfinite(pulls)]
        return (float(np.sum(pulls**2)), int(pulls.size)) if pulls.size else None


def compare_field(field: Field) -> Compared:
    """Compare two arrays value by value.

    A value is within tolerance when its deviation is at most the widest of the absolute part, the
    relative part times the published value, and the n-sigma part times the published error. Two
    blanks are equal; one blank is off. Published single precision is not compared beyond it.
    """
    published, found = np.ravel(field.published), np.ravel(field.found)
    if "U" in (published.dtype.kind, found.dtype.kind):
        return _compare_texts(field, published, found)
    return _compare_numbers(field, published, found)


def _compare_texts(field: Field, published: Array, found: Array) -> Compared:
    blank, other = _blank(field.blank, published), _blank(field.found_blank, found)
    same = np.char.rstrip(published.astype(str)) == np.char.rstrip(found.astype(str))
    same = same if field.equal is None else np.ravel(field.equal)
    same = np.where(blank | other, blank & other, same)
    return Compared(field, same, same, np.full(same.shape, np.nan), None)


def _compare_numbers(field: Field, published: Array, found: Array) -> Compared:
    blank, other = _blank(field.blank, published), _blank(field.found_blank, found)
    found = _as_coarse_as(published, found)
    with np.errstate(all="ignore"):
        deviation = _deviation(published, found)
        size = np.abs(_plain(published))
        equal = published == found
        equal |= np.abs(deviation) <= np.ravel(field.slack) if np.any(field.slack) else False
        equal = equal if field.equal is None else equal | np.ravel(field.equal)
        # Two whole numbers beyond 2^53 may share one double.
        deviation = np.where(equal, 0.0, np.where(deviation == 0, 1.0, deviation))
        sigma = _sigma(field.errors)
        allowed = _allowed(field.tolerance, size, sigma)
        edge = np.where(allowed > 0, EPSILON * np.maximum(size, np.abs(_plain(found))), 0.0)
        near = equal | (np.abs(deviation) <= allowed + edge)
    gone = blank | other
    same = np.where(gone, blank & other, equal)
    near = np.where(gone, blank & other, near)
    deviation = np.where(gone & ~same, np.nan, np.where(same, 0.0, deviation))
    return Compared(field, same, near, deviation, sigma)


def _blank(blank: Array | None, values: Array) -> Array:
    known = np.zeros(values.shape, bool) if blank is None else np.ravel(blank).astype(bool)
    return known | np.isnan(values) if values.dtype.kind in "fc" else known


def _as_coarse_as(published: Array, found: Array) -> Array:
    """Found values that round to the published single precision become what they round to."""
    if published.dtype.kind != "f" or found.dtype.kind != "f":
        return found
    if published.dtype.itemsize >= found.dtype.itemsize:
        return found
    with np.errstate(all="ignore"):
        rounded = found.astype(published.dtype)
    wide = rounded.astype(found.dtype)
    return np.where(rounded == published, wide, found)


def _plain(values: Array) -> Array:
    plain: Array = np.abs(values) if values.dtype.kind == "c" else values.astype(float)
    return plain


def _deviation(published: Array, found: Array) -> Array:
    if "c" in (published.dtype.kind, found.dtype.kind):
        distance: Array = np.abs(found - published)
        return distance
    difference: Array = found.astype(float) - published.astype(float)
    return difference


def _sigma(errors: Array | None) -> Array | None:
    if errors is None:
        return None
    plain = np.ravel(errors).astype(float)
    return np.where(np.isfinite(plain) & (plain > 0), plain, np.nan)


def _allowed(tolerance: Tolerance, size: Array, sigma: Array | None) -> Array:
    relative = np.where(np.isfinite(size), tolerance.relative * size, 0.0)
    allowed = np.maximum(tolerance.absolute, relative)
    if tolerance.sigmas is None or sigma is None:
        return allowed
    return np.maximum(allowed, np.nan_to_num(tolerance.sigmas * sigma))


def worst_of(compared: Compared) -> Worst | None:
    """The value furthest off; None when all are equal.

    Among those outside their tolerance if there are any: first what is blank on one side or no
    number, then what is off by most sigmas, then by the largest fraction.
    """
    if not compared.unequal:
        return None
    index = _furthest(compared)
    field, deviation = compared.field, float(compared.deviation[index])
    published, found = np.ravel(field.published)[index], np.ravel(field.found)[index]
    size = abs(float(_plain(np.atleast_1d(published))[0])) if published.dtype.kind != "U" else 0.0
    sigma = float(compared.sigma[index]) if compared.sigma is not None else float("nan")
    return Worst(
        where=f"{field.name}, {field.place(index)}" if compared.values > 1 else field.name,
        published=_text(published, field.unit, blank=_is_blank(field.blank, index)),
        found=_text(found, field.unit, blank=_is_blank(field.found_blank, index)),
        deviation=_finite(deviation),
        relative=_finite(deviation / size) if size else None,
        sigmas=_finite(deviation / sigma) if sigma else None,
    )


def _furthest(compared: Compared) -> int:
    chosen = ~compared.near if compared.off else ~compared.same
    size = np.abs(compared.deviation)
    if compared.sigma is not None and np.isfinite(compared.sigma[chosen]).any():
        scale = compared.sigma
    elif np.ravel(compared.field.published).dtype.kind == "U":
        scale = np.ones(size.shape)
    else:
        scale = np.maximum(np.abs(_plain(np.ravel(compared.field.published))), 1e-300)
    with np.errstate(all="ignore"):
        score = size / scale
    score = np.where(np.isnan(score), np.inf, score)
    return int(np.argmax(np.where(chosen, score, -1.0)))


def _is_blank(blank: Array | None, index: int) -> bool:
    return blank is not None and bool(np.ravel(blank)[index])


def _text(value: Any, unit: str, *, blank: bool) -> str:  # noqa: ANN401 -- a numpy scalar
    if blank:
        return "blank"
    if isinstance(value, str):
        return readable(value)
    number = value.item()
    shown = f"{number:.10g}" if isinstance(number, float) else str(number)
    return f"{shown} {readable(unit)}".strip()


def readable(text: str, at_most: int = 80) -> str:
    """The beginning of a stranger's text, without what no database and no page takes."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:at_most])


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
