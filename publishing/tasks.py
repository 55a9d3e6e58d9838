"""Tasks of publishing: one action called."""

from celery import shared_task

from publishing import actions


@shared_task(name="publishing.resume_deposits")
def resume_deposits() -> None:
    """Go on with the deposits that were left half-way."""
    actions.resume_deposits()
