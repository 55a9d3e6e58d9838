"""Figures that are judged by more than numbers: printed pictures, whole products, a diagnosis."""

import json
from datetime import timedelta

from django.utils import timezone

from executor.models import Run
from gallery.domain.diagnosis.change import Change, Kind
from gallery.models import Check, CheckedProduct, Diagnosis, Figure, Paper
from tests.factories import rows

LONG = "A_very_long_name_of_a_source_without_any_place_to_break_it_" * 2
SENTENCE = (
    "1 of 6 values outside their tolerance; column flux, row 2: published 2.5, found 2.525 (+1 %)."
)
OUTCOME = {
    "verdict": "different", "sentence": SENTENCE, "comparator": "table", "values": 6, "off": 1,
    "worst": {"where": "column flux, row 2", "published": "2.5", "found": "2.525",
              "deviation": 0.025, "relative": 0.01, "sigmas": 2.5},
    "notes": ["The rows stand in another order."],
}  # fmt: skip
CAUSE = Change(Kind.ENVIRONMENT, "numpy", "1.26.0", "2.0.0")
TRIALS = [
    {"put_back": [], "again": True, "run": "", "result": "still off", "verdict": "different",
     "sentence": "twice twenty: published 40 keV, found 41 keV"},
    {"put_back": [CAUSE.key], "again": False, "run": "", "result": "restored",
     "verdict": "identical", "sentence": "twice twenty: published 40 keV, found 40 keV"},
]  # fmt: skip


def judged_pages(run: Run, picture: bytes, plot: dict[str, object]) -> dict[str, str]:
    """Pages of figures whose re-run differs, of rows of a table, and of their paper."""
    paper = rows.PaperFactory(slug="differing", title=f"On {LONG}", authors_json=["Noether, E."])
    found = _different(run, paper, "explained", picture, plot)
    _diagnosis(found, "found", "The package numpy explains it.", [CAUSE.to_json()], TRIALS)
    sought = _different(run, paper, "sought", picture, plot)
    _diagnosis(sought, "running", "", [], [TRIALS[0] | {"result": "", "verdict": ""}])
    asked = _different(run, paper, "asked", picture, plot)
    for year in range(2003, 2007):
        rows.CheckFactory(figure=rows.FigureFactory(
            paper=paper, version=run.version, run=run, kind="row", slug=f"row-{year}",
            title=f"Flux of {year}", place=f"Table 1, row of {year}",
        ), run=run)  # fmt: skip
    return {
        "figure explained": found.get_absolute_url(),
        "figure under diagnosis": sought.get_absolute_url(),
        "figure that differs": asked.get_absolute_url(),
        "row of a table": "/figures/row-2003",
        "rows of a table": "/figures/?table=differing/Table+1",
        "paper with rows": paper.get_absolute_url(),
    }


def _different(
    run: Run, paper: Paper, slug: str, picture: bytes, plot: dict[str, object]
) -> Figure:
    printed = rows.ProductFactory(data=picture + b"\n", media_type="image/png")
    figure = rows.FigureFactory(
        version=run.version, run=run, paper=paper, slug=slug, picture="curve", kind="figure",
        title=f"The light curve of {LONG}", caption="A line.", place="Figure 7, upper panel",
        published_picture=printed, picture_licence="CC-BY-4.0", doi="10.1000/doubling.f7",
        source=LONG[:100], parameters_json={"energy": 20.0},
    )  # fmt: skip
    before = rows.RunFactory(
        version=rows.VersionFactory(
            workflow=run.version.workflow, interface_json=run.version.interface_json,
            lock=f"numpy==1.26.0 --hash=sha256:{'1' * 64}\n",
        ), state="finished", ended_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    rows.CheckFactory(figure=figure, run=before, checked_at=before.ended_at)
    check = rows.CheckFactory(figure=figure, run=run, verdict="different", sentence=SENTENCE)
    _product(check, plot)
    return figure


def _product(check: Check, plot: dict[str, object]) -> None:
    published, found, residual = (
        rows.ProductFactory(data=data, media_type=kind)
        for data, kind in [
            (b"year,flux\n2003,2.5\n", "text/csv"),
            (b"year,flux\n2003,2.525\n", "text/csv"),
            (json.dumps(plot | {"residual": True}).encode(), "application/json"),
        ]
    )
    CheckedProduct.objects.create(
        part_of=check, output="rows", verdict="different", sentence=SENTENCE,
        outcome_json=OUTCOME, published=published, found=found, residual=residual,
    )  # fmt: skip


def _diagnosis(figure: Figure, state: str, said: str, cause: list, trials: list) -> None:
    Diagnosis.objects.create(
        judged=figure.checks.first(), baseline=figure.checks.last(), state=state, sentence=said,
        cause_json=cause, trials_json=trials, asked_at=timezone.now() + timedelta(seconds=1),
    )  # fmt: skip
