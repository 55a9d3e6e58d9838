"""The pairs of H.E.S.S. and Fermi-LAT sources are the published ones."""

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table

from gallery.domain.verdict import Verdict
from tests.workflows.entries import WORKFLOWS, Made, reading
from tests.workflows.measured import MIRROR, EntriesWithData, compared, judged, stated

SLUG = "hgps-3fgl"
FERMI = MIRROR / SLUG / "gll_psc_v16.fit.gz"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntriesWithData]:
    entries = EntriesWithData(tmp_path_factory.mktemp(SLUG))
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def made(run: EntriesWithData) -> Made:
    return run(SLUG)


@pytest.fixture(scope="module")
def near_pole(run: EntriesWithData) -> Made:
    return run(SLUG, reach=0.5, ra=12.0, dec=89.5, radius=10.0)


@pytest.fixture(scope="module")
def empty(run: EntriesWithData) -> Made:
    return run(SLUG, reach=2.0, ra=10.0, dec=-80.4, radius=0.05)


def cone(made: Made) -> Table:
    return Table.read(made.path("cone_catalogue"))


def test_the_entry_is_read_without_a_finding():
    assert reading(SLUG).findings == ()


@pytest.mark.shared
@pytest.mark.parametrize("figure", ["hgps-3fgl-pairs", "hgps-classes"])
def test_every_number_is_the_published_one(made, figure):
    assert judged(made, stated(SLUG, figure), by=SLUG).verdict == Verdict.IDENTICAL


@pytest.mark.shared
def test_the_64_pairs_are_the_published_ones_name_by_name(made):
    figure = stated(SLUG, "hgps-3fgl-pairs")
    (outcome,) = compared(made, figure, by=SLUG)
    found, published = (
        {(row["source"], row["association"]) for row in Table.read(path)}
        for path in (made.path("associations"), WORKFLOWS / SLUG / figure.claims[0].file)
    )

    assert len(found) == 64
    assert found == published
    assert (outcome.verdict, outcome.off) == (Verdict.IDENTICAL, 0)


@pytest.mark.shared
def test_their_separations_are_the_published_ones_to_single_precision(made):
    (outcome,) = compared(made, stated(SLUG, "hgps-3fgl-separations"), by=SLUG)

    assert (outcome.verdict, outcome.off) == (Verdict.WITHIN_TOLERANCE, 0)
    assert outcome.worst is not None
    assert abs(outcome.worst.deviation or 1) < 5e-6


@pytest.mark.shared
def test_half_the_reach_loses_pairs_and_adds_none(near_pole):
    assert near_pole.number("pair_count") + near_pole.number("missing_count") == 64
    assert near_pole.number("missing_count") > 0
    assert near_pole.number("extra_count") == 0


@pytest.mark.shared
def test_twice_the_reach_adds_pairs_and_loses_none(empty):
    assert empty.number("missing_count") == 0
    assert empty.number("pair_count") - empty.number("extra_count") == 64
    assert empty.number("extra_count") > 0


@pytest.mark.shared
@pytest.mark.parametrize(
    ("which", "ra", "dec", "radius"),
    [("made", 266.4168, -29.0078, 1.5), ("near_pole", 12.0, 89.5, 10.0)],
)
def test_a_cone_holds_what_astropy_finds_in_it(request, which, ra, dec, radius):
    found = cone(request.getfixturevalue(which))
    rows = fits.getdata(FERMI, 1)
    places = SkyCoord(rows["RAJ2000"], rows["DEJ2000"], unit="deg")
    near = places.separation(SkyCoord(ra, dec, unit="deg")).deg <= radius

    assert near.any()
    assert sorted(found["source"][found["catalogue"] == "3FGL"]) == sorted(
        name.strip() for name in rows["Source_Name"][near]
    )
    assert (np.diff(found["distance"]) >= 0).all()


@pytest.mark.shared
def test_an_empty_cone_is_a_table_without_rows(empty):
    assert (empty.number("cone_count"), len(cone(empty))) == (0, 0)


@pytest.mark.shared
def test_the_same_question_gives_the_same_bytes(run, made):
    assert run(SLUG).digests() == made.digests()
