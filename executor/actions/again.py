"""Asking again for a run that there is, and through it for products that were cleared away."""

from executor.actions.request import Requested, ask
from executor.domain.again import Answered, request_again
from executor.domain.asker import SERVICE, Asker
from executor.errors import ProductKeptError, UploadGoneError
from executor.models import Product, Run
from executor.queries import run_that_made, upstream


def make_again(product: Product, *, asker: Asker = SERVICE) -> Requested:
    """Ask once more for the run that made a product whose bytes are not kept.

    What it is fed with, and was cleared away too, is made again before it.

    Raises:
        ProductKeptError: its bytes are there.
        UploadGoneError: it was uploaded, and no run makes it.
        QueueFullError, QuotaError: it would be too much.
    """
    if product.evicted_at is None:
        raise ProductKeptError("The product is kept: there is nothing to make again.")
    run = run_that_made(product)
    if run is None:
        raise UploadGoneError(
            "No run makes this product: upload the file again, and it is the same product."
        )
    return ask_again(run, asker=asker)


def ask_again(run: Run, *, asker: Asker = SERVICE) -> Requested:
    """Ask for a run as the whole request that it answers; what is known of it is not run again.

    Raises:
        QueueFullError, QuotaError: it would be too much; nothing was written.
    """
    chosen = Run.objects.filter(pk__in=upstream([run.pk])).select_related("version__workflow")
    known = {item.address: _answered(item) for item in chosen}
    return ask(request_again(run.address, known), asker=asker)


def _answered(run: Run) -> Answered:
    return Answered(
        workflow=run.version.workflow.slug, version=run.version.number, typed=run.typed,
        values=run.values_json, seed=run.seed,
    )  # fmt: skip
