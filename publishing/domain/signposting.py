"""Signposting: typed links that lead machines from a landing page to its content, and back.

Relations as in signposting.org/FAIR (levels 1 and 2), header syntax RFC 8288, sets RFC 9264.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Context:
    """The links of one thing.

    Attributes:
        anchor: absolute address of the thing.
        links: where they lead from it.
    """

    anchor: str
    links: tuple[Link, ...]


def header(links: Iterable[Link]) -> str:
    """The links as one ``Link`` header."""
    return ", ".join(_one(link) for link in links)


def linkset(contexts: Iterable[Context]) -> str:
    """The links of a page, and of what it leads to, as ``application/linkset+json``."""
    return json.dumps({"linkset": [_context(context) for context in contexts]}, indent=1) + "\n"


def linkset_text(contexts: Iterable[Context]) -> str:
    """The same as ``application/linkset``: the syntax of the header, an anchor on each link."""
    lines = [
        f'{_one(link)}; anchor="{_address(context.anchor)}"'
        for context in contexts
        for link in context.links
    ]
    return ",\n".join(lines) + "\n"


def _context(context: Context) -> dict[str, object]:
    found: dict[str, object] = {"anchor": _address(context.anchor)}
    targets: dict[str, list[dict[str, object]]] = defaultdict(list)
    for link in context.links:
        targets[link.relation].append(_target(link))
    return found | dict(targets)


def _one(link: Link) -> str:
    more = {"type": link.media_type, "profile": link.profile}
    parts = "".join(f'; {name}="{_quoted(value)}"' for name, value in more.items() if value)
    return f'<{_address(link.target)}>; rel="{link.relation}"{parts}'


def _target(link: Link) -> dict[str, object]:
    known: dict[str, object] = {"href": _address(link.target)}
    if link.media_type:
        known["type"] = link.media_type
    # RFC 9264 would have a list; Signposting's examples and its library have one text.
    return known | ({"profile": link.profile} if link.profile else {})


def _quoted(text: str) -> str:
    """A text that cannot end its quotes."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '"\\')


def _address(text: str) -> str:
    """An address that cannot end its brackets or its header early."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '<>" ')
