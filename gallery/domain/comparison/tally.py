"""Counts what was compared and puts it into a verdict and a sentence."""

from dataclasses import dataclass, field

import numpy as np

from gallery.domain.comparison.fields import Compared, Field, compare_field, worst_of
from gallery.domain.comparison.outcome import Outcome, Worst
from gallery.domain.comparison.residuals import residual
from gallery.domain.verdict import Verdict

NOTES_AT_MOST = 20
KEPT_AT_MOST = 8  # fields that a residual shows
CONSTANT = 1e-6  # relative spread of a factor or an offset that is called constant


@dataclass(slots=True)
class Tally:
    """What a comparator has found so far.

    Attributes:
        comparator: which it is.
        values: how many values were compared.
        unequal: how many of them are not equal.
        off: how many are outside their tolerance.
        notes: what does not matter to the verdict, and what helps to understand it.
        differences: sentences on what is different beyond single values, such as missing rows.
        obstacles: sentences on what could not be compared.
        shown: the fields that are furthest off.
    """

    comparator: str
    values: int = 0
    unequal: int = 0
    off: int = 0
    notes: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    shown: list[Compared] = field(default_factory=list)

    def add(self, pair: Field, *, patterns: bool = True) -> Compared:
        """Compare two arrays and count them."""
        compared = compare_field(pair)
        self.values += compared.values
        self.unequal += compared.unequal
        self.off += compared.off
        if compared.unequal:
            self._show(compared, patterns=patterns)
        return compared

    def _show(self, compared: Compared, *, patterns: bool) -> None:
        chi2 = compared.chi2
        name = compared.field.name
        if chi2 and chi2[1] > 1:
            self.note(f"{name}: chi2 = {chi2[0]:.4g} for {chi2[1]} values with errors")
        if compared.off and patterns and (words := pattern(compared)):
            self.note(f"{name}: {words}")
        self.shown.append(compared)
        self.shown.sort(key=lambda item: (-item.off, -item.unequal))
        del self.shown[KEPT_AT_MOST:]

    def note(self, sentence: str) -> None:
        """Add a note, once, while there is room."""
        if sentence not in self.notes and len(self.notes) < NOTES_AT_MOST:
            self.notes.append(sentence)

    def lacks(self, count: int, sentence: str) -> None:
        """Count values that only one side has as outside any tolerance."""
        self.values += count
        self.unequal += count
        self.off += count
        self.differences.append(sentence)

    def bends(self, sentence: str) -> None:
        """Count one thing that is not equal but within its tolerance."""
        self.values += 1
        self.unequal += 1
        self.note(sentence)

    def blocks(self, sentence: str) -> None:
        """Add what could not be compared."""
        if sentence not in self.obstacles and len(self.obstacles) < NOTES_AT_MOST:
            self.obstacles.append(sentence)

    @property
    def verdict(self) -> Verdict:
        """What it comes to so far: a difference outweighs what could not be compared."""
        if self.off:
            return Verdict.DIFFERENT
        if self.obstacles or not self.values:
            return Verdict.NOT_COMPARABLE
        return Verdict.WITHIN_TOLERANCE if self.unequal else Verdict.IDENTICAL

    @property
    def worst(self) -> Worst | None:
        """The value furthest off: by sigmas where all have errors, by fraction otherwise."""
        found = [worst for item in self.shown if (worst := worst_of(item))]
        if self.off:
            outside = [worst_of(item) for item in self.shown if item.off]
            found = [worst for worst in outside if worst]
        return max(found, key=_weight, default=None)

    def outcome(self, verdict: Verdict | None = None, sentence: str = "") -> Outcome:
        """Everything in one; the verdict and sentence are the tally's own unless given."""
        decided = verdict or self.verdict
        return Outcome(
            decided, sentence or self.sentence(), self.comparator, self.values, self.off,
            self.worst, tuple(self.notes), residual(self.shown),
        )  # fmt: skip

    def sentence(self) -> str:
        """The verdict in words and numbers."""
        parts = [*self.differences[:2], *self.obstacles[:2]]
        more = len(self.differences) + len(self.obstacles) - len(parts)
        parts += [f"{more} more such things are not listed"] if more > 0 else []
        if self.values:
            parts.append(self._counted())
        elif not parts:
            parts.append("There is no value to compare")
        return f"{'; '.join(parts)}."

    def _counted(self) -> str:
        values = "1 value" if self.values == 1 else f"{self.values:,} values"
        if not self.unequal:
            return f"{values} compared, all equal"
        far = f"; {told(self.worst)}" if self.worst else ""
        if not self.off:
            return f"{values} compared, {self.unequal:,} differ within tolerance{far}"
        return f"{self.off:,} of {values} outside their tolerance{far}"


def _weight(worst: Worst) -> float:
    if worst.deviation is None:
        return np.inf
    return abs(worst.relative) if worst.relative is not None else abs(worst.deviation)


def told(worst: Worst) -> str:
    """The value furthest off in words, such as ``column flux, row 3: published 2, found 2.1``."""
    parts = []
    if worst.relative is not None:
        parts.append(f"{worst.relative * 100:+.3g} %")
    if worst.sigmas is not None:
        parts.append(f"{worst.sigmas:+.3g} sigma")
    more = f" ({', '.join(parts)})" if parts else ""
    return f"{worst.where}: published {worst.published}, found {worst.found}{more}"


def pattern(compared: Compared) -> str:
    """One factor or one offset that explains all deviations, in words; empty when none does."""
    published = np.ravel(compared.field.published)
    if published.dtype.kind not in "iuf" or compared.values < 3 or compared.unequal < 3:  # noqa: PLR2004 -- two points always fit
        return ""
    usable = np.isfinite(compared.deviation) & np.isfinite(published.astype(float))
    numbers, deviation = published.astype(float)[usable], compared.deviation[usable]
    if not numbers.size:
        return ""
    offset = float(np.median(deviation))
    if offset and np.ptp(deviation) <= CONSTANT * abs(offset):
        return f"found minus published is {offset:.6g} throughout"
    with np.errstate(all="ignore"):
        ratio = (numbers + deviation)[numbers != 0] / numbers[numbers != 0]
    factor = float(np.median(ratio)) if ratio.size else 1.0
    constant = ratio.size > 1 and np.ptp(ratio) <= CONSTANT * abs(factor)
    return f"found is {factor:.6g} times published throughout" if constant else ""
