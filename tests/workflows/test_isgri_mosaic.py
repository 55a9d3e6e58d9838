"""The sources in the mosaic of INTEGRAL/ISGRI are those that were there."""

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from gallery.domain.verdict import Verdict
from tests.workflows.entries import Made, reading
from tests.workflows.measured import EntriesWithData, compared, judged, stated

SLUG = "isgri-mosaic"
GRS, GX = "GRS 1716-249", "GX 1+4"


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


@pytest.mark.shared
def test_two_sources_are_above_8_sigma_and_in_their_places(made):
    figure = stated(SLUG, SLUG)
    (places,) = compared(made, figure, by=SLUG)

    assert judged(made, figure, by=SLUG).verdict == Verdict.IDENTICAL
    assert list(Table.read(made.path("bright_catalogue"))["source"]) == [GRS, GX]
    assert (places.verdict, places.off) == (Verdict.WITHIN_TOLERANCE, 0)
    assert made.number("largest_offset") < 1.5


@pytest.mark.shared
def test_every_source_of_the_catalogue_is_known(made):
    found = Table.read(made.path("catalogue"))

    assert list(found["source"]) == [GRS, GX, "1E 1740.7-2942"]
    assert list(found["significance"]) == pytest.approx([61.0, 32.3, 6.8], abs=0.05)


@pytest.mark.shared
def test_the_noise_has_unit_width(made):
    assert made.number("noise_width") == pytest.approx(1, abs=0.02)


@pytest.mark.shared
def test_without_the_edge_mask_noise_is_taken_for_sources(run):
    unmasked = run(SLUG, edge=0)

    assert unmasked.number("source_count") > 9
    assert [unmasked.number(name) for name in ("bright_count", "named_count")] == [2, 3]


@pytest.mark.shared
def test_the_cropped_image_has_its_coordinates(made):
    with fits.open(made.path("mosaic")) as hdus:
        values, wcs = hdus[0].data, WCS(hdus[0].header)
    y, x = np.unravel_index(np.nanargmax(values), values.shape)
    ra, dec = wcs.pixel_to_world_values(x, y)

    assert float(np.nanmax(values)) == made.number("highest_significance")
    assert (float(ra), float(dec)) == pytest.approx((259.9035, -25.0174), abs=0.05)
    assert np.isfinite(values[[0, -1], :]).any(axis=1).all()


@pytest.mark.shared
def test_every_source_is_a_region(made):
    regions = made.path("regions").read_text()

    assert [line.split("text={")[1] for line in regions.splitlines()[2:]] == [
        "GRS 1716-249 61.0 sigma}",
        "GX 1+4 32.3 sigma}",
        "1E 1740.7-2942 6.8 sigma}",
    ]


@pytest.mark.shared
def test_an_even_box_is_refused(run):
    refused = run.attempt(SLUG, box=8)

    assert (refused.status, refused.error) == (
        3,
        "box (8 pixels) must be an odd number, so that it has a middle",
    )


@pytest.mark.shared
def test_nothing_above_the_threshold_is_an_empty_catalogue(run):
    none = run(SLUG, threshold=70.0)

    assert none.number("source_count") == len(Table.read(none.path("catalogue"))) == 0


@pytest.mark.shared
def test_the_same_question_gives_the_same_bytes(run, made):
    assert run(SLUG).digests() == made.digests()
