"""A mutation: two products, the declared tolerance, and which verdicts are right."""

from dataclasses import dataclass

from gallery.domain.comparison import Sample, Tolerance, Tolerances
from gallery.domain.verdict import Verdict

SAME = frozenset({Verdict.IDENTICAL})
NEAR = frozenset({Verdict.WITHIN_TOLERANCE})
EQUAL = SAME | NEAR  # converted numbers: equal but for rounding
REDRAWN = frozenset({Verdict.DRAWN_DIFFERENTLY})
REPRODUCED = SAME | NEAR | REDRAWN
OTHER = frozenset({Verdict.DIFFERENT})
UNKNOWN = frozenset({Verdict.NOT_COMPARABLE})
NOT_SAME = OTHER | UNKNOWN | {Verdict.FAILED}
BROKEN = frozenset({Verdict.FAILED, Verdict.NOT_COMPARABLE})

EXACT = Tolerances()
MILLIONTH = Tolerances(Tolerance(relative=1e-6))


@dataclass(frozen=True, slots=True)
class Case:
    """One mutation.

    Attributes:
        kind: what was done, as a line of the table.
        base: what it was done to.
        published: the product as it was.
        found: the mutated one.
        right: the verdicts that are right by the declared tolerance.
        tolerances: what the author declares.
    """

    kind: str
    base: str
    published: Sample
    found: Sample
    right: frozenset[Verdict]
    tolerances: Tolerances = MILLIONTH
