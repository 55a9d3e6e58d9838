"""The Crab fades as published, whichever monitor looks."""

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.table import Table

from gallery.domain.verdict import Verdict
from tests.workflows.entries import WORKFLOWS, Made, reading
from tests.workflows.measured import EntriesWithData, judged, stated

SLUG = "crab-longterm"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntriesWithData]:
    entries = EntriesWithData(tmp_path_factory.mktemp(SLUG))
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def made(run: EntriesWithData) -> Made:
    return run(SLUG)


@pytest.fixture(scope="module")
def moved(run: EntriesWithData) -> Made:
    return run(SLUG, epoch=56000.0, bin_days=200.0)


def declines(made: Made) -> dict[str, float]:
    rows = Table.read(made.path("declines_table"))
    return {f"{row['instrument']} {row['band']}": float(row["decline"]) for row in rows}


def test_the_entry_is_read_without_a_finding():
    assert reading(SLUG).findings == ()


def test_the_yearly_fluxes_are_those_of_crab_stability():
    """Both entries hold Table 1 of the paper; neither may drift."""
    notebook = (WORKFLOWS / SLUG / "crab_longterm.ipynb").read_text()
    rows = Table.read(WORKFLOWS / "crab-stability/table1.csv", format="ascii.csv", comment="#")
    typed = [f"({row['start'][:4]}, {row['flux']:.3f}, {row['flux_err']:.3f})" for row in rows]

    assert len(typed) == 16
    assert [text for text in typed if text not in notebook] == []


@pytest.mark.shared
def test_the_decline_is_the_published_one(made):
    judgement = judged(made, stated(SLUG, "crab-decline"), by=SLUG)

    assert judgement.verdict == Verdict.WITHIN_TOLERANCE
    assert [item.verdict for item in judgement.comparisons] == [Verdict.WITHIN_TOLERANCE] * 3


@pytest.mark.shared
def test_figure_7_of_the_seed_paper_is_stable_within_5_per_cent(made):
    figure = stated("isgri-mosaic", "crab-monitors")

    assert figure.asked.workflow == SLUG
    assert judged(made, figure, by=SLUG).verdict == Verdict.IDENTICAL


@pytest.mark.shared
def test_every_band_declines(made):
    assert declines(made) == pytest.approx(
        {
            "GBM 12-25": 5.1,
            "GBM 25-50": 6.3,
            "GBM 50-100": 6.3,
            "GBM 100-300": 11.6,
            "BAT 15-50": 8.2,
            "ISGRI 30-300": 2.9,
        },
        abs=0.05,
    )


@pytest.mark.shared
def test_the_common_epoch_sets_the_scale_and_no_decline(made, moved):
    assert declines(moved) == pytest.approx(declines(made), abs=1e-3)
    for name in ("bat_curve", "isgri_curve"):
        first, second = (Table.read(item.path(name))["flux"].mean() for item in (made, moved))
        assert first != second


@pytest.mark.shared
def test_every_light_curve_is_one_in_the_common_epoch(made):
    for name, column in (("bat_curve", "flux"), ("gbm_curve", "flux_12_25")):
        rows = Table.read(made.path(name))
        epoch = (rows["time"] > 54690) & (rows["time"] < 55055)
        assert np.mean(rows[column][epoch]) == pytest.approx(1, abs=0.01)


@pytest.mark.shared
def test_a_day_that_is_off_does_not_rule_its_bin(made):
    flux = Table.read(made.path("bat_curve"))["flux"]

    assert (flux.min() > 0.8, flux.max() < 1.1) == (True, True)


@pytest.mark.shared
def test_wider_bins_are_fewer(made, moved):
    counts = [len(Table.read(item.path("bat_curve"))) for item in (made, moved)]

    assert counts == [99, 25]


@pytest.mark.shared
def test_a_span_too_short_for_a_line_is_refused(run):
    refused = run.attempt(SLUG, fit_start=55350.0)

    assert (refused.status, refused.error) == (
        3,
        "fit_stop (55390.0 MJD) must lie at least 100 d after fit_start (55350.0 MJD)",
    )


@pytest.mark.shared
def test_the_same_question_gives_the_same_bytes(run, made):
    assert run(SLUG).digests() == made.digests()
