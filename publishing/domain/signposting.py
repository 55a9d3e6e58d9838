"""Signposting: typed links that lead machines from a landing page to its content.

Relations as in signposting.org/FAIR (levels 1 and 2), header syntax RFC 8288, sets RFC 9264.
"""

import json
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link.

    Attributes:
        relation: such as ``cite-as``.
        target: absolute address.
        media_type: of what is there; empty when it does not matter.
        profile: address of the profile that it follows; empty for none.
    """

    relation: str
    target: str
    media_type: str = ""
    profile: str = ""


def header(links: tuple[Link, ...]) -> str:
    """The links as one ``Link`` header."""
    return ", ".join(_one(link) for link in links)


def linkset(anchor: str, links: tuple[Link, ...]) -> str:
    """The links of a page as ``application/linkset+json``."""
    found: dict[str, object] = {"anchor": anchor}
    targets: dict[str, list[dict[str, object]]] = defaultdict(list)
    for link in links:
        targets[link.relation].append(_target(link))
    return json.dumps({"linkset": [found | dict(targets)]}, indent=1)


def _one(link: Link) -> str:
    more = {"type": link.media_type, "profile": link.profile}
    parts = "".join(f'; {name}="{value}"' for name, value in more.items() if value)
    return f'<{_address(link.target)}>; rel="{link.relation}"{parts}'


def _target(link: Link) -> dict[str, object]:
    known: dict[str, object] = {"href": _address(link.target)}
    if link.media_type:
        known["type"] = link.media_type
    return known | ({"profile": [link.profile]} if link.profile else {})


def _address(text: str) -> str:
    """An address that cannot end its brackets or its header early."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '<>" ')
