"""The simulated coded-mask telescope: what goes in comes out again, step by step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from tests.workflows.entries import WORKFLOWS, Entries, Made, reading

STEPS = (
    "choice",
    "pointing",
    "image",
    "mosaic",
    "catalogue",
    "spectrum",
    "light-curve",
    "power-law",
)
SLUGS = tuple(f"coded-mask-{step}" for step in STEPS)
ROWS = (0, 1, 2, 7, 8)  # during the last two Sim X-3 is eclipsed
RESOLUTION = 0.2  # degrees, one element of the mask
PERIOD = 58  # pixels after which the mask repeats
TRUTH = Table.read(WORKFLOWS / "coded-mask-pointing/sky.ecsv", format="ascii.ecsv")
KINDS = {  # of the products that travel from step to step
    "coded-mask-choice": ("chosen", "PointingList"),
    "coded-mask-pointing": ("pointing", "Shadowgram"),
    "coded-mask-image": ("image_file", "SkyMap"),
    "coded-mask-mosaic": ("mosaic_file", "SkyMap"),
    "coded-mask-catalogue": ("catalogue_file", "Catalogue"),
    "coded-mask-spectrum": ("spectrum_file", "Spectrum"),
    "coded-mask-light-curve": ("light_curve_file", "LightCurve"),
}


@dataclass(frozen=True)
class Chain:
    pointings: list[Path]
    images: list[Made]
    raw: Made
    mosaic: Made
    catalogue: Made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entries]:
    entries = Entries(tmp_path_factory.mktemp("coded-mask"))
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def defaults(run: Entries) -> Callable[[str], Made]:
    """The run of an entry with its defaults, made once."""
    return cache(run)


@pytest.fixture(scope="module")
def chain(run: Entries) -> Chain:
    pointings = [run("coded-mask-pointing", row=row).path("pointing") for row in ROWS]
    images = [run("coded-mask-image", pointing=pointing) for pointing in pointings]
    raw = run("coded-mask-image", pointing=pointings[0], sources_at_most=0)
    mosaic = run("coded-mask-mosaic", images=[image.path("image_file") for image in images])
    catalogue = run("coded-mask-catalogue", mosaic=mosaic.path("mosaic_file"))
    return Chain(pointings, images, raw, mosaic, catalogue)


def truth(name: str) -> dict[str, float]:
    (row,) = TRUTH[TRUTH["name"] == name]
    return {key: float(row[key]) for key in ("ra", "dec", "flux_50", "index")}


def table(made: Made, output: str) -> Table:
    return Table.read(made.path(output), format="ascii.ecsv")


def distances(found: Table, ra: float, dec: float) -> np.ndarray:
    """Degrees from (ra, dec) to each row, good for small ones."""
    east = (np.asarray(found["ra"]) - ra) * np.cos(np.radians(dec))
    return np.hypot(east, np.asarray(found["dec"]) - dec)


def significances(made: Made, output: str = "image_file") -> tuple[np.ndarray, WCS]:
    with fits.open(made.path(output)) as hdus:
        return hdus["SIGNIFICANCE"].data.astype(float), WCS(hdus[0].header)


def width_of_noise(values: np.ndarray, wcs: WCS) -> float:
    """Standard deviation away from every source of the sky."""
    rows, columns = np.indices(values.shape)
    quiet = np.isfinite(values)
    for ra, dec in zip(TRUTH["ra"], TRUTH["dec"], strict=True):
        x, y = wcs.world_to_pixel_values(ra, dec)
        quiet &= np.hypot(columns - x, rows - y) > 4
    return float(np.std(values[quiet]))


def expected_rate(pointing: Path, name: str, e_min: float, e_max: float) -> float:
    """Counts a second of a source in a band: area times power law, integrated."""
    source, energy = truth(name), np.geomspace(e_min, e_max, 2001)
    with fits.open(pointing) as hdus:
        steps = hdus["AREA"].data
        centre = np.sqrt(steps["E_LO"] * steps["E_HI"])
        area = np.interp(energy, centre, steps["AREA"])
    return float(np.trapezoid(area * source["flux_50"] * (energy / 50) ** -source["index"], energy))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_entry_is_read_without_a_finding(slug):
    assert reading(slug).findings == ()


@pytest.mark.parametrize(("slug", "output"), [(slug, KINDS[slug][0]) for slug in KINDS])
def test_what_travels_on_has_the_term_of_its_kind(slug, output):
    found = reading(slug).interface.output(output)

    assert found is not None
    assert found.term == KINDS[slug][1]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_entry_says_that_it_is_simulated(slug):
    citation = yaml.safe_load((WORKFLOWS / slug / "CITATION.cff").read_text())
    first = (WORKFLOWS / slug / "README.md").read_text().split("\n")[0]

    assert citation["title"].startswith("Simulated ")
    assert "SIMULATE" in citation["abstract"]
    assert first.startswith("# SIMULATED ")


@pytest.mark.parametrize("slug", SLUGS)
def test_one_environment_serves_the_whole_chain(slug):
    lock = (WORKFLOWS / "hatp7-transit/requirements.lock").read_bytes()

    assert (WORKFLOWS / slug / "requirements.lock").read_bytes() == lock


def test_the_choice_is_made_from_the_plan_that_is_pointed_by():
    plans = [WORKFLOWS / f"coded-mask-{step}/plan.ecsv" for step in ("choice", "pointing")]

    assert plans[0].read_bytes() == plans[1].read_bytes()


@pytest.mark.parametrize("slug", SLUGS)
def test_defaults_give_every_output_and_the_same_bytes_twice(slug, run, defaults):
    first, second = defaults(slug), run(slug)

    assert set(first.digests()) == {item.name for item in reading(slug).interface.outputs}
    assert first.digests() == second.digests()


@pytest.mark.parametrize("slug", tuple(KINDS))
def test_every_file_says_that_it_is_simulated(slug, defaults):
    path = defaults(slug).path(KINDS[slug][0])

    if path.suffix == ".ecsv":
        assert Table.read(path, format="ascii.ecsv").meta["comments"][0].startswith("SIMULATED")
    else:
        assert {fits.getval(path, key) for key in ("SIMULAT", "ORIGIN")} == {True, "Reprise"}


def test_ghosts_of_the_bright_source_stand_one_period_aside_in_the_raw_image(chain):
    values, wcs = significances(chain.raw)
    bright = truth("Sim X-1")
    x, y = wcs.world_to_pixel_values(bright["ra"], bright["dec"])
    places = [(x + i * PERIOD, y + j * PERIOD) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    seen = [values[round(float(b)), round(float(a))] for a, b in places]
    told = table(chain.raw, "ghosts")
    predicted = [
        distances(told, *map(float, wcs.pixel_to_world_values(*place))) for place in places
    ]

    assert len(told) == 8
    assert min(seen) > 50
    assert max(float(distance.min()) for distance in predicted) < RESOLUTION / 2


def test_cleaning_takes_the_ghosts_away(chain):
    told = table(chain.images[0], "ghosts")

    assert chain.images[0].number("n_sources") == len(TRUTH)
    assert min(told["raw_significance"]) > 50
    assert max(told["final_significance"]) < 5


def test_noise_of_image_and_mosaic_has_unit_width(chain):
    widths = [width_of_noise(*significances(image)) for image in chain.images]

    assert widths == pytest.approx([1] * len(ROWS), abs=0.08)
    assert width_of_noise(*significances(chain.mosaic, "mosaic_file")) == pytest.approx(1, abs=0.08)


def test_the_raw_image_is_disturbed_all_over(chain):
    assert width_of_noise(*significances(chain.raw)) > 2


def test_the_catalogue_holds_every_source_in_its_place_and_nothing_else(chain):
    found = table(chain.catalogue, "catalogue_file")
    nearest = [float(distances(found, row["ra"], row["dec"]).min()) for row in TRUTH]

    assert len(found) == len(TRUTH)
    assert not any(found["ghost"])
    assert max(nearest) < RESOLUTION / 4


def test_ghosts_of_a_raw_mosaic_are_flagged_and_sources_are_not(chain, run):
    mosaic = run("coded-mask-mosaic", images=[chain.raw.path("image_file")], size=17.0)
    made = run("coded-mask-catalogue", mosaic=mosaic.path("mosaic_file"), threshold=40)
    found = table(made, "catalogue_file")
    told = table(chain.raw, "ghosts")
    ghosts = [distances(found, row["ra"], row["dec"]) for row in told]
    bright = [
        distances(found, *(truth(f"Sim X-{k}")[key] for key in ("ra", "dec"))) for k in (1, 3, 6)
    ]

    assert max(float(distance.min()) for distance in ghosts) < RESOLUTION
    assert [bool(found["ghost"][int(np.argmin(distance))]) for distance in ghosts] == [True] * 8
    assert max(float(distance.min()) for distance in bright) < RESOLUTION
    assert [bool(found["ghost"][int(np.argmin(distance))]) for distance in bright] == [False] * 3


@pytest.mark.parametrize("name", ["Sim X-1", "Sim X-2", "Sim X-7"])
def test_slope_and_flux_come_out_within_three_sigma(name, chain, run):
    source = truth(name)
    spectrum = run(
        "coded-mask-spectrum", pointings=chain.pointings, ra=source["ra"], dec=source["dec"],
        catalogue=chain.catalogue.path("catalogue_file"),
    )  # fmt: skip
    law = run("coded-mask-power-law", spectrum=spectrum.path("spectrum_file"))
    pulls = [
        (law.number("slope") - source["index"]) / law.number("slope_error"),
        (law.number("normalisation") - source["flux_50"]) / law.number("normalisation_error"),
    ]

    assert pulls == pytest.approx([0, 0], abs=3)
    assert law.number("chi_squared") < 30  # for 10 degrees of freedom: one in a thousand
    assert law.number("slope_error") < 0.2


def test_a_place_half_a_pixel_off_in_the_catalogue_does_not_spoil_the_flux(chain, run, tmp_path):
    source, moved = truth("Sim X-1"), table(chain.catalogue, "catalogue_file")
    moved["dec"][0] += 0.05
    moved.write(tmp_path / "moved.ecsv", format="ascii.ecsv", delimiter=",")
    spectrum = run(
        "coded-mask-spectrum", pointings=chain.pointings, ra=source["ra"], dec=source["dec"],
        catalogue=tmp_path / "moved.ecsv",
    )  # fmt: skip
    law = run("coded-mask-power-law", spectrum=spectrum.path("spectrum_file"))

    assert law.number("normalisation") == pytest.approx(
        source["flux_50"], abs=3 * law.number("normalisation_error")
    )


def test_the_light_curve_shows_the_eclipse_of_one_source_and_no_change_of_another(chain, run):
    eclipsed, steady = (
        run(
            "coded-mask-light-curve", pointings=chain.pointings, ra=truth(name)["ra"],
            dec=truth(name)["dec"], catalogue=chain.catalogue.path("catalogue_file"),
        )
        for name in ("Sim X-3", "Sim X-1")
    )  # fmt: skip
    with fits.open(eclipsed.path("light_curve_file")) as hdus:
        rate, error = (hdus["RATE"].data[key].astype(float) for key in ("RATE", "ERROR"))
    bright = expected_rate(chain.pointings[0], "Sim X-3", 20, 63.2456)

    assert rate[:3] == pytest.approx([bright] * 3, abs=3 * float(error.max()))
    assert rate[3:] == pytest.approx([0, 0], abs=3 * float(error.max()))
    assert steady.number("chi2_constant") < 19  # for 4 degrees of freedom: one in a thousand


def test_a_second_band_gives_the_rate_of_that_band(chain, run):
    hard = run("coded-mask-image", pointing=chain.pointings[0], e_min=60, e_max=120)
    found = table(hard, "found_sources")
    row = found[int(np.argmax(found["rate"]))]
    band = [hard.number(name) for name in ("band_low", "band_high")]

    assert band == pytest.approx([63.2456, 112.4683], abs=1e-3)
    assert row["rate"] == pytest.approx(
        expected_rate(chain.pointings[0], "Sim X-1", *band), abs=3 * row["rate_error"]
    )


def test_one_pointing_more_adds_its_exposure(chain, run):
    images = [image.path("image_file") for image in chain.images]
    fewer = run("coded-mask-mosaic", images=images[:-1])
    maps = [fits.getdata(made.path("mosaic_file"), "EXPOSURE") for made in (fewer, chain.mosaic)]

    assert [made.number("exposure_sum") for made in (fewer, chain.mosaic)] == [8000, 10000]
    assert (maps[1] >= maps[0]).all()
    assert chain.mosaic.number("highest") > fewer.number("highest")


def test_the_order_of_the_images_does_not_matter(chain, run):
    images = [image.path("image_file") for image in chain.images]
    turned = run("coded-mask-mosaic", images=images[::-1])

    assert turned.path("mosaic_file").read_bytes() == chain.mosaic.path("mosaic_file").read_bytes()


def test_an_image_given_twice_is_refused(chain, run):
    image = chain.images[0].path("image_file")
    made = run.attempt("coded-mask-mosaic", images=[image, image])

    assert (made.status, made.error) == (3, "pointings given twice would count twice: [1]")


def test_images_of_two_bands_are_refused(chain, run):
    hard = run("coded-mask-image", pointing=chain.pointings[1], e_min=60, e_max=120)
    images = [chain.images[0].path("image_file"), hard.path("image_file")]
    made = run.attempt("coded-mask-mosaic", images=images)

    assert (made.status, made.error) == (
        3,
        "the images are of different bands, in keV: 20.0 to 63.2, 63.2 to 112.5",
    )


def test_a_place_without_a_source_is_refused_with_the_nearest(run):
    made = run.attempt("coded-mask-spectrum", ra=110.0, dec=-30.0)

    assert made.status == 3
    assert made.error.startswith(
        "no source of the catalogue lies within 0.2 deg of (110.0, -30.0); the nearest, at (116.3"
    )


def test_a_seed_gives_one_order_and_another_seed_another(run):
    same, again, other = (
        list(table(run("coded-mask-choice", choice_seed=seed), "chosen")["number"])
        for seed in (7, 7, 8)
    )

    assert same == again
    assert same != other
    assert sorted(same) == sorted(other)


def test_a_pointing_has_the_same_photons_wherever_it_stands_in_a_list(chain, run):
    chosen = run("coded-mask-choice").path("chosen")
    place = list(Table.read(chosen, format="ascii.ecsv")["number"]).index(1)
    made = run("coded-mask-pointing", plan=chosen, row=place)

    assert made.path("pointing").read_bytes() == chain.pointings[0].read_bytes()


def test_the_photons_are_those_of_the_seed(chain, run):
    counts = fits.getdata(chain.pointings[0], "SHADOW").astype(int)
    other = fits.getdata(run("coded-mask-pointing", photon_seed=2).path("pointing"), "SHADOW")

    assert (counts != other).any()
    assert other.sum() == pytest.approx(counts.sum(), abs=5 * np.sqrt(2 * counts.sum()))
