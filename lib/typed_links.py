"""Typed links: what the answer for a thing of a lower app says of what an upper app knows of it.

The bytes of a product are sent by the executor, yet publishing knows which releases hold them. The
upper app adds a function when it is loaded; the lower app asks all of them (RFC 8288).
"""

from collections.abc import Callable

Linker = Callable[[str], str]
"""Name of a thing → some links as a ``Link`` header has them; empty for none."""
_added: dict[str, dict[str, Linker]] = {}


def add(kind: str, name: str, linker: Linker) -> None:
    """Add what an app links a kind of thing to; the same name again replaces it."""
    _added.setdefault(kind, {})[name] = linker


def of(kind: str, thing: str) -> str:
    """The links of a thing by its name, as one header; empty for none."""
    found = (linker(thing) for linker in _added.get(kind, {}).values())
    return ", ".join(links for links in found if links)
