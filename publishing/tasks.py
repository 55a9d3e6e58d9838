"""Tasks of publishing: one action called."""

from celery import shared_task

from publishing import actions


@shared_task(name="publishing.resume_deposits")
def resume_deposits() -> None:
    """Go on with the deposits that were left half-way."""
    actions.resume_deposits()


@shared_task(name="publishing.carry_on")
def carry_on(deposit_id: int) -> None:
    """Go on with one deposit until it ends or waits."""
    actions.carry_on(deposit_id)


@shared_task(name="publishing.read_products")
def read_products(release_id: str) -> None:
    """Read what a release holds against its digests."""
    actions.read_products(release_id)


@shared_task(name="publishing.read_minted")
def read_minted() -> None:
    """Record the DOIs that people had minted elsewhere."""
    actions.read_minted()
