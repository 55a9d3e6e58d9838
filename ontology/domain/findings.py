"""Findings: what a shape or a checklist has to say about an entry."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs; a *must* keeps an entry a draft."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the files of an entry.

    Attributes:
        file: path relative to the entry's folder; empty for the entry as a whole.
        cell: number of the notebook cell, counted from 1 over all cells; None outside notebooks.
        line: line within the cell (or file), counted from 1; None for the whole of it.
    """

    file: str = ""
    cell: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        parts = [self.file or "the entry"]
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a shape or a checklist.

    Attributes:
        severity: how much it weighs.
        id: stable name of the rule, such as ``catalogue/parameter-has-term``.
        where: the place in the files.
        what: what is wrong, a sentence.
        mend: how to mend it, a sentence; empty when there is nothing to do.
    """

    severity: Severity
    id: str
    where: Where
    what: str
    mend: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return asdict(self) | {"severity": self.severity.value, "place": str(self.where)}
