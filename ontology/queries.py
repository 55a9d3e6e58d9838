"""Reads of terms that more than one place needs."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from ontology.domain.vocabularies import OURS
from ontology.models import Term, Vocabulary

LONGEST_SEARCH = 100


def term_by_name(name: str) -> Term | None:
    """The term of this name, or None."""
    return Term.objects.filter(name=_plain(name)).first()


def _plain(name: str) -> str:
    """The name, or one that no term has: PostgreSQL refuses to look for NUL."""
    return "" if "\x00" in name else name


def narrower(name: str) -> list[Term]:
    """A term and all terms below it, the nearest first; empty when the name is unknown."""
    below = Term.objects.filter(above__ancestor__name=_plain(name))
    return list(below.order_by("above__depth", "name"))


def broader(name: str) -> list[Term]:
    """All terms above a term, the nearest first; the term itself is not among them."""
    above = Term.objects.filter(below__descendant__name=_plain(name), below__depth__gt=0)
    return list(above.order_by("below__depth", "name"))


def directly_narrower(name: str) -> list[Term]:
    """The terms one step below a term, by name."""
    below = Term.objects.filter(above__ancestor__name=_plain(name), above__depth=1)
    return list(below.order_by("name"))


def search_terms(text: str, limit: int = 20) -> list[Term]:
    """Terms whose name or labels contain the words, the best first.

    What begins with the text comes before what only contains it; ours before others; short before
    long.
    """
    return list(matching(text)[:limit])


def matching(text: str) -> QuerySet[Term]:
    """The terms `search_terms` chooses from, in its order; all terms of ours first for no text."""
    wanted = text.replace("\x00", "").strip().lower()[:LONGEST_SEARCH]
    rank = Case(
        When(label__iexact=wanted, then=Value(0)),
        When(Q(label__istartswith=wanted) | Q(name__istartswith=wanted), then=Value(1)),
        When(words__contains=f"\n{wanted}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    ours = Case(When(scheme=OURS, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Term.objects.filter(words__contains=wanted)
    return found.order_by(rank, ours, Length("label"), "name")


def vocabulary_of(term: Term) -> Vocabulary | None:
    """The vocabulary a term comes from, with its licence."""
    return Vocabulary.objects.filter(scheme=term.scheme).first()
