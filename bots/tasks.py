"""The bots on the timetable; each has a file of its own."""

from celery import shared_task

from bots import recheck


@shared_task(name="bots.recheck_figures")
def recheck_figures() -> None:
    """Check every figure anew."""
    recheck.act(recheck.plan())
