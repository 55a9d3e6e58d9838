"""What readers choose figures by, and what they chose, as the address of a page holds it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

VERDICT = "verdict"
COST = "cost"
DOI = "doi"
"""Not one that readers choose by in a menu: by it a DOI leads to its figures."""
FACETS = {
    "source": "Source", "instrument": "Instrument", "messenger": "Messenger", "energy": "Energy",
    "product": "Product", "journal": "Journal", VERDICT: "Verdict", COST: "Cost",
}  # fmt: skip
"""Name of a facet → what people call it, in the order of the page."""
NOT_JUDGED = "not judged yet"
SORTS = {
    "paper": "paper by paper", "newest": "newest first", "rerun": "most re-run first",
    VERDICT: "by verdict",
}  # fmt: skip
"""How the figures may be ordered → in words; the first unless asked otherwise."""
COSTS = (
    (1.0, "under 1 s"), (10.0, "1 to 10 s"), (60.0, "10 s to 1 min"), (600.0, "1 to 10 min"),
    (3600.0, "10 min to 1 h"),
)  # fmt: skip
DEAREST = "over 1 h"
TEXT_AT_MOST = 200
WORDS_AT_MOST = 8
VALUE_AT_MOST = 100
VALUES_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figures a reader wants to see, and in what order.

    Attributes:
        text: words that each have to stand somewhere in what is known of the figure.
        term: a term of the ontology; what speaks of a narrower one is wanted too.
        values: facet → the values of which one has to be the figure's.
        table: ``<paper>/<table>``, when the rows of one table are wanted one by one.
        sort: one of ``SORTS``.
    """

    text: str = ""
    term: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    table: str = ""
    sort: str = "paper"

    @property
    def words(self) -> list[str]:
        """The words of the text."""
        return self.text.split()[:WORDS_AT_MOST]

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.text or self.term or self.values or self.table)

    def has(self, facet: str, value: str) -> bool:
        """Whether a value is chosen."""
        return value in self.values.get(facet, ())

    def toggled(self, facet: str, value: str) -> "Choice":
        """The same with a value chosen that was not, or the other way round."""
        known = self.values.get(facet, ())
        kept = tuple(item for item in known if item != value)
        return self._with(facet, kept if value in known else (*known, value))

    def without(self, facet: str) -> "Choice":
        """The same with nothing chosen of a facet."""
        return self._with(facet, ())

    def but(self, **fields: Any) -> "Choice":
        """The same with another text, term, table or order."""
        return replace(self, **fields)

    def query(self, page: int = 1) -> str:
        """The query string that says all this; empty for all figures as they come."""
        pairs = [("q", self.text), ("term", self.term)]
        pairs += [(name, value) for name in FACETS for value in self.values.get(name, ())]
        pairs += [("table", self.table), ("sort", self.sort if self.sort != "paper" else "")]
        pairs += [("page", str(page) if page > 1 else "")]
        return urlencode([(name, value) for name, value in pairs if value])

    def _with(self, facet: str, values: tuple[str, ...]) -> "Choice":
        others = {name: known for name, known in self.values.items() if name != facet}
        return replace(self, values=others | ({facet: values} if values else {}))


def choice_of(given: Mapping[str, Iterable[str]]) -> Choice:
    """What a query string asks for; what it says that is unknown or too long is left out.

    Args:
        given: name → the texts that were given under it.
    """
    values = {name: _values(given.get(name, ())) for name in FACETS}
    sort = _first(given, "sort", TEXT_AT_MOST)
    return Choice(
        text=_first(given, "q", TEXT_AT_MOST),
        term=_first(given, "term", TEXT_AT_MOST),
        values={name: found for name, found in values.items() if found},
        table=_first(given, "table", 2 * TEXT_AT_MOST),
        sort=sort if sort in SORTS else "paper",
    )


def cost_of(seconds: float) -> str:
    """The value of the facet ``cost`` for a run that took so many seconds.

    >>> cost_of(0.4), cost_of(90), cost_of(9e9)
    ('under 1 s', '1 to 10 min', 'over 1 h')
    """
    return next((name for limit, name in COSTS if seconds < limit), DEAREST)


def _values(given: Iterable[str]) -> tuple[str, ...]:
    texts = (_plain(text, VALUE_AT_MOST) for text in given)
    return tuple(dict.fromkeys(filter(None, texts)))[:VALUES_AT_MOST]


def _first(given: Mapping[str, Iterable[str]], name: str, at_most: int) -> str:
    return next((_plain(text, at_most) for text in given.get(name, ())), "")


def _plain(text: str, at_most: int) -> str:
    """The text without NUL, which PostgreSQL refuses, and without lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()[:at_most]
