"""How identifiers of works are spelled: DOI, arXiv, bibcode, SWHID, handle, URN and addresses.

DOI Handbook 2.2 with the pattern that Crossref recommends for modern DOIs; arXiv identifiers as
arxiv.org describes them, old and new; bibcodes of 19 characters (Schmitz et al. 1995); SWHID 1.2
(ISO/IEC 18670) without its qualifiers' grammar; URN (RFC 8141).
"""

import re

RESOLVERS = {
    "doi": re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE),
    "arxiv": re.compile(r"^(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)", re.IGNORECASE),
    "bibcode": re.compile(r"^https?://ui\.adsabs\.harvard\.edu/abs/", re.IGNORECASE),
    "handle": re.compile(r"^(?:https?://hdl\.handle\.net/|hdl:)", re.IGNORECASE),
}
SHAPES = {
    "doi": re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]{1,300}"),
    "arxiv": re.compile(r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]+)?"),
    "bibcode": re.compile(r"(?:1[89]|2[0-9])[0-9]{2}[A-Za-z0-9.&]{14}[A-Z.]"),
    "url": re.compile(r"https?://[A-Za-z0-9\[][!-~]{2,2000}"),
    "swhid": re.compile(r"swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}(?:;[a-z]+=[!-:<-~]+)*"),
    "handle": re.compile(r"[0-9a-zA-Z.]{1,60}/[!-~]{1,300}"),
    "urn": re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:[!-~]{1,300}", re.IGNORECASE),
}
SUCH_AS = {
    "doi": "10.1051/0004-6361/202037850",
    "arxiv": "2002.12895",
    "bibcode": "2021A&A...651A..97N",
    "url": "https://example.org/page",
    "swhid": "swh:1:rev: and forty small hexadecimal digits",
    "handle": "20.500.12345/678",
    "urn": "urn:isbn:9780141036144",
}


def is_spelled(scheme: str, identifier: str) -> bool:
    """Whether the identifier has the shape of its scheme; unknown schemes have none."""
    shape = SHAPES.get(scheme)
    return shape is not None and shape.fullmatch(identifier) is not None


def bare(text: str) -> tuple[str, str]:
    """Scheme and bare identifier of what somebody pasted; scheme is empty when it does not say.

    >>> bare("https://doi.org/10.1051/0004-6361/202037850")
    ('doi', '10.1051/0004-6361/202037850')
    """
    text = text.strip()
    for scheme, resolver in RESOLVERS.items():
        found = resolver.match(text)
        if found:
            return scheme, text[found.end() :]
    return "", text


def scheme_of(identifier: str) -> str:
    """The first scheme whose shape the identifier has; empty for none."""
    order = ("doi", "arxiv", "bibcode", "swhid", "urn", "url")
    return next((scheme for scheme in order if is_spelled(scheme, identifier)), "")
