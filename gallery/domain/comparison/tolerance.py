"""How far a product of a re-run may be off."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far one number may be off: as far as the widest of the parts that are set allows.

    With none set, only equal numbers are within tolerance.

    Attributes:
        absolute: in the published unit.
        relative: as a fraction of the published value; as a default for moments of time, whose
            zero is arbitrary, of the span from the first to the last.
        sigmas: in published errors, where an error column or extension is there.
    """

    absolute: float = 0.0
    relative: float = 0.0
    sigmas: float | None = None


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What the author allows for one product.

    Attributes:
        default: for every number that nothing else is said of.
        columns: by the name of a column, an extension, or a key of a JSON object.
        keys: columns that name a row; rows are matched by them, in any order. None given: by
            their order.
        errors: name of a column → name of the column with its 1-sigma errors.
        ignore: columns, header keywords or JSON keys that do not matter.
        radius: arcsec within which two sources of a catalogue are one; None: not by position.
        reason: why this much, in the author's words.
    """

    default: Tolerance = field(default_factory=Tolerance)
    columns: Mapping[str, Tolerance] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    radius: float | None = None
    reason: str = ""
