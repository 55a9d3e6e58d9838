"""Comparing a product of a re-run with the published one; one comparator for each kind."""

from gallery.domain.comparison.outcome import Outcome, Residual, Worst
from gallery.domain.comparison.sample import Sample
from gallery.domain.comparison.tolerance import Tolerance, Tolerances

__all__ = ["Outcome", "Residual", "Sample", "Tolerance", "Tolerances", "Worst", "compare"]


def compare(published: Sample, found: Sample, tolerances: Tolerances | None = None) -> Outcome:
    """Compare a product of a re-run with the published one; see ``judging.compare``."""
    from gallery.domain.comparison import judging  # noqa: PLC0415 -- loads astropy, which is slow

    return judging.compare(published, found, tolerances)
