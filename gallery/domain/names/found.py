"""What a name was found to be."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a name.

    Attributes:
        name: the source by its usual name.
        ra: ICRS right ascension in degrees; None for what has no position of its own.
        dec: ICRS declination in degrees; None likewise.
        by: who resolved it, such as ``Sesame (CDS)``.
        kind: what it is, in the words of who resolved it; empty when they do not say.
        uncertainty: 1-sigma, or half a digit of what was written, in arcsec; None when not known.
        time: UTC of an event, as ISO 8601; empty for what lasts.
        note: a sentence on the answer, such as what was read in the name.
    """

    name: str
    ra: float | None
    dec: float | None
    by: str
    kind: str = ""
    uncertainty: float | None = None
    time: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values."""
        return asdict(self)


class UnreadableNameError(ValueError):
    """A text looks like coordinates or a time and is none; the message says why."""
