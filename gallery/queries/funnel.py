"""How entries and figures came along the stages of the funnel."""

from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery

from catalogue.models import Version, Workflow
from executor.domain.states import State
from executor.models import Attempt, Run
from gallery.domain.funnel import Judged, Track, track
from gallery.models import Check, Figure


def tracks() -> tuple[list[Track], list[Track]]:
    """How every listed entry, and every figure, came along the stages of the funnel."""
    listed = Workflow.objects.filter(is_hidden=False)
    versions = Version.objects.filter(workflow__in=listed, is_draft=False)
    declared = _firsts(versions, "workflow", "created_at")
    started = Attempt.objects.exclude(facts_json={})  # written down where the code was started
    installed = _firsts(started, "run__version__workflow", "started_at")
    ended = Run.objects.filter(state=State.FINISHED)
    ran = _firsts(ended, "version__workflow", "ended_at")
    checks = _checks_of()
    entries = [
        track(declared.get(pk), installed.get(pk), ran.get(pk), checks.get(("entry", pk), ()))
        for pk in listed.values_list("pk", flat=True)
    ]
    shown = Figure.objects.filter(version__workflow__in=listed).order_by()
    end = Run.objects.filter(pk=OuterRef("run"), state=State.FINISHED)
    figures = [
        track(made, installed.get(entry), end, checks.get(("figure", pk), ()))
        for pk, entry, made, end in shown.values_list(
            "pk", "version__workflow", "created_at", Subquery(end.values("ended_at"))
        )
    ]
    return entries, figures


def _firsts(rows: QuerySet[Any], key: str, moment: str) -> dict[int, datetime]:
    """Key → the earliest moment of its rows."""
    return dict(rows.order_by().values_list(key).annotate(first=Min(moment)))


def _checks_of() -> dict[tuple[str, int], list[Judged]]:
    """All checks by the figure, and by the entry, that they are about."""
    found: dict[tuple[str, int], list[Judged]] = {}
    rows = Check.objects.order_by().values_list(
        "figure", "figure__version__workflow", "checked_at", "verdict"
    )
    for figure, entry, at, verdict in rows:
        check = Judged(figure, at, verdict)
        for key in (("figure", figure), ("entry", entry)):
            found.setdefault(key, []).append(check)
    return found
