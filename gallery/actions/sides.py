"""What two runs come to side by side."""

from dataclasses import dataclass

from executor.models import Output
from gallery.domain.comparison import Outcome
from gallery.domain.diagnosis import Change
from gallery.domain.sidebyside import NumberRow, Overlay


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture that both runs gave.

    Attributes:
        name: of the output.
        label: what it is, for people.
        published: the other run's.
        mine: this run's.
        overlay: both plots over one another; None when not both keep plotted numbers of a series.
        notes: what could not be compared.
    """

    name: str
    label: str
    published: Output
    mine: Output
    overlay: Overlay | None
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether both are one file, byte for byte."""
        return self.published.product_id == self.mine.product_id


@dataclass(frozen=True, slots=True)
class Compared:
    """A whole product that both runs gave, and what the comparison came to."""

    name: str
    label: str
    published: Output
    mine: Output
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two runs.

    Attributes:
        changes: parameters, packages, code and data that differ.
        numbers: every number that both gave.
        pictures: pictures of both.
        products: tables, images and files of both.
        notes: outputs of one alone, and those whose bytes are not kept.
    """

    changes: tuple[Change, ...]
    numbers: tuple[NumberRow, ...]
    pictures: tuple[Pair, ...]
    products: tuple[Compared, ...]
    notes: tuple[str, ...]

    @property
    def changed(self) -> list[NumberRow]:
        """The numbers that are not the same."""
        return [row for row in self.numbers if not row.is_same]

    @property
    def same_count(self) -> int:
        """How many numbers are the same."""
        return len(self.numbers) - len(self.changed)
