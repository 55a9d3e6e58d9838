"""The funnel: how much of what is here is declared, installed, ran, was compared, reproduced."""

import csv
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gallery.domain.funnel import (
    MEANINGS,
    STAGES,
    STUDY,
    STUDY_DOI,
    STUDY_YEAR,
    Counted,
    Stage,
    counted,
    over_time,
)
from gallery.domain.funnel_picture import drawn_over_time
from gallery.queries import tracks

POPULATIONS = ("entries", "figures")


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of a population: how many, and their share of all in per cent."""

    stage: Stage
    number: str
    share: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A population with its five bars."""

    counted: Counted
    bars: list[Bar]

    @property
    def total(self) -> str:
        """How many there are."""
        return f"{self.counted.total:,}"


@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """The funnel over all entries and figures, beside that of the study, and over time."""
    found = dict(zip(POPULATIONS, tracks(), strict=True))
    now = [counted(f"{name} here", known) for name, known in found.items()]
    context = {
        "meanings": [(stage, MEANINGS[stage]) for stage in STAGES],
        "populations": [bars(item) for item in (*now, STUDY)],
        "over_time": [
            (name, drawn_over_time(name, over_time(name, known, timezone.now())))
            for name, known in found.items()
        ],
        "total": now[0].total,
        "study_doi": STUDY_DOI,
        "study_year": STUDY_YEAR,
    }
    return render(request, "gallery/funnel.html", context)


@require_safe
def funnel_csv(_request: HttpRequest) -> HttpResponse:
    """The same numbers, one line for each population and day or month."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="funnel.csv"'
    lines = csv.writer(response)
    lines.writerow(["population", "before", "total", *(stage.word for stage in STAGES)])
    for name, known in zip(POPULATIONS, tracks(), strict=True):
        lines.writerows(_line(when, item) for when, item in over_time(name, known, timezone.now()))
    lines.writerow(_line(str(STUDY_YEAR), STUDY))
    return response


def bars(found: Counted) -> Bars:
    """The bars of a population."""
    return Bars(
        found, [Bar(stage, f"{found.stages[stage]:,}", found.share(stage)) for stage in STAGES]
    )


def _line(when: str, found: Counted) -> list[str | int]:
    return [found.name, when, found.total, *(found.stages[stage] for stage in STAGES)]
