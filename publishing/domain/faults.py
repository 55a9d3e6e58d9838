"""Faults of a record, field by field: what no repository, or no reader, could make sense of.

The same rules judge what somebody writes into a draft and what a draft took from the catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta

from publishing.domain.identifiers import SHAPES, SUCH_AS, is_spelled
from publishing.domain.letters import strange_letter
from publishing.domain.licences import conflict, is_simple, licence_spelled
from publishing.domain.orcid import orcid_checks, orcid_spelled, ror_checks, ror_spelled
from publishing.domain.record import Contributor, Funding, Record, Related
from publishing.domain.vocabulary import KINDS, RELATIONS, ROLES

EMBARGO_AT_MOST = timedelta(days=3653)  # ten years
PARTS = {"code": "the code", "data": "the data", "text": "the texts"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that has to be mended before a release can be frozen.

    Attributes:
        field: path in the form and the API, such as ``people.0.orcid``.
        rule: stable name, such as ``orcid-checksum``.
        what: what is wrong, a sentence.
        mend: what to do, a sentence.
    """

    field: str
    rule: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what} {self.mend}"


def faults_of(record: Record, today: date) -> tuple[Fault, ...]:
    """All faults of a record; ``today`` is the day on which it is looked at."""
    return (
        *_letters(record), *_licences(record), *_people(record), *_funding(record.funding),
        *_related(record.related), *_embargo(record, today),
    )  # fmt: skip


def _letters(record: Record) -> Iterator[Fault]:
    for path, text in texts_of(record):
        found = strange_letter(text, lines=path in {"description", "embargo_reason"})
        if found:
            yield Fault(path, "letters", f"It has {found}.", "Type it again without.")


def texts_of(record: Record) -> Iterator[tuple[str, str]]:
    """Path and text of everything that people wrote."""
    yield "title", record.title
    yield "description", record.description
    yield "embargo_reason", record.embargo_reason
    yield from ((f"keywords.{at}", word) for at, word in enumerate(record.keywords))
    lists: tuple[tuple[str, tuple[Contributor | Funding | Related, ...]], ...] = (
        ("people", record.contributors), ("funding", record.funding), ("related", record.related),
    )  # fmt: skip
    for name, items in lists:
        for at, item in enumerate(items):
            yield from _texts_in(f"{name}.{at}", item)


def _texts_in(path: str, item: Contributor | Funding | Related) -> Iterator[tuple[str, str]]:
    for field in fields(item):
        value = getattr(item, field.name)
        if isinstance(value, str):
            yield f"{path}.{field.name}", value


def _licences(record: Record) -> Iterator[Fault]:
    whole = licence_spelled(record.licence)
    if record.licence and not whole:
        yield _not_spdx("licence", record.licence)
    elif record.licence and not is_simple(whole):
        yield Fault("licence", "licence-one", "The whole has several licences.",
                    "Repositories take one: name it here, and those of parts below.")  # fmt: skip
    for name, words in PARTS.items():
        licence: str = getattr(record.licences, name)
        part = licence_spelled(licence)
        if licence and not part:
            yield _not_spdx(f"licences.{name}", licence)
        why = conflict(whole, part) if whole and part else ""
        if why:
            yield Fault(
                f"licences.{name}", "licences-apart",
                f"The licence of {words} does not go together with that of the whole: {why}.",
                f"Give the whole {part}, or {words} what its owners allow besides.",
            )  # fmt: skip


def _not_spdx(path: str, licence: str) -> Fault:
    return Fault(
        path, "spdx", f"The licence {licence[:60]!r} is no SPDX identifier.",
        "spdx.org/licenses lists them: CC-BY-4.0, BSD-3-Clause and so on.",
    )  # fmt: skip


def _people(record: Record) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for at, person in enumerate(record.contributors):
        yield from _person(f"people.{at}", person)
        for mark in _marks(person):
            if mark in seen:
                yield Fault(
                    f"people.{at}", "twice",
                    f"{person.name or 'Somebody'} is there already as number {seen[mark] + 1}.",
                    "Name everybody once, with all their roles.",
                )  # fmt: skip
                break
            seen[mark] = at


def _marks(person: Contributor) -> Iterator[str]:
    orcid = orcid_spelled(person.orcid)
    if orcid:
        yield orcid
    elif person.name.strip():  # people of one name may be told apart by their ORCIDs
        yield " ".join(person.name.casefold().split())


def _person(path: str, person: Contributor) -> Iterator[Fault]:
    if not person.name.strip():
        yield Fault(
            f"{path}.family", "name", "Somebody has no name.", "Write it, or take them out."
        )
    yield from _orcid(f"{path}.orcid", person.orcid)
    yield from _ror(f"{path}.ror", person.ror)
    unknown = [role for role in person.roles if role not in ROLES]
    if unknown:
        yield Fault(
            f"{path}.roles", "role", f"There is no role {unknown[0][:40]!r}.",
            "Roles are author and the contributor types of DataCite, such as DataCurator.",
        )  # fmt: skip


def _orcid(path: str, orcid: str) -> Iterator[Fault]:
    spelled = orcid_spelled(orcid)
    if orcid and not spelled:
        yield Fault(path, "orcid-shape", "This is not shaped as an ORCID is.",
                    "Copy it from the person's page, such as 0000-0002-1825-0097.")  # fmt: skip
    elif spelled and not orcid_checks(spelled):
        yield Fault(path, "orcid-checksum", "No such ORCID can be: its last digit does not fit.",
                    "A digit was mistyped: copy it from the person's page.")  # fmt: skip


def _ror(path: str, ror: str) -> Iterator[Fault]:
    spelled = ror_spelled(ror)
    if ror and not spelled:
        yield Fault(path, "ror-shape", "This is not shaped as a ROR is.",
                    "Find the organisation at ror.org, such as 01swzsf04.")  # fmt: skip
    elif spelled and not ror_checks(spelled):
        yield Fault(path, "ror-checksum", "No such ROR can be: its last two digits do not fit.",
                    "A letter was mistyped: find the organisation at ror.org.")  # fmt: skip


def _funding(funding: tuple[Funding, ...]) -> Iterator[Fault]:
    for at, item in enumerate(funding):
        if not item.funder.strip():
            yield Fault(f"funding.{at}.funder", "funder", "An award has no funder.",
                        "Write who paid, or take it out.")  # fmt: skip
        yield from _ror(f"funding.{at}.ror", item.ror)
        if item.url and not is_spelled("url", item.url):
            yield Fault(f"funding.{at}.url", "url", "This is no web address.",
                        "Write one that begins with https://.")  # fmt: skip


def _related(related: tuple[Related, ...]) -> Iterator[Fault]:
    seen = set()
    for at, item in enumerate(related):
        path, mark = f"related.{at}", (item.scheme, item.identifier.lower(), item.relation)
        yield from _work(path, item)
        if mark in seen:
            yield Fault(path, "twice", "This work is there already with the same relation.",
                        "Take it out here.")  # fmt: skip
        seen.add(mark)


def _work(path: str, item: Related) -> Iterator[Fault]:
    if item.scheme not in SHAPES:
        yield Fault(f"{path}.identifier", "identifier",
                    f"{item.identifier[:60]!r} is spelled as no identifier that we know is.",
                    "Write a DOI, arXiv number, bibcode, SWHID or web address.")  # fmt: skip
    elif not is_spelled(item.scheme, item.identifier):
        yield Fault(f"{path}.identifier", item.scheme,
                    f"{item.identifier[:60]!r} is not spelled as {_a(item.scheme)} is.",
                    f"They look like {SUCH_AS[item.scheme]}.")  # fmt: skip
    if item.relation not in RELATIONS:
        yield Fault(f"{path}.relation", "relation", f"There is no relation {item.relation[:40]!r}.",
                    "Relations are those of DataCite, such as IsSupplementTo.")  # fmt: skip
    if item.kind and item.kind not in KINDS:
        yield Fault(f"{path}.kind", "kind", f"There is no kind of work {item.kind[:40]!r}.",
                    "Kinds are those of DataCite, such as JournalArticle.")  # fmt: skip


def _a(scheme: str) -> str:
    return {"doi": "a DOI", "arxiv": "an arXiv number", "url": "a https address",
            "swhid": "a SWHID", "urn": "a URN"}.get(scheme, f"a {scheme}")  # fmt: skip


def _embargo(record: Record, today: date) -> Iterator[Fault]:
    if record.embargo is None:
        return
    if record.embargo <= today:
        yield Fault("embargo", "embargo-past",
                    f"The embargo ends on {record.embargo}, which is not after today.",
                    "Choose a later day, or none: then all is open at once.")  # fmt: skip
    elif record.embargo > today + EMBARGO_AT_MOST:
        yield Fault("embargo", "embargo-far",
                    f"The embargo ends on {record.embargo}, more than ten years from now.",
                    "Choose a day that somebody will wait for.")  # fmt: skip
