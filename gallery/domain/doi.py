"""Reading a DOI out of what somebody typed, pasted or linked."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

AT_MOST = 200  # letters, as many as a DOI has room for in the tables
READ_AT_MOST = 1000
# Servers on the way may make one slash of two.
LEADING = re.compile(
    r"^\s*[<(]?\s*(?:https?:/{1,2}(?:dx\.|www\.)?doi\.org/+|doi:\s*)?", re.IGNORECASE
)
DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+\Z")
# Where an address or a text goes on after a DOI; all of these may stand inside one too.
ENDS = re.compile(r"[\s\"'<>?#&|]")
CLOSING = ".,;:!?)]}>\"'*_/"


def dois_in(text: str) -> tuple[str, ...]:
    """What a text may mean as a DOI, in small letters, the most literal first; empty for none.

    Takes addresses of the resolver, percent-encoding (also doubled) and what clings to the end of a
    pasted link. The case of a DOI says nothing (DOI Handbook 2.4). A DOI may end with a bracket or
    a full stop, so what is given is tried as it stands before anything is cut off.

    >>> dois_in("https://doi.org/10.5281%2FZenodo.3634693).")
    ('10.5281/zenodo.3634693).', '10.5281/zenodo.3634693')
    """
    return tuple(dict.fromkeys(_candidates(text[:READ_AT_MOST])))


def resolver(doi: str) -> str:
    """Where the resolver of all DOIs has this one."""
    return f"https://doi.org/{doi}"


def _candidates(text: str) -> Iterator[str]:
    for spelled in (text, unquote(text), unquote(unquote(text))):
        bare = LEADING.sub("", spelled, count=1).strip()
        for one in (bare, ENDS.split(bare, maxsplit=1)[0]):
            for doi in (one, one.rstrip(CLOSING)):
                if len(doi) <= AT_MOST and DOI.fullmatch(doi):
                    yield doi.lower()
