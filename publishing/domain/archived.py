"""Where source code is archived: SWHIDs, and addresses at forges.

A SWHID (ISO/IEC 18670) names the bytes themselves: ``swh:1:rev:<40 hexadecimal digits>``, with
qualifiers such as ``;origin=https://…`` that say where it was seen. An address says only a place.
"""

import re
from urllib.parse import urlsplit

from publishing.domain.credits import web_address

CORE = r"swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}"
PLAIN = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,=%]"  # of IRIs, without what needs escaping
QUALIFIERS = {
    "origin": re.compile(rf"[a-z][a-z0-9+.-]*://{PLAIN}+"),
    "visit": re.compile(r"swh:1:snp:[0-9a-f]{40}"),
    "anchor": re.compile(r"swh:1:(?:snp|rel|rev|dir):[0-9a-f]{40}"),
    "path": re.compile(rf"/{PLAIN}*"),
    "lines": re.compile(r"[0-9]+(?:-[0-9]+)?"),
    "bytes": re.compile(r"[0-9]+(?:-[0-9]+)?"),
}
AT_MOST = 300


class UnreadError(ValueError):
    """The text names no archived source; its words say why, and what to write."""


def archived_source(text: str) -> tuple[str, str]:
    """Scheme (``swhid`` or ``url``) and identifier of archived source.

    Raises:
        UnreadError: it is neither a SWHID nor a web address.
    """
    bare = text.strip()
    if len(bare) > AT_MOST:
        raise UnreadError(f"It is longer than {AT_MOST} characters.")
    if bare.lower().startswith("swh:"):
        return "swhid", _swhid(bare)
    return "url", _address(bare)


def _swhid(text: str) -> str:
    core, *qualifiers = text.split(";")
    if not re.fullmatch(CORE, core):
        raise UnreadError(
            "A SWHID is swh:1:, then rev, rel, dir, cnt or snp, a colon and 40 hexadecimal digits "
            "in small letters."
        )
    seen = set()
    for qualifier in qualifiers:
        name, _equals, value = qualifier.partition("=")
        shape = QUALIFIERS.get(name)
        if shape is None or name in seen or not shape.fullmatch(value):
            raise UnreadError(
                f"The qualifier {name[:20]!r} of the SWHID is unknown, given twice or misspelled: "
                f"there are {', '.join(QUALIFIERS)}."
            )
        seen.add(name)
    return text


def _address(text: str) -> str:
    address = web_address(text)
    parts = urlsplit(address)
    if parts.scheme != "https" or "." not in (parts.hostname or ""):
        raise UnreadError(
            "Write a SWHID (swh:1:rev:…), or the https address of the source at its forge."
        )
    if parts.username is not None or parts.password is not None:
        raise UnreadError("The address holds a name or password: leave it out.")
    return address
