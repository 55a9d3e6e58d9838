"""Numbers of two runs, and how far one is from the other."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

ENDINGS = ("_error", "_err", "_uncertainty", "_sigma", "_std")
BEGINNINGS = ("error_of_", "err_", "e_", "sigma_")
Found = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A value of both.

    Attributes:
        name: of the output.
        label: what it is, for people.
        unit: of both, in astropy's spelling; empty without one.
        published: the published value, or the other run's; None when it is not there.
        mine: this run's.
        error: 1-sigma error of the published value; None without one.
        difference: mine minus published; None unless both are numbers and a double holds it.
        sigmas: difference in published errors; None without an error.
        relative: difference as a fraction of the published value; None when that is zero.
        note: what could not be compared, in words.
        is_lent: whether the error is the published run's, because the paper prints none.
    """

    name: str
    label: str
    unit: str
    published: Found
    mine: Found
    error: float | None = None
    difference: float | None = None
    sigmas: float | None = None
    relative: float | None = None
    note: str = ""
    is_lent: bool = False

    @property
    def is_same(self) -> bool:
        """Whether both are one value of one type."""
        return (
            not self.note
            and self.published == self.mine
            and isinstance(self.published, bool) is isinstance(self.mine, bool)
        )

    def to_json(self) -> dict[str, Any]:
        """The row as plain JSON values; numbers that JSON has not as text."""
        return {name: _plain(getattr(self, name)) for name in FIELDS} | {"same": self.is_same}


FIELDS = (
    "name", "label", "unit", "published", "mine", "error", "difference", "sigmas", "relative",
    "note",
)  # fmt: skip


def number_row(  # noqa: PLR0913 -- a row of a table
    name: str, label: str, unit: str, published: Found, mine: Found, *,
    error: Found = None, note: str = "",
) -> NumberRow:  # fmt: skip
    """Two values beside one another.

    >>> number_row("a", "a", "", 2.0, 3.0, error=0.5).sigmas
    2.0
    """
    sigma = _number(error)
    usable = abs(sigma) if sigma else None
    one, other = _number(published), _number(mine)
    if note or one is None or other is None:
        return NumberRow(name, label, unit, published, mine, usable, note=note)
    difference = _finite(other - one)
    return NumberRow(
        name, label, unit, published, mine, usable, difference,
        _part(difference, usable), _part(difference, abs(one)),
    )  # fmt: skip


def error_names(name: str, names: Collection[str]) -> str:
    """The output that holds the 1-sigma error of an output by its name; empty when none does.

    >>> error_names("omega_m", ["omega_m", "omega_m_error"])
    'omega_m_error'
    """
    told = [f"{name}{ending}" for ending in ENDINGS] + [f"{start}{name}" for start in BEGINNINGS]
    return next((item for item in told if item in names), "")


def _number(value: Found) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _finite(float(value))
    except OverflowError:
        return None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _part(number: float | None, whole: float | None) -> float | None:
    if number is None or not whole:
        return None
    return _finite(number / whole)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
