"""Tasks of the executor: an id in, one action called."""

from celery import shared_task

from executor import actions


@shared_task(name="executor.start_run")
def start_run(run_id: int) -> None:
    """Run a queued run."""
    actions.start_run(run_id)


@shared_task(name="executor.sweep_runs")
def sweep_runs() -> None:
    """Send again what stands still."""
    actions.sweep_runs()
