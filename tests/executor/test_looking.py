"""Limits, stretches, colours, and lines over an image."""
# ruff: noqa: RUF001 -- angles are written as on the page

import io

import numpy as np
import pytest
from astropy.visualization import ZScaleInterval
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from executor.domain.fits_header import cards_of
from executor.domain.fits_image import Small
from executor.domain.looking.angle import degrees_text, hours_text, position_text
from executor.domain.looking.asked import read_asked
from executor.domain.looking.colours import MAPS, colours
from executor.domain.looking.contours import BadLevelsError, make_contours, read_levels
from executor.domain.looking.frame import Frame
from executor.domain.looking.grid import make_grid
from executor.domain.looking.lookup import make_lookup
from executor.domain.looking.matched import NotAlikeError, laid_over
from executor.domain.looking.overlay import draw_regions
from executor.domain.looking.picture import Look, draw_png, rgba
from executor.domain.looking.scale import (
    STRETCHES,
    Limits,
    known_values,
    limits_of,
    quantiles,
    stretched,
    unstretched,
    zscale,
)
from executor.domain.looking.sky import NoSkyError, angles, read_sky
from executor.domain.regions import read_regions
from tests.executor.fits_files import SKY, card, header


def sky_of(width: int = 40, height: int = 30, **more: object):
    keywords = {name: value for name, value in (SKY | more).items() if value is not None}
    cards = cards_of(header(*[card(*pair) for pair in keywords.items()]), 500)
    return read_sky(cards, width, height)


def small_of(values) -> Small:
    values = np.asarray(values, np.float32)
    return Small(values, values.shape[1], values.shape[0], 1, 1)


def astropy_of(**more: object) -> WCS:
    keywords = {
        name: value.strip("'") if isinstance(value, str) else value
        for name, value in (SKY | more).items() if value is not None
    }  # fmt: skip
    return WCS(keywords)


def test_zscale_is_that_of_astropy_on_the_same_values():
    values = np.sort(np.random.default_rng(3).normal(size=1000))

    assert zscale(values) == pytest.approx(ZScaleInterval().get_limits(values), rel=0.02)


@pytest.mark.parametrize("values", [[], [1.0], [2.0] * 50, [0.0, 1e38], [-5.0, -5.0, 7.0]])
@pytest.mark.parametrize("how", ["percent", "zscale", "minmax"])
def test_limits_are_apart_whatever_the_values(values, how):
    limits = limits_of(known_values(np.array(values, np.float32)), how)

    assert limits.low < limits.high


@pytest.mark.parametrize("how", STRETCHES)
@given(share=st.floats(0, 1))
def test_a_stretch_and_its_inverse_meet(how, share):
    limits, steps = Limits(-2.0, 6.0), quantiles(np.linspace(-2, 6, 999), Limits(-2.0, 6.0))
    value = unstretched(share, limits, how, steps)

    assert stretched(np.array([value]), limits, how, steps)[0] == pytest.approx(share, abs=2e-3)


@pytest.mark.parametrize("name", MAPS)
def test_a_map_has_256_colours_none_like_the_next(name):
    assert len(colours(name)) == 256
    assert len({tuple(colour) for colour in colours(name).tolist()}) > 200


def test_coolwarm_has_the_published_ends_and_middle():
    assert colours("coolwarm")[[0, 128, 255]].tolist() == [
        [59, 76, 192],
        [221, 220, 220],
        [180, 4, 38],
    ]


def test_blank_pixels_are_transparent():
    look = Look("gray", "linear", Limits(0.0, 1.0))

    assert rgba(np.array([0, 1, np.nan], np.float32), look).tolist() == [
        [0, 0, 0, 255], [255, 255, 255, 255], [128, 128, 128, 0],
    ]  # fmt: skip


def test_a_picture_has_its_last_row_at_the_top():
    png = draw_png(small_of([[0, 0], [1, 1]]), Look("gray", "linear", Limits(0.0, 1.0)))
    picture = Image.open(io.BytesIO(png))

    assert (picture.getpixel((0, 0))[0], picture.getpixel((0, 1))[0]) == (255, 0)


@pytest.mark.parametrize(
    "more",
    [
        {}, {"CTYPE1": "'GLON-CAR'", "CTYPE2": "'GLAT-CAR'", "RADESYS": None, "CRVAL2": 0.0},
        {"CTYPE1": "'DEC--TAN'", "CTYPE2": "'RA---TAN'", "CRVAL1": -29.0, "CRVAL2": 266.4},
        {"CRVAL1": 0.05, "CRVAL2": 89.95}, {"CTYPE1": "'RA---AIT'", "CTYPE2": "'DEC--AIT'"},
        {"RADESYS": "'FK4'", "EQUINOX": 1950.0}, {"CDELT1": -1.0, "CDELT2": 1.0},
    ],
    ids=["tan", "galactic", "swapped", "pole", "aitoff", "B1950", "coarse"],
)  # fmt: skip
def test_the_lookup_table_agrees_with_astropy(more):
    sky = sky_of(**more)
    lookup = make_lookup(sky, 40, 30)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 40, 200), rng.uniform(0, 30, 200)  # from the lower left corner
    last = lookup.vectors.shape[0] - 1
    gx, gy = x / 40 * last, y / 30 * last
    i, j = np.minimum(gx.astype(int), last - 1), np.minimum(gy.astype(int), last - 1)
    between = sum(
        ((gx - i) if di else (1 - gx + i))[:, None] * ((gy - j) if dj else (1 - gy + j))[:, None]
        * lookup.vectors[j + dj, i + di]
        for di in (0, 1) for dj in (0, 1)
    )  # fmt: skip
    found = sky.pixels(*angles(between))
    exact = astropy_of(**more).pixel_to_world(x - 0.5, y - 0.5).icrs
    away = np.hypot(found[0] - (x - 0.5), found[1] - (y - 0.5))

    ra, dec = angles(sky.vectors(x - 0.5, y - 0.5))
    assert np.allclose(dec, exact.dec.deg, atol=1e-9)
    assert np.allclose((ra - exact.ra.deg + 180) % 360 - 180, 0, atol=1e-6)
    assert lookup.error <= 0.02
    assert away.max() < 0.03


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"CTYPE1": None, "CTYPE2": None}, "says nothing about the sky"),
        ({"CTYPE1": "'LINEAR'", "CTYPE2": "'LINEAR'"}, "not both on the sky"),
        ({"CTYPE2": "'FREQ'"}, "make no sense"),
        ({"CDELT1": 0.0, "CDELT2": 0.0}, "make no sense"),
        ({"CTYPE1": "'RA---TAB'", "CTYPE2": "'DEC--TAB'"}, "is a table"),
        ({"CTYPE1": "'RA---XYZ'", "CTYPE2": "'DEC--XYZ'"}, "make no sense"),
        ({"CRVAL1": "'x'"}, "CRVAL1 is not a number"),
        ({"A_ORDER": 10**6, "B_ORDER": 10**6}, "A_ORDER is not"),
        ({"CUNIT1": "'kg'"}, "make no sense"),
        ({"CRPIX1": 1e300}, "the same position"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_broken_wcs_is_told_in_words(more, why):
    with pytest.raises(NoSkyError, match=why):
        sky_of(**more)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(
    st.sampled_from([*SKY, "CD1_1", "PC1_2", "PV2_1", "LONPOLE", "A_ORDER", "A_1_1", "WCSAXES"]),
    st.one_of(st.floats(), st.integers(), st.text("RADEC-TNXY' ", max_size=12)), max_size=6,
))  # fmt: skip
def test_any_keywords_make_a_sky_or_a_sentence(more):
    try:
        sky_of(**more)
    except NoSkyError as error:
        assert str(error)  # noqa: PT017 -- either end is right


def test_lines_of_the_grid_lie_where_their_labels_say():
    sky, frame = sky_of(), Frame(40, 30)
    grid = make_grid(sky, frame, frame.whole, galactic=False)
    left = [item for item in grid.labels if item.edge == "left"]
    x, y = frame.to_pixel(*np.array([(item.u, item.v) for item in left]).T)

    assert [item.text for item in left] == ["−29°05′", "−29°00′", "−28°55′"]
    assert angles(sky.vectors(x, y))[1] == pytest.approx(
        [-29 - 5 / 60, -29, -29 + 5 / 60], abs=1e-6
    )


@pytest.mark.parametrize("galactic", [False, True])
@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_a_grid_around_a_pole_has_lines(galactic, pole):
    frame = Frame(40, 30)
    grid = make_grid(sky_of(CRVAL2=pole), frame, frame.whole, galactic=galactic)

    assert grid.path.startswith("M")


def test_angles_are_written_as_fine_as_needed():
    assert [
        hours_text(266.5, 15), hours_text(266.5, 0.25), hours_text(266.51, 15 * 0.1 / 3600),
        degrees_text(-29.5, 0.5, signed=True, sexagesimal=True), degrees_text(359.5, 0.5),
        degrees_text(0.0, 1, signed=True), position_text(359.9999999, -0.00001),
    ] == [
        "18ʰ", "17ʰ46ᵐ", "17ʰ46ᵐ02.4ˢ", "−29°30′", "359.5°", "0°", "24ʰ00ᵐ00.00ˢ −0°00′00.0″",
    ]  # fmt: skip


def test_contours_are_circles_around_a_source():
    y, x = np.mgrid[:41, :41]
    small = small_of(np.exp(-((x - 20) ** 2 + (y - 20) ** 2) / 50))
    (contour,), dropped = make_contours(small, Frame(41, 41), [0.5])
    points = np.array([pair.split(" ") for pair in contour.path[1:].split("L")], dtype=float)
    radii = np.hypot(*(points - 500).T) * 41 / 1000

    assert dropped == []
    assert radii == pytest.approx(np.sqrt(50 * np.log(2)), rel=0.02)


def test_contours_of_noise_are_bounded():
    noise = np.random.default_rng(1).normal(size=(1024, 1024))
    found, dropped = make_contours(small_of(noise), Frame(1024, 1024), [0.0, 0.1, 3.0])

    assert dropped == [0.0, 0.1]
    assert sum(len(item.path) for item in found) < 1_000_000


@pytest.mark.parametrize("text", ["a", "nan", "1e999", ", ".join("123456789abcd")])
def test_levels_that_are_none_are_refused(text):
    with pytest.raises(BadLevelsError):
        read_levels(text, np.array([0.0, 1.0]))


def test_levels_are_numbers_or_found():
    known = np.array([0.0, 0.0, 100.0])

    assert read_levels("5; 1e1 20", known) == [5.0, 10.0, 20.0]
    assert read_levels("auto", known) == [5.0, 10.0, 20.0, 40.0, 80.0]


def test_a_region_on_the_sky_is_drawn_where_astropy_puts_it():
    regions, left = read_regions(b'icrs; circle(266.4, -29.0, 36") # text={here}\nimage;point(1,1)')
    (circle, point), outside = draw_regions(regions, sky_of(), Frame(40, 30))
    points = np.array([pair.split(" ") for pair in circle.path[1:].split("L")], dtype=float)

    assert (left, outside, circle.text) == (0, 0, "here")
    assert np.hypot(points[:, 0] - 500, points[:, 1] - 375) == pytest.approx(25.0, abs=0.1)
    assert (point.u, point.v) == (12.5, 737.5)


def test_one_image_is_laid_over_another_by_position():
    values = np.arange(1200, dtype=np.float32).reshape(30, 40)
    shifted = laid_over(small_of(values), sky_of(CRPIX1=22.5), small_of(values), sky_of())

    assert (shifted.values[:, :38] == values[:, 2:]).all()
    assert np.isnan(shifted.values[:, 38:]).all()


def test_images_that_share_nothing_are_refused():
    one, two = small_of(np.zeros((3, 3))), small_of(np.zeros((4, 4)))
    with pytest.raises(NotAlikeError, match="sizes differ"):
        laid_over(one, None, two, None)
    with pytest.raises(NotAlikeError, match="different parts"):
        laid_over(one, sky_of(CRVAL1=20.0), two, sky_of())


def test_what_is_asked_is_kept_within_its_choices():
    asked = read_asked({"map": "<b>", "min": "nan", "x": "-1", "hdu": "1" * 30, "with": "../x"})

    assert (asked.map, asked.low, asked.pixel, asked.hdu, asked.other) == ("viridis", *[None] * 4)
    assert len(asked.faults) == 5


@given(st.dictionaries(
    st.sampled_from(["hdu", "plane", "map", "min", "max", "x", "y", "contours", "regions", "with"]),
    st.text(max_size=30),
))  # fmt: skip
def test_any_query_is_read(given_query):
    assert read_asked(given_query).plane >= 1


def test_an_address_of_a_product_is_taken_as_it_is_pasted():
    digest = "a" * 64
    asked = read_asked({"catalogue": f"https://x.example/products/{digest}?name=a.fits&download"})

    assert str(asked.catalogue) == f"{digest}:a.fits"
