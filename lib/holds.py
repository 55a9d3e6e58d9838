"""Holds: which bytes of the store an app cannot do without, whatever the products' table says.

The same bytes may be a product and a file of an entry, or a deposited crate that somebody uploaded
again. Each app adds a function when it is loaded; before bytes are removed, all of them are asked.
"""

from collections.abc import Callable, Collection

Hold = Callable[[Collection[str]], set[str]]
"""Which of some digests the app holds."""
_added: dict[str, Hold] = {}


def add(name: str, hold: Hold) -> None:
    """Add the holds of an app; the same name again replaces them."""
    _added[name] = hold


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that some app holds."""
    return {name for hold in _added.values() for name in hold(digests)} & set(digests)
