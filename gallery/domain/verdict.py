"""Verdicts: what a comparison with the published value comes to."""

from enum import StrEnum


class Verdict(StrEnum):
    """The six verdicts, best first."""

    IDENTICAL = "identical"
    WITHIN_TOLERANCE = "within tolerance"
    DRAWN_DIFFERENTLY = "same data drawn differently"
    NOT_COMPARABLE = "not comparable"
    DIFFERENT = "different"
    FAILED = "failed"


ORDER = tuple(Verdict)


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of some verdicts; nothing compared is not comparable."""
    return max(verdicts, key=ORDER.index, default=Verdict.NOT_COMPARABLE)
