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
    """Ask for the run of a figure, judge it, and ask why when it is different."""
    figure = Figure.objects.select_related("version").get(pk=figure_id)
    if actions.check_figure(figure, in_worker=True).has_ended:
        actions.diagnose_newest(figure)


@shared_task(name="gallery.go_on_with_diagnosis")
def go_on_with_diagnosis(diagnosis_id: int) -> None:
    """Take a diagnosis as far as it gets without waiting."""
    actions.go_on(diagnosis_id)


@shared_task(name="gallery.keep_diagnosing")
def keep_diagnosing() -> None:
    """Begin and go on with the diagnoses that stand still."""
    actions.keep_diagnosing()


def on_version_registered(version_id: int, **_signal: Any) -> None:
    """Add what a new version states of a paper."""
    actions.welcome_version(version_id)


def on_run_ended(run_id: int, **_signal: Any) -> None:
    """Judge a run the moment it ends, and go on with the diagnoses that wait for it."""
    for check in actions.judge_run(run_id):
        actions.diagnose_by_itself(check)
    actions.wake_diagnoses(run_id)
