"""What a diagnosis says: its conclusion as sentences."""

from collections.abc import Sequence

from gallery.domain.diagnosis.change import NOTHING, Change, Kind
from gallery.domain.diagnosis.search import Conclusion

NAMED = 4  # changes that a sentence names; the table has them all


def explained(found: Conclusion, verdict: str) -> str:
    """What explains the difference; ``verdict`` is the one with the changes put back.

    >>> numpy = Change(Kind.ENVIRONMENT, "numpy", "1.26.4", "2.4.1")
    >>> explained(Conclusion((numpy,), alone=True), "within tolerance")
    'numpy 1.26.4 → 2.4.1 explains it: with numpy 1.26.4 put back the re-run is within tolerance.'
    """
    if found.joined:
        return _joined(found, verdict)
    put_back, one = found.put_back, len(found.put_back) == 1
    explains = "explains it" if one else "explain it together"
    parts = [f"{_list([item.text for item in put_back])} {explains}: {_with(put_back, verdict)}."]
    if not found.is_smallest:
        parts.append("The trials were used up before it was known whether fewer would do.")
    return " ".join(parts)


def unexplained(changes: Sequence[Change], *, is_complete: bool, is_clear: bool = True) -> str:
    """That no change was found to explain it, and why that may be.

    Args:
        changes: all that is known to have changed.
        is_complete: whether the search came to its end.
        is_clear: whether there was a verdict with everything put back.
    """
    if not is_complete:
        return "The trials were used up before a cause was found."
    if not is_clear:
        return (
            "With everything put back as it was there is no verdict, and no part of it explains "
            "it: the trials below say why."
        )
    fixed = [item.text for item in changes if not item.can_be_put_back]
    tried = [item for item in changes if item.can_be_put_back]
    if tried and fixed:
        return (
            "With all that can be put back as it was, the re-run is still different. "
            f"{_list(fixed)} cannot be put back here."
        )
    if fixed:
        return f"Only {_list(fixed)} changed, which cannot be put back here."
    if tried:
        return "With everything put back as it was, the re-run is still different."
    return "Nothing that is known of has changed since the earlier check."


def too_many(changes: int) -> str:
    """That so much has changed that it is not taken apart."""
    return f"{changes:,} things have changed since the earlier check: too many to try."


def by_chance(outputs: Sequence[str]) -> str:
    """That a run differs from itself."""
    return (
        f"The re-run differs from itself: asked again in full, {_list(list(outputs))} came out "
        "otherwise. The version is marked not deterministic."
    )


def restated() -> str:
    """That the statement of the paper has changed, not the re-run."""
    return (
        "What the paper is said to state explains it: the earlier re-run, judged by the present "
        "statement, is no better."
    )


def nothing_to_put_back(*, gave_the_same: bool) -> str:
    """That there is no earlier check to compare with."""
    text = "No earlier check came nearer to the paper, so there is nothing to put back."
    return f"{text} Run again in full, it gave the same." if gave_the_same else text


def _joined(found: Conclusion, verdict: str) -> str:
    text = _list([item.text for item in found.cause])
    return (
        f"{text} explain it together: neither makes the difference without the other, and "
        f"{_with(found.put_back, verdict)}."
        if len(found.cause) == 2  # noqa: PLR2004 -- a pair
        else f"{text} explain it together: it takes all of them, and "
        f"{_with(found.put_back, verdict)}."
    )


def _with(put_back: Sequence[Change], verdict: str) -> str:
    if len(put_back) > NAMED:
        return f"with these {len(put_back)} as they were the re-run is {verdict}"
    return f"with {_as_they_were(put_back)} the re-run is {verdict}"


def _as_they_were(changes: Sequence[Change]) -> str:
    """Changes that were undone: ``numpy 1.26.4 put back and extra left out``."""
    there = [_earlier(item) for item in changes if item.before != NOTHING]
    new = [item.name for item in changes if item.before == NOTHING]
    parts = [f"{_list(there)} put back"] if there else []
    return " and ".join([*parts, f"{_list(new)} left out"] if new else parts)


def _earlier(change: Change) -> str:
    if change.kind in (Kind.DATA, Kind.CODE):
        return f"the earlier {change.name}"
    return f"{change.name} {change.before}"


def _list(texts: list[str]) -> str:
    """Texts as a sentence lists them."""
    if len(texts) > NAMED:
        texts = [*texts[:NAMED], f"{len(texts) - NAMED} more"]
    *first, last = texts or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def tried(put_back: Sequence[Change], new: Sequence[Change]) -> str:
    """What a trial had put back, or what alone it left new when that is shorter to say."""
    if not new:
        return "Everything as it was"
    if len(put_back) > NAMED and len(new) < len(put_back):
        return f"Everything as it was but {_list([item.text for item in new])}"
    return _as_they_were(put_back)
