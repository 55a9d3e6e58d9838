"""Choosing: the facets as links, each with how many figures it would leave."""

from dataclasses import dataclass

from django.http import HttpRequest

from gallery.domain.facets import FACETS, SORTS, VERDICT, Choice, choice_of
from gallery.domain.tiles import STEPS
from gallery.queries import facet_counts

VALUES_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: how many figures have it, and the query that adds or removes it."""

    text: str
    count: int
    chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class FacetMenu:
    """A facet with its values, those with most figures first."""

    name: str
    title: str
    values: list[Value]
    more: int

    @property
    def chosen(self) -> int:
        """How many of its values are chosen."""
        return sum(value.chosen for value in self.values)


@dataclass(frozen=True, slots=True)
class Removable:
    """Something chosen, and the query without it."""

    name: str
    text: str
    query: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the list, and the query for it."""

    text: str
    chosen: bool
    query: str


def choice_in(request: HttpRequest) -> Choice:
    """What a request's query string asks for."""
    return choice_of(dict(request.GET.lists()))


def menus(choice: Choice) -> list[FacetMenu]:
    """Every facet that has values among what the other choices leave."""
    counts = facet_counts(choice)
    made = (_menu(choice, name, counts.get(name, {})) for name in FACETS)
    return [menu for menu in made if menu.values]


def removable(choice: Choice) -> list[Removable]:
    """All that was chosen, each with the way to drop it."""
    texts = [
        Removable("Words", choice.text, choice.but(text="").query()),
        Removable("Term", choice.term, choice.but(term="").query()),
        Removable("Rows of", choice.table.partition("/")[2], choice.but(table="").query()),
    ]
    values = [
        Removable(title, value, choice.toggled(name, value).query())
        for name, title in FACETS.items()
        for value in choice.values.get(name, ())
    ]
    return [item for item in (*texts, *values) if item.text]


def orders(choice: Choice) -> list[Order]:
    """The orders that a list may have."""
    return [
        Order(text, name == choice.sort, choice.but(sort=name).query())
        for name, text in SORTS.items()
    ]


def _menu(choice: Choice, name: str, counts: dict[str, int]) -> FacetMenu:
    # What is chosen stays to be seen, even where the other choices leave nothing of it.
    known = dict.fromkeys(choice.values.get(name, ()), 0) | counts
    texts = sorted(known, key=lambda text: _place(name, text, known[text]))
    values = [
        Value(text, known[text], choice.has(name, text), choice.toggled(name, text).query())
        for text in texts[:VALUES_SHOWN]
    ]
    return FacetMenu(name, FACETS[name], values, max(0, len(texts) - VALUES_SHOWN))


def _place(name: str, text: str, count: int) -> tuple[int, str]:
    if name == VERDICT:
        return (STEPS.index(text) if text in STEPS else len(STEPS), text)
    return (-count, text.lower())
