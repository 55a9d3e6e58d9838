"""Tasks of the gallery: an id in, one action called."""

from typing import Any

from celery import shared_task

from gallery import actions
from gallery.models import Figure


@shared_task(name="gallery.judge_ended_runs")
def judge_ended_runs() -> None:
    """Judge what has ended unjudged."""
    actions.judge_ended_runs()


@shared_task(name="gallery.check_figure")
def check_figure(figure_id: int) -> None:
    """Ask for the run of a figure and judge it."""
    actions.check_figure(Figure.objects.select_related("version").get(pk=figure_id))


def on_version_registered(version_id: int, **_signal: Any) -> None:
    """Add what a new version states of a paper."""
    actions.welcome_version(version_id)


def on_run_ended(run_id: int, **_signal: Any) -> None:
    """Judge a run the moment it ends."""
    actions.judge_run(run_id)
