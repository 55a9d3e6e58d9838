"""What to put back next: delta debugging by groups, as a pure state machine.

The search is written as if every trial were answered at once. It looks trials up among the
results there are; the first that is missing is the next to make. So nothing but the results has
to be remembered, a search that is killed goes on where it was, and nothing is asked twice.

Finding a smallest set is *ddmin* of A. Zeller and R. Hildebrandt, "Simplifying and Isolating
Failure-Inducing Input", IEEE Trans. Softw. Eng. 28 (2002) 183, doi:10.1109/32.988498.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from gallery.domain.diagnosis.change import Change

MOST = 60  # trials of one diagnosis
Keys = frozenset[str]


class Result(StrEnum):
    """What came of a trial."""

    RESTORED = "restored"
    DIFFERENT = "different"
    NONE = "no verdict"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is put back; with ``again`` nothing is, and all of it is run once more."""

    put_back: Keys
    again: bool = False


REPEATS = 2  # of the run that differs: one before all else, one before a cause is named


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the trials come to.

    Attributes:
        put_back: the changes that are enough to put back; empty when none are.
        joined: the changes that make the difference together with those; any one of them all is
            enough to put back. Empty when those alone make it.
        alone: whether those alone make the difference, everything else being as it was; None
            when that could not be tried.
        is_smallest: whether fewer would not do; False when the trials were used up before.
    """

    put_back: tuple[Change, ...] = ()
    joined: tuple[Change, ...] = ()
    alone: bool | None = None
    is_smallest: bool = True

    @property
    def cause(self) -> tuple[Change, ...]:
        """All changes that the difference takes."""
        return self.put_back + self.joined


def next_trial(
    changes: Sequence[Change],
    results: Mapping[Keys, Result],
    *,
    repeats: int = REPEATS,
    most: int = MOST,
) -> Trial | Conclusion:
    """The next trial to make, or what all trials so far come to.

    Args:
        changes: what differs, the likeliest cause first, each kind together.
        results: what came of each set of keys (``Change.key``) that was put back.
        repeats: how often the same was run again. That is the first trial of all; and the last
            before a cause is named, because a run that differs from itself by half gives the
            same twice as often as not.
        most: how many trials there may be.
    """
    if not repeats:
        return Trial(frozenset(), again=True)
    search = _Search([item for item in changes if item.can_be_put_back], results)
    try:
        found = search.conclude()
    except _MissingError as missing:
        if len(results) >= most:
            return search.used_up()
        return Trial(missing.put_back)
    return found if repeats >= REPEATS or not found.cause else Trial(frozenset(), again=True)


class _MissingError(Exception):
    """A trial has to be made first."""

    def __init__(self, put_back: Keys) -> None:
        super().__init__(sorted(put_back))
        self.put_back = put_back


@dataclass(slots=True)
class _Search:
    changes: Sequence[Change]
    results: Mapping[Keys, Result]
    by_key: dict[str, Change] = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {item.key: item for item in self.changes}

    def result(self, put_back: Sequence[str]) -> Result:
        if not put_back:
            return Result.DIFFERENT  # this is what is being diagnosed
        keys = frozenset(put_back)
        if keys not in self.results:
            raise _MissingError(keys)
        return self.results[keys]

    def is_restored(self, put_back: Sequence[str]) -> bool:
        return self.result(put_back) is Result.RESTORED

    def differs_with_only(self, new: Sequence[str]) -> bool:
        """Whether it differs when only these are new and everything else is as it was."""
        return self.result(self.others(new)) is Result.DIFFERENT

    def others(self, keys: Sequence[str]) -> list[str]:
        return [key for key in self.by_key if key not in set(keys)]

    def conclude(self) -> Conclusion:
        every = list(self.by_key)
        # All of it first: the answer is known unless Python or the machine has changed.
        if not every or self.result(every) is Result.DIFFERENT:
            return Conclusion()
        enough = self.smallest(every, self.is_restored)
        if not enough:
            return Conclusion()
        rest = self.others(enough)
        if self.differs_with_only(enough):
            return Conclusion(self.named(enough), alone=True)
        if self.result(rest) is Result.NONE:
            return Conclusion(self.named(enough), alone=None)
        joined = self.smallest(rest, lambda keys: self.differs_with_only([*enough, *keys]))
        return Conclusion(self.named(enough), self.named(joined), alone=False)

    def smallest(self, keys: Sequence[str], holds: Callable[[list[str]], bool]) -> list[str]:
        """A set of keys for which it holds, none of which can be left out; empty for none."""
        groups = self.groups(keys)
        for group in groups:
            if holds(group):
                return _ddmin([[key] for key in group], holds)
        if len(groups) == 1 or not holds(list(keys)):
            return []
        return _ddmin([[key] for key in _ddmin(groups, holds)], holds)

    def groups(self, keys: Sequence[str]) -> list[list[str]]:
        found: dict[str, list[str]] = {}
        for key in keys:
            found.setdefault(self.by_key[key].kind, []).append(key)
        return list(found.values())

    def named(self, keys: Sequence[str]) -> tuple[Change, ...]:
        return tuple(item for item in self.changes if item.key in set(keys))

    def used_up(self) -> Conclusion:
        """The least that was enough so far."""
        known = set(self.by_key)
        enough = [
            keys
            for keys, result in self.results.items()
            if result is Result.RESTORED and keys <= known
        ]
        best = min(enough, key=lambda keys: (len(keys), sorted(keys)), default=frozenset())
        return Conclusion(self.named(sorted(best)), is_smallest=False)


def _ddmin(units: list[list[str]], holds: Callable[[list[str]], bool]) -> list[str]:
    """The keys of a part of the units for which it holds; no unit of it can be left out."""
    parts = 2
    while len(units) > 1:
        chunks = _split(units, parts)
        smaller = next((chunk for chunk in chunks if holds(_flat(chunk))), None)
        if smaller is not None:
            units, parts = smaller, 2
            continue
        left = [[unit for unit in units if unit not in chunk] for chunk in chunks]
        smaller = next((rest for rest in left if parts > 2 and holds(_flat(rest))), None)  # noqa: PLR2004 -- of two, each is the other's rest
        if smaller is not None:
            units, parts = smaller, max(parts - 1, 2)
        elif parts >= len(units):
            break
        else:
            parts = min(2 * parts, len(units))
    return _flat(units)


def _split(units: list[list[str]], parts: int) -> list[list[list[str]]]:
    edges = [round(place * len(units) / parts) for place in range(parts + 1)]
    return [units[low:high] for low, high in pairwise(edges) if low < high]


def _flat(units: list[list[str]]) -> list[str]:
    return [key for unit in units for key in unit]
