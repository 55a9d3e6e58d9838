"""The sky map: the projection against what is known of it, and pages that show it."""

from itertools import pairwise
from math import cos, pi, radians

import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain import skymap
from gallery.models import Facet, Figure
from tests.factories import rows

right_ascensions = st.floats(-720, 720)
declinations = st.floats(-90, 90)
CENTRE = (skymap.WIDTH / 2, skymap.HEIGHT / 2)


def test_the_middle_the_poles_and_the_rim_are_where_they_should_be():
    x, y = CENTRE
    radius = skymap.RADIUS

    assert skymap.projected(0, 0) == CENTRE
    assert skymap.projected(0, 90) == (x, y - radius)
    assert skymap.projected(123, -90) == pytest.approx((x, y + radius))
    assert skymap.projected(179.9999, 0) == pytest.approx((x - 2 * radius, y), abs=0.01)


def test_right_ascension_grows_to_the_left():
    assert skymap.projected(90, 0)[0] < CENTRE[0] < skymap.projected(270, 0)[0]


@given(right_ascensions, declinations)
def test_everything_lies_within_the_ellipse(ra, dec):
    x, y = skymap.projected(ra, dec)
    across, down = (x - CENTRE[0]) / (2 * skymap.RADIUS), (y - CENTRE[1]) / skymap.RADIUS

    assert across**2 + down**2 <= 1.001


@given(st.floats(-170, 170), st.floats(-80, 80))
def test_areas_are_kept(ra, dec):
    """A small square of the sky has the same area on the map wherever it is."""
    step = 2.0
    (x0, y0), (x1, y1), (x2, y2) = (
        skymap.projected(ra, dec), skymap.projected(ra + step, dec),
        skymap.projected(ra, dec + step),
    )  # fmt: skip
    area = abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))
    whole = 2 * pi * skymap.RADIUS**2
    expected = whole / (4 * pi) * radians(step) ** 2 * cos(radians(dec))

    assert area == pytest.approx(expected, rel=0.2, abs=0.3)


@given(st.floats(0, 360), declinations)
def test_galactic_directions_are_those_of_astropy(longitude, latitude):
    ra, dec = skymap.galactic(longitude, latitude)
    known = SkyCoord(l=longitude * units.deg, b=latitude * units.deg, frame="galactic").icrs
    mine = SkyCoord(ra=ra * units.deg, dec=dec * units.deg)

    assert mine.separation(known).arcsec < 1


def test_no_line_of_the_plane_crosses_the_whole_map():
    for path in skymap.galactic_plane():
        xs = [float(point.split(" ")[0]) for point in path.removeprefix("M").split("L")]
        assert max(abs(one - other) for one, other in pairwise(xs)) < skymap.RADIUS


def test_what_stands_together_shares_a_mark():
    made = skymap.marks([(1, 83.63, 22.01), (2, 83.64, 22.02), (3, 266.4, -28.9)])

    assert [mark.pks for mark in made] == [(1, 2), (3,)]


@pytest.mark.parametrize("place", [(None, 1.0), (1.0, None), (float("nan"), 0.0), (0.0, 91.0)])
def test_what_is_no_direction_has_no_mark(place):
    assert skymap.marks([(1, *place)]) == []


# The page


def placed(slug: str, ra: float, **fields: object) -> Figure:
    return rows.FigureFactory(slug=slug, title=slug, ra=ra, dec=10.0, **fields)


@pytest.mark.django_db
def test_a_mark_leads_to_its_figure_or_to_the_list_when_several_share_it(client):
    paper = rows.PaperFactory()  # one paper: its figures come in the order of their names
    rows.CheckFactory(figure=placed("alone", 10, paper=paper))
    rows.CheckFactory(figure=placed("one", 100, source="Crab", paper=paper), verdict="identical")
    rows.CheckFactory(figure=placed("other", 100, source="Crab", paper=paper), verdict="different")
    rows.FigureFactory(slug="nowhere")

    context = client.get("/sky").context

    found = {item.href: (item.words, item.shape) for item in context["placed"]}
    assert found == {
        "/figures/alone": ("alone: identical", "circle"),
        "#at-2": ("Crab: 2 figures, the worst different", "cross"),
    }
    assert context["elsewhere"] == 1


@pytest.mark.django_db
def test_the_same_choice_holds_on_the_map(client):
    for name in ("a", "b"):
        figure = placed(name, 10 if name == "a" else 50)
        Facet.objects.create(figure=figure, name="source", value=name)

    shown = client.get("/sky?source=b").context["placed"]

    assert [[figure.slug for figure in item.figures] for item in shown] == [["b"]]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 100])
def test_the_map_asks_the_database_as_often_for_many_as_for_one(
    client, django_assert_num_queries, count
):
    paper, version = rows.PaperFactory(), rows.VersionFactory()
    for number in range(count):
        placed(f"f{number}", number, paper=paper, version=version)

    with django_assert_num_queries(4):
        client.get("/sky")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sky", "/sky?source=none"])
def test_an_empty_sky_is_a_page(client, path):
    assert client.get(path).status_code == 200
