"""Products of different messengers on one axis: instants meet whichever way they are counted."""

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time

from executor.domain.tables.blending import Part, Source, blend, blend_question, part_text
from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.messengers import messenger
from tests.executor.tables import opened

EVENT = "2015-09-14T09:50:45.391"
DIGEST = "ab" * 32
FLASH = Time(EVENT, scale="utc")


def source(folder, table: Table, x: str, y: str = "y", file: str = "x.ecsv") -> Source:
    folder.mkdir()
    return Source(Part(DIGEST, file, x, y), opened(table, folder, file), f"{x} of {y}")


def counted(name: str, values, unit: str | None = None, **meta) -> Table:
    table = Table({name: np.atleast_1d(values), "y": [1.0]}, meta=meta)
    table[name].unit = unit
    return table


TT_REF = (FLASH.tt.mjd - 51910 - 7.428703703703703e-4) * 86400
WAYS = {
    "mjd": counted("mjd", FLASH.utc.mjd),
    "TIME": counted("TIME", TT_REF, "s", MJDREFI=51910, MJDREFF=7.428703703703703e-4, TIMESYS="TT"),
    "gps_time": counted("gps_time", FLASH.gps),
    "BJD": counted("BJD", FLASH.tdb.jd, "d", TIMESYS="TDB"),
    "time": counted("time", FLASH.tdb.jd - 2454833, "BJD - 2454833"),
    "when": Table({"when": FLASH.tt.reshape(1), "y": [1.0]}),
    "DATE-OBS": counted("DATE-OBS", [EVENT], TIMESYS="UTC"),
    "t@unix": counted("t", FLASH.unix, "s"),
    f"t@since={EVENT}": counted("t", 0.0, "s"),
    "d": counted("d", FLASH.tt.mjd, "d", TIMESYS="TT"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_instant_is_at_zero_however_it_is_counted(tmp_path, way):
    asked = blend_question({"p": [part_text(DIGEST, "x.ecsv", way, "y")], "t0": [EVENT]})
    found = blend([source(tmp_path / "a", WAYS[way], way)], asked).axes[0]

    assert found.series[0].x[0] == pytest.approx(0.0, abs=1e-4)
    assert found.xlabel == f"time since {EVENT} UTC [s]"


def test_panels_share_their_axis_and_only_the_lowest_is_numbered(tmp_path):
    sources = [
        source(tmp_path / "a", WAYS["mjd"], "mjd"),
        source(tmp_path / "b", WAYS["BJD"], "BJD"),
    ]
    upper, lower = blend(sources, blend_question({"scale": ["tdb"]})).axes

    assert (upper.xlabel, lower.xlabel) == ("", "MJD (TDB) [d]")
    assert upper.xlim == lower.xlim
    assert (upper.title, upper.box[0], upper.box[2]) == ("mjd of y", lower.box[0], lower.box[2])
    assert upper.series[0].x == pytest.approx([FLASH.tdb.mjd], abs=1e-9)


def test_overlaid_each_goes_from_nought_to_one(tmp_path):
    table = Table({"mjd": [57000.0, 57001.0, 57002.0], "y": [10.0, 30.0, 20.0]})
    found = blend([source(tmp_path / "a", table, "mjd")], blend_question({"layout": ["overlaid"]}))

    assert found.axes[0].series[0].y == (0.0, 1.0, 0.5)


def test_energies_frequencies_and_wavelengths_meet(tmp_path):
    tables = {
        "energy": (10.0, "keV"),
        "freq": (2.417989242084e18, "Hz"),
        "wavelength": (1.23984198, "Angstrom"),
    }
    sources = []
    for name, (value, unit) in tables.items():
        table = Table({name: [value], "y": [1.0]})
        table[name].unit = unit
        sources.append(source(tmp_path / name, table, name))
    found = blend(sources, blend_question({"axis": ["energy"], "xunit": ["MeV"]}))

    assert [axes.series[0].x[0] for axes in found.axes] == pytest.approx([0.01] * 3, rel=1e-6)
    assert found.axes[-1].xlabel == "energy [MeV]"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"p": ["x"]}, "'x' is no product to show"),
        ({"p": [part_text(DIGEST, "f", "x", "y")] * 9}, "9 products; 8 are shown together."),
        ({"axis": ["space"]}, "axis is 'space': write one of time, energy."),
        ({"from": ["nan"]}, "from is 'nan': write a number"),
    ],
)
def test_a_blend_that_is_none_is_told_in_words(query, words):
    with pytest.raises(BadQuestionError) as refused:
        blend_question(query)

    assert words in str(refused.value)


@pytest.mark.parametrize("t0", ["soon", "2015-99-99", "1e99", "gps:x", "nan", "\ud800"])
def test_a_zero_that_is_no_time_is_told(tmp_path, t0):
    with pytest.raises(BadQuestionError, match="t0 is"):
        blend([source(tmp_path / "a", WAYS["mjd"], "mjd")], blend_question({"t0": [t0]}))


def test_times_without_a_zero_are_not_guessed(tmp_path):
    with pytest.raises(BadQuestionError, match="TIME says no zero of its times"):
        blend([source(tmp_path / "a", counted("TIME", 12.0, "s"), "TIME")], blend_question({}))


@pytest.mark.parametrize("value", [1e300, np.nan, -np.inf, 1e12])
def test_a_time_beyond_all_calendars_is_left_out(tmp_path, value):
    table = Table({"mjd": [57000.0, value], "y": [1.0, 2.0]})
    found = blend([source(tmp_path / "a", table, "mjd")], blend_question({}))

    assert [item for item in found.axes[0].series[0].x if item is not None] == pytest.approx(
        [57000.0]
    )


def test_a_part_keeps_colons_and_says_which_table():
    part = blend_question({"p": [part_text(DIGEST, "a:b.fits#2", "t:x", "y", "50%: new")]}).parts[0]

    assert (part.name, part.hdu, part.x, part.y, part.label) == (
        "a:b.fits",
        2,
        "t:x",
        "y",
        "50%: new",
    )


@pytest.mark.parametrize(
    ("keys", "terms", "told"),
    [
        ({"TELESCOP": "Fermi"}, (), "gamma rays"),
        ({"INSTRUME": "LIGO H1"}, (), "gravitational waves"),
        ({}, ("Neutrino", "LightCurve"), "neutrinos"),
        ({"MESSENGER": "cosmic rays", "TELESCOP": "Fermi"}, (), "cosmic rays"),
        ({}, (), ""),
    ],
)
def test_messengers_are_told_by_header_or_terms(keys, terms, told):
    assert messenger(keys, terms) == told
