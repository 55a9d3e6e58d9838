"""Changes: what differs between two re-runs, one thing at a time."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

NOTHING = "nothing"


class Kind(StrEnum):
    """What sort of thing has changed, the likeliest cause first."""

    ENVIRONMENT = "environment"
    DATA = "data"
    CODE = "code"
    PARAMETER = "parameter"
    SEED = "seed"
    PLATFORM = "platform"
    STATEMENT = "statement"
    CHANCE = "chance"

    @property
    def in_words(self) -> str:
        """What a page calls it."""
        return IN_WORDS[self]


IN_WORDS = {
    Kind.ENVIRONMENT: "package",
    Kind.DATA: "data file",
    Kind.CODE: "code file",
    Kind.PARAMETER: "parameter",
    Kind.SEED: "random seed",
    Kind.PLATFORM: "Python or machine",
    Kind.STATEMENT: "what the paper states",
    Kind.CHANCE: "not deterministic",
}
ORDER = tuple(Kind)
PUT_BACK = frozenset({Kind.ENVIRONMENT, Kind.DATA, Kind.CODE, Kind.PARAMETER, Kind.SEED})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was.

    Attributes:
        kind: what sort of thing.
        name: the package, file or parameter; ``seed`` for the seed.
        before: how it was, in words; ``nothing`` when it was not there.
        after: how it is now, in words.
        note: what else helps to find it, such as the commits.
    """

    kind: Kind
    name: str
    before: str
    after: str
    note: str = ""

    @property
    def key(self) -> str:
        """What names it among the changes of a diagnosis."""
        return f"{self.kind.value}:{self.name}"

    @property
    def can_be_put_back(self) -> bool:
        """Whether a trial can have it as it was."""
        return self.kind in PUT_BACK

    @property
    def text(self) -> str:
        """The change in a few words.

        >>> Change(Kind.ENVIRONMENT, "numpy", "1.26.4", "2.4.1").text
        'numpy 1.26.4 → 2.4.1'
        """
        if self.kind is Kind.CHANCE:
            return self.name
        note = f" ({self.note})" if self.note else ""
        if self.before == NOTHING:
            return f"new {self.name} {self.after}{note}"
        if self.after == NOTHING:
            return f"missing {self.name} {self.before}{note}"
        return f"{self.name} {self.before} → {self.after}{note}"

    def to_json(self) -> dict[str, Any]:
        """The change as plain JSON values."""
        return asdict(self) | {"kind": self.kind.value}


def change_from_json(content: dict[str, Any]) -> Change:
    """The change that ``Change.to_json`` gave."""
    return Change(**content | {"kind": Kind(content["kind"])})
