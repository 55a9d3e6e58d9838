"""Tasks of the executor: a nudge, one action called."""

from celery import shared_task

from executor import actions


@shared_task(name="executor.work", acks_late=False)
def work() -> None:
    """Run what waits.

    Acknowledged when it is taken: it says only that there is work, so a broker that loses patience
    with a run of hours has nothing to send twice.
    """
    actions.work()


@shared_task(name="executor.sweep_runs")
def sweep_runs() -> None:
    """Send again what stands still."""
    actions.sweep_runs()


@shared_task(name="executor.collect_environments")
def collect_environments() -> None:
    """Clear environments away that nobody uses."""
    actions.collect_environments()


@shared_task(name="executor.verify_products")
def verify_products() -> None:
    """Read products again, to find those that are damaged."""
    actions.verify_products()


@shared_task(name="executor.evict_products")
def evict_products() -> None:
    """Bring the products back under the budget."""
    actions.evict_products()
