"""Hierarchies: everything above and below, from who stands directly above whom."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping


def ancestors(name: str, broader: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Everything above a name and the name itself, with the shortest distance to each.

    Names that the mapping does not know end the way up; a circle is walked once.
    """
    depths = {name: 0}
    waiting = deque([name])
    while waiting:
        current = waiting.popleft()
        for above in broader.get(current, ()):
            if above not in depths and above in broader:
                depths[above] = depths[current] + 1
                waiting.append(above)
    return depths


def closure(broader: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, int]]:
    """All triples (ancestor, descendant, depth) of a hierarchy, each name at depth 0 of itself."""
    for name in broader:
        for above, depth in ancestors(name, broader).items():
            yield above, name, depth
