"""Judging a run without recording a check: for trials, and for a run beside itself."""

from dataclasses import replace

from executor.models import Output, Run
from executor.queries import is_kept
from gallery.actions.products import judge_products, merged, sample_of
from gallery.domain.claims import claim_from_json
from gallery.domain.compare import Judgement, judge
from gallery.domain.comparison import Tolerances, compare
from gallery.domain.comparison.bounds import BYTES_AT_MOST
from gallery.domain.verdict import Verdict
from gallery.models import Figure
from gallery.queries import finder

SAME = frozenset({Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE, Verdict.DRAWN_DIFFERENTLY})
Pair = tuple[Output, Output]


def judged(figure: Figure, run: Run) -> Judgement:
    """Judge a run as a check of the figure would."""
    return merged(judge(figure.values, finder(run)), judge_products(figure, run))


def differs_from_itself(first: Run, second: Run) -> list[str]:
    """Names of the outputs whose numbers two runs of the same question do not share.

    Equal bytes are equal numbers; what is not kept or too large cannot be compared and is passed
    over.
    """
    if first.state != second.state:
        return ["the end of the run"]
    pairs = _pairs(first, second)
    none = Tolerances()
    return [name for name, pair in pairs.items() if _verdict(pair, first, second, none) not in SAME]


def moves_the_verdict(figure: Figure, first: Run, second: Run) -> bool:
    """Whether a run is further from itself than the paper allows it to be from the paper."""
    found = judge(figure.values, finder(first)).comparisons
    values = tuple(
        replace(item.published, published=item.found, places=None)
        for item in found
        if item.found is not None
    )
    verdicts = [judge(values, finder(second)).verdict] if values else []
    pairs = _pairs(first, second)
    claims = [claim_from_json(item) for item in figure.products_json]
    verdicts += [
        _verdict(pairs[claim.output], first, second, claim.tolerances)
        for claim in claims
        if claim.output in pairs
    ]
    return Verdict.DIFFERENT in verdicts


def _pairs(first: Run, second: Run) -> dict[str, Pair]:
    """Name → output of both runs that can be compared."""
    one, other = _kept(first), _kept(second)
    return {name: (one[name], other[name]) for name in one if name in other}


def _kept(run: Run) -> dict[str, Output]:
    return {
        item.name: item
        for item in run.outputs.all()
        if item.role == "output" and is_kept(item.product) and item.product.size <= BYTES_AT_MOST
    }


def _verdict(pair: Pair, first: Run, second: Run, tolerances: Tolerances) -> Verdict:
    one, other = pair
    if one.product_id == other.product_id:
        return Verdict.IDENTICAL
    return compare(sample_of(one, first), sample_of(other, second), tolerances).verdict
