"""How a release is cited: a line for people and an entry for BibTeX."""

from dataclasses import dataclass

from catalogue.domain.entry import Person

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited."""

    key: str
    title: str
    people: tuple[Person, ...]
    year: int
    doi: str
    url: str


def text(cited: Cited) -> str:
    """The citation as one line, as reference lists print it."""
    people = "; ".join(_listed(person) for person in cited.people if person.name) or "Anonymous"
    return f"{people} ({cited.year}): {cited.title}. Reprise. {cited.url}"


def bibtex(cited: Cited) -> str:
    """The citation as a BibTeX entry; characters that TeX reads as commands are escaped."""
    people = " and ".join(_bibtex_name(person) for person in cited.people if person.name)
    fields = {
        "author": people or "{Anonymous}",
        "title": f"{{{_escaped(cited.title)}}}",
        "year": str(cited.year),
        "publisher": "Reprise",
        "doi": _escaped(cited.doi),
        "url": cited.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}"])


def _listed(person: Person) -> str:
    initials = " ".join(f"{part[0]}." for part in person.given.split())
    return f"{person.family}, {initials}" if initials and person.family else person.name


def _bibtex_name(person: Person) -> str:
    if person.given and person.family:
        return f"{_escaped(person.family)}, {_escaped(person.given)}"
    return f"{{{_escaped(person.name)}}}"  # an organisation: its name is not to be taken apart


def _escaped(words: str) -> str:
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(words.split()))
