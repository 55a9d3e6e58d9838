"""Papers as BibTeX, in ASCII that both old and new BibTeX read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
    "\u0328": "k",
}  # fmt: skip
"""Combining mark → the LaTeX accent that sets it."""
LETTERS = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    # BibTeX counts braces even behind a backslash, so none may stand alone.
    "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "<": r"{\textless}",
    ">": r"{\textgreater}", "ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "æ": r"{\ae}",
    "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ł": r"{\l}", "Ł": r"{\L}", "đ": r"{\dj}",
    "Đ": r"{\DJ}", "\u0131": r"{\i}", "\u2010": "-", "\u2013": "--", "\u2014": "---",
    "\u2018": "`", "\u2019": "'", "\u201c": "``", "\u201d": "''", "\u00a0": " ",
}  # fmt: skip
JOURNAL = re.compile(r"^(?P<journal>.+?)\s+(?P<volume>\d+)\s*,\s*(?P<pages>[\w.-]+)\Z")
GROUP = re.compile(r"\b(collaboration|team|consortium|group)\b|\band\b", re.IGNORECASE)
OTHERS = re.compile(r"^et\.? al\.?\Z", re.IGNORECASE)
BARE = {"{": "%7B", "}": "%7D", "\\": "%5C"}
ADS = "https://ui.adsabs.harvard.edu/abs/"


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation says of a paper; empty where nothing is known."""

    title: str
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    doi: str = ""
    arxiv: str = ""
    bibcode: str = ""


def key_of(paper: Cited) -> str:
    """Surname of the first author and year, such as ``Neronov2021``; letters and digits only."""
    first = paper.authors[0] if paper.authors else "Anonymous"
    surname = first.split(",", 1)[0] if "," in first else first.split(" ")[-1]
    folded = unicodedata.normalize("NFKD", surname)
    plain = "".join(letter for letter in folded if letter.isascii() and letter.isalpha())
    return f"{plain or 'Anonymous'}{paper.year or ''}"


def bibtex(paper: Cited, letter: str = "") -> str:
    """The entry of a paper.

    Args:
        paper: what is cited.
        letter: what tells it from others of the same author and year; empty when it is alone.
    """
    kind = "article" if paper.journal else "misc"
    fields = "".join(f"  {name} = {{{text}}},\n" for name, text in _fields(paper) if text)
    return f"@{kind}{{{key_of(paper)}{letter},\n{fields}}}\n"


def _fields(paper: Cited) -> Iterator[tuple[str, str]]:
    yield "author", " and ".join(map(_author, paper.authors))
    yield "title", f"{{{escaped(paper.title)}}}"
    found = JOURNAL.match(paper.journal)
    parts = found.groupdict() if found else {"journal": paper.journal}
    yield from ((name, escaped(text)) for name, text in parts.items())
    yield "year", str(paper.year or "")
    yield "doi", _bare(paper.doi)
    if paper.arxiv:
        yield "eprint", _bare(paper.arxiv)
        yield "archivePrefix", "arXiv"
    yield "adsurl", ADS + _bare(paper.bibcode) if paper.bibcode else ""


def _author(name: str) -> str:
    if OTHERS.match(name.strip()):
        return "others"
    text = escaped(name)
    return f"{{{text}}}" if "," not in name and GROUP.search(name) else text


def escaped(text: str) -> str:
    """A text on one line, with what LaTeX reads as a command or cannot read spelled out."""
    return "".join(_letters(" ".join(text.split())))


def _letters(text: Iterable[str]) -> Iterator[str]:
    for letter in text:
        if letter.isascii() or letter in LETTERS:
            yield LETTERS.get(letter, letter if letter.isprintable() else "")
            continue
        parts = unicodedata.normalize("NFD", letter)
        base, accent = parts[0], ACCENTS.get(parts[1:], "")
        if base.isascii() and accent:
            yield f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
        elif letter.isprintable():
            yield letter


def _bare(text: str) -> str:
    """An identifier as it is: what a link is made of is not escaped, yet braces must balance."""
    return "".join(BARE.get(letter, letter) for letter in " ".join(text.split()))
