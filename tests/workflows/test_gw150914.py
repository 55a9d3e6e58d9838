"""GW150914 in public strain: as loud, as late and as heavy as published."""

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from catalogue.domain.lock import pins
from gallery.domain.verdict import Verdict
from tests.executor.built import build
from tests.workflows.entries import ENVIRONMENT, WORKFLOWS, Made, reading
from tests.workflows.measured import EntriesWithData, judged, stated

SLUG = "gw150914"
EXTRA = ("h5py", "numpy")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntriesWithData]:
    """Runs the entry with the h5py of its lock, which the service does not have."""
    folder = tmp_path_factory.mktemp(SLUG)
    lock = pins((WORKFLOWS / SLUG / "requirements.lock").read_text())
    extra = build(
        folder, "\n".join(f"{pin.name}=={pin.version}" for pin in lock if pin.name in EXTRA)
    )
    (site,) = extra.glob("lib/python*/site-packages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENVIRONMENT, "PYTHONPATH", str(site))
        entries = EntriesWithData(folder)
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def made(run: EntriesWithData) -> Made:
    return run(SLUG)


def test_the_entry_is_read_without_a_finding():
    assert reading(SLUG).findings == ()


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        ("gw150914-snr", Verdict.IDENTICAL),
        ("gw150914-delay", Verdict.WITHIN_TOLERANCE),
        ("gw150914-chirp", Verdict.WITHIN_TOLERANCE),
    ],
)
def test_a_figure_comes_out_as_published(figure, verdict, made):
    assert judged(made, stated(SLUG, figure), by=SLUG).verdict is verdict


def test_loudness_and_delay_are_those_of_the_paper(made):
    assert made.number("network_snr") == pytest.approx(24, abs=0.5)
    assert made.number("delay") == pytest.approx(6.9, abs=0.4)


def table(made: Made, name: str) -> Table:
    return Table.read(made.path(name), format="ascii.ecsv")


def test_the_network_is_as_loud_as_its_detectors_together(made):
    both = table(made, "detector_table")["snr"]

    assert made.number("network_snr") == pytest.approx(np.hypot(*both))


def test_the_chirp_mass_is_read_as_it_is_from_a_known_template(made):
    read, known = made.number("chirp_mass"), made.number("chirp_mass_template")

    assert (read, known) == (pytest.approx(30, abs=3.5), pytest.approx(30.3, abs=2.5))
    assert read == pytest.approx(known, abs=1)


def test_whitened_noise_has_unit_width(made):
    table = fits.getdata(made.path("whitened_strain"), "STRAIN")
    before = table["TIME"] < 0.2

    assert [table[f"STRAIN_{name}"][before].std() for name in ("H1", "L1")] == pytest.approx(
        [1, 1], abs=0.2
    )


def test_the_spectrogram_is_brightest_on_the_track(made):
    with fits.open(made.path("spectrogram")) as hdus:
        row, column = np.unravel_index(np.argmax(hdus[0].data), hdus[0].data.shape)
        time, frequency = WCS(hdus[0].header).wcs_pix2world(column, row, 0)
    track = table(made, "track_table")
    nearest = track[int(np.argmin(abs(track["frequency"] - frequency)))]

    assert float(time) == pytest.approx(nearest["time"], abs=0.01)


def test_a_mean_of_the_noise_counts_the_signal_as_noise(run):
    assert run(SLUG, psd_average="mean").number("network_snr") == pytest.approx(22.8, abs=0.1)


def test_seconds_beside_the_event_nothing_is_heard(run):
    made = run.attempt(SLUG, t0=1126259455.0)

    assert made.status == 3
    assert made.error == (
        "nothing is heard within 0.5 s of GPS 1126259455.0: "
        "the highest signal-to-noise ratio is 4.4, below 8"
    )
