"""GRB 080916C in one detector of Fermi/GBM: as long as in the catalogue."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from gallery.domain.verdict import Verdict
from tests.workflows.entries import Made, reading
from tests.workflows.measured import EntriesWithData, judged, stated

SLUG = "grb080916c"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntriesWithData]:
    entries = EntriesWithData(tmp_path_factory.mktemp(SLUG))
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def made(run: EntriesWithData) -> Made:
    return run(SLUG)


def test_the_entry_is_read_without_a_finding():
    assert reading(SLUG).findings == ()


def test_duration_and_start_are_those_of_the_catalogue(made):
    figure = stated(SLUG, "grb080916c-duration")
    numbers = replace(figure, values=figure.values[:2])

    assert [value.output for value in numbers.values] == ["duration_90", "start_90"]
    assert judged(made, numbers, by=SLUG).verdict is Verdict.WITHIN_TOLERANCE
    assert made.number("duration_90") == pytest.approx(62.98, abs=2)


def test_the_trigger_is_told_in_utc(made):
    assert made.path("trigger_time").read_text().strip() == "2008-09-16 00:12:45.6"


def test_the_table_says_what_the_numbers_say(made):
    rows = Table.read(made.path("durations"), format="ascii.ecsv")

    assert list(rows["duration"]) == pytest.approx(
        [made.number("duration_90"), made.number("duration_50")]
    )
    assert list(rows["end"] - rows["start"]) == pytest.approx(list(rows["duration"]))


def test_the_light_curve_holds_the_net_counts_of_the_burst(made):
    curve = fits.getdata(made.path("light_curve_file"), "RATE")
    edges = curve["TIME"] + np.outer([-0.5, 0.5], curve["TIMEDEL"])
    burst = (edges[1] > -3) & (edges[0] < 90)
    net = curve["COUNTS"] - curve["BACKGROUND"]

    assert net[burst].sum() == pytest.approx(made.number("net_counts"))
    assert net[~burst].sum() == pytest.approx(0, abs=3 * np.sqrt(curve["COUNTS"][~burst].sum()))
    assert (curve["COUNTS"] == curve["COUNTS_50_300"]).all()


def test_the_tail_of_the_burst_is_lost_to_a_background_taken_too_early(run, made):
    assert run(SLUG, after_start=80.0).number("duration_90") < made.number("duration_90") - 2


def test_background_windows_out_of_order_are_refused(run):
    made = run.attempt(SLUG, before_end=-25.5)

    assert made.status == 3
    assert made.error.startswith("the background windows must be in order: before_start (-25.0 s)")
