"""Judging whole published products: each claim of a figure against what its run gave.

What is read is bounded: a file above ``BYTES_AT_MOST`` is compared by its digest alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from executor.actions import upload_product
from executor.models import Output, Product, Run
from executor.queries import is_kept, output_named
from gallery.domain.claims import Claim, claim_from_json
from gallery.domain.compare import Judgement
from gallery.domain.comparison import Outcome, Sample, compare
from gallery.domain.comparison.bounds import BYTES_AT_MOST
from gallery.domain.verdict import Verdict, worst
from gallery.models import Check, CheckedProduct, Figure
from lib import store

NOTHING = "none"  # the comparator of what could not be compared at all


@dataclass(frozen=True, slots=True)
class JudgedProduct:
    """A claim and what its comparison came to.

    Attributes:
        claim: the published product.
        outcome: the verdict on the re-run's.
        published: digest of the published bytes; empty when they are not kept as a product.
        found: digest of the re-run's; empty when it gave none.
    """

    claim: Claim
    outcome: Outcome
    published: str = ""
    found: str = ""


def judge_products(figure: Figure, run: Run) -> list[JudgedProduct]:
    """Judge every published product of a figure; nothing is written."""
    return [_judge(claim, run) for claim in map(claim_from_json, figure.products_json)]


def _judge(claim: Claim, run: Run) -> JudgedProduct:
    output = output_named(run, claim.output)
    if output is None:
        return _without(claim, f"The re-run gave no {claim.output}.")
    if not is_kept(output.product):
        return _without(claim, f"The {claim.output} was cleared away: make it again.")
    known = Product.objects.filter(pk=claim.digest).exists()
    outcome = _outcome(claim, run, output)
    return JudgedProduct(claim, outcome, claim.digest if known else "", output.product_id)


def _without(claim: Claim, sentence: str) -> JudgedProduct:
    return JudgedProduct(claim, Outcome(Verdict.NOT_COMPARABLE, sentence, NOTHING))


def _outcome(claim: Claim, run: Run, output: Output) -> Outcome:
    product = output.product
    size = max(product.size, store.size_of(claim.digest) or 0)
    if size > BYTES_AT_MOST:
        return _by_digest(claim, product, size)
    try:
        found = sample_of(output, run)
    except OSError:
        words = f"The bytes of {claim.output} cannot be read from the store."
        return Outcome(Verdict.NOT_COMPARABLE, words, NOTHING)
    published = _published(claim, found, output)
    if published is None:
        words = f"The published file {claim.file} is not kept here: state the paper again."
        return Outcome(Verdict.NOT_COMPARABLE, words, NOTHING)
    return compare(published, found, claim.tolerances)


def _by_digest(claim: Claim, product: Product, size: int) -> Outcome:
    if product.digest == claim.digest:
        return Outcome(Verdict.IDENTICAL, "Byte for byte the same.", "bytes")
    words = (
        f"Too large to compare by values: {size:,} bytes, and {BYTES_AT_MOST:,} are read. "
        "The bytes are not the same."
    )
    return Outcome(Verdict.NOT_COMPARABLE, words, "bytes")


def sample_of(output: Output, run: Run) -> Sample:
    """An output of a run as it is compared, with its plotted arrays where they were kept.

    Raises:
        OSError: the store does not give its bytes.
    """
    declared = run.interface.output(output.name)
    return Sample(
        output.product.read(), output.file, output.product.media_type,
        declared.kind if declared else None, declared.term if declared else "",
        _plot(output_named(run, output.name, "plot")),
    )  # fmt: skip


def _plot(output: Output | None) -> bytes | None:
    if output is None or not is_kept(output.product) or output.product.size > BYTES_AT_MOST:
        return None
    try:
        return output.product.read()
    except OSError:
        return None


def _published(claim: Claim, found: Sample, output: Output) -> Sample | None:
    """The published side; its plotted arrays are known when some run here gave these bytes."""
    sample = replace(found, file=claim.file.rsplit("/", 1)[-1], media_type="")
    if claim.digest == output.product_id:
        return sample
    try:
        data = store.get(claim.digest)
    except OSError:
        return None
    return replace(sample, data=data, plot=_plot(_drawn_with(claim.digest)))


def _drawn_with(digest: str) -> Output | None:
    made = Output.objects.filter(product=digest, role="output").order_by("pk").first()
    if made is None:
        return None
    beside = Output.objects.filter(run=made.run_id, name=made.name, role="plot")
    return beside.select_related("product").first()


def merged(values: Judgement, products: Sequence[JudgedProduct]) -> Judgement:
    """The verdict and the sentence of a whole figure: its values, then its products."""
    if not products:
        return values
    verdicts = [item.outcome.verdict for item in products]
    verdicts += [values.verdict] if values.comparisons else []
    sentence = _sentence(products)
    if values.comparisons:
        sentence = f"{values.sentence} {sentence[0].upper()}{sentence[1:]}"
    return Judgement(worst(verdicts), sentence, values.comparisons)


def _sentence(products: Sequence[JudgedProduct]) -> str:
    given = sum(item.claim.given for item in products)
    note = f" {given} of them read in by the workflow, not computed." if given else ""
    decisive = worst([item.outcome.verdict for item in products])
    item = next(item for item in products if item.outcome.verdict is decisive)
    said = f"{item.claim.label}: {item.outcome.sentence}"
    if len(products) == 1:
        return f"{said}{' Read in by the workflow, not computed.' if given else ''}"
    counts = ", ".join(
        f"{number} {verdict.value}"
        for verdict in Verdict
        if (number := sum(item.outcome.verdict is verdict for item in products))
    )
    more = "" if decisive is Verdict.IDENTICAL else f" {said}"
    return f"{len(products)} products compared: {counts}.{note}{more}"


def keep_products(check: Check, products: Iterable[JudgedProduct]) -> None:
    """Write what a check found of each product, in place of what it had found before."""
    check.products.all().delete()
    rows = {item.claim.output: _row(check, item) for item in products}
    CheckedProduct.objects.bulk_create(rows.values())


def _row(check: Check, item: JudgedProduct) -> CheckedProduct:
    return CheckedProduct(
        part_of=check, output=item.claim.output, verdict=item.outcome.verdict.value,
        sentence=_kept(item.outcome.sentence), outcome_json=outcome_to_json(item),
        published_id=item.published or None, found_id=item.found or None,
        residual_id=_keep_residual(item) or None,
    )  # fmt: skip


def _keep_residual(item: JudgedProduct) -> str:
    """Keep the residual as a product; empty when there is none."""
    if item.outcome.residual is None:
        return ""
    name = f"residual-{item.claim.output}.json"
    return upload_product(name, [item.outcome.residual.plot]).product.digest


def outcome_to_json(item: JudgedProduct) -> dict[str, Any]:
    """An outcome as plain values, with what the claim says of itself; without the residual."""
    outcome = item.outcome
    return {
        "verdict": outcome.verdict.value, "sentence": _kept(outcome.sentence),
        "comparator": outcome.comparator, "values": outcome.values, "off": outcome.off,
        "worst": _plain(asdict(outcome.worst)) if outcome.worst else None,
        "notes": [_kept(note) for note in outcome.notes],
        "residual_unit": outcome.residual.unit if outcome.residual else "",
        "label": item.claim.label, "file": item.claim.file, "digest": item.claim.digest,
        "source": item.claim.source, "doi": item.claim.doi, "given": item.claim.given,
        "reason": item.claim.tolerances.reason,
    }  # fmt: skip


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    return {key: _kept(item) if isinstance(item, str) else item for key, item in content.items()}


def _kept(text: str) -> str:
    """The text without what no database takes."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
