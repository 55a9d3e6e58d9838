"""Checking a figure: its run is asked for, and its end is judged."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from executor.actions import request_run
from executor.domain.states import State
from executor.models import Run
from executor.queries import run_at
from gallery.actions.facets import note_cost
from gallery.actions.products import JudgedProduct, judge_products, keep_products, merged
from gallery.domain.compare import Judgement, judge
from gallery.domain.verdict import Verdict
from gallery.models import Check, Figure
from gallery.queries import finder
from lib.queue import enqueue

JUDGE = "gallery.judge_ended_runs"


def check_figure(figure: Figure, *, in_worker: bool = False) -> Run:
    """Ask for the run of a figure and judge it when its answer is known already.

    Numbers are judged at once; published products are large, so that a worker compares them.

    Args:
        figure: the figure.
        in_worker: whether this is a worker already.
    """
    done = request_run(figure.version, figure.parameters_json, seed=figure.seed)
    if figure.run_id != done.run.pk:
        figure.run = done.run
        figure.save(update_fields=["run"])
    if not done.run.has_ended:
        return done.run
    if figure.products_json and not in_worker:
        enqueue(JUDGE)
    else:
        judge_run(done.run.pk)
    return done.run


def judge_run(run_id: int) -> list[Check]:
    """Judge an ended run for every figure that asked for it; each end is judged once.

    A failed run that was asked for again and ended otherwise is judged anew. A run that the
    platform failed, or that waits for its data, says nothing about the science: it is not judged.
    """
    asked = Figure.objects.filter(run_id=run_id)
    if not asked.exists():  # as of most runs: a short question is enough
        return []
    figures = asked.select_related("run", "version")
    waiting = [figure for figure in figures if not _judged(figure)]
    return [check for figure in waiting if (check := _judge(figure)) is not None]


def judge_ended_runs() -> list[Check]:
    """Judge every figure whose run has ended unjudged; finds what a lost signal missed."""
    ended = Figure.objects.filter(run__state__in=[State.FINISHED, State.FAILED])
    ended = ended.select_related("run")
    runs = {figure.run_id for figure in ended if figure.run_id and not _judged(figure)}
    return [check for run_id in sorted(runs) for check in judge_run(run_id)]


def _judged(figure: Figure) -> bool:
    checks = figure.checks.filter(run=figure.run)
    if figure.run and figure.run.ended_at:
        checks = checks.filter(checked_at__gte=figure.run.ended_at)
    return checks.exists()


def _judge(figure: Figure) -> Check | None:
    if figure.run is None or figure.run.state not in (State.FINISHED, State.FAILED):
        return None
    run = run_at(figure.run.address)
    if run.state == State.FAILED:
        return _record_failure(figure, run)
    products = judge_products(figure, run)
    judgement = merged(judge(figure.values, finder(run)), products)
    return _record(figure, run, judgement, products)


def _record_failure(figure: Figure, run: Run) -> Check | None:
    if ":platform:" in run.error_id:
        return None
    return _record(figure, run, Judgement(Verdict.FAILED, f"The re-run failed. {run.error}", ()))


@transaction.atomic
def _record(
    figure: Figure, run: Run, judgement: Judgement, products: Sequence[JudgedProduct] = ()
) -> Check:
    check, _created = Check.objects.update_or_create(
        figure=figure,
        run=run,
        defaults={
            "verdict": judgement.verdict.value,
            "sentence": judgement.sentence,
            "comparisons_json": [item.to_json() for item in judgement.comparisons],
            "checked_at": timezone.now(),
        },
    )
    keep_products(check, products)
    Figure.objects.filter(pk=figure.pk).update(verdict=check.verdict)
    note_cost(figure, run)
    return check
