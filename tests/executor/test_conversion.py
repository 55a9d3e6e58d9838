"""Tables in other forms: what each keeps, and what it says it could not."""

import io

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from executor.domain import conversion
from executor.domain.conversion import FORMS, TooLargeError, convert
from executor.domain.tabular import read_table
from tests.executor.tables import light_curve, saved, timed

pytestmark = pytest.mark.filterwarnings("ignore")  # as in the program apart
READ = {"fits": "x.fits", "ecsv": "x.ecsv", "votable": "x.vot"}


def again(table: Table, *forms: str) -> Table:
    for form in forms:
        data, _lost = convert(table, form)
        table = read_table(data, READ[form])
    return table


@pytest.mark.parametrize("form", READ)
def test_units_masks_vectors_and_descriptions_come_through(form):
    found = again(light_curve(), form)

    assert [str(found[name].unit).replace(" ", "") for name in ("TIME", "RATE")] == ["d", "ct/s"]
    assert list(found["COUNT"].filled(-1)) == [0, -1, 2, 3, 4]
    assert found["BANDS"].shape == (5, 3)
    assert list(found["NAME"].astype(str)) == list(light_curve()["NAME"])
    assert list(found["GOOD"]) == [True, False, True, False, True]


def test_a_table_comes_back_from_a_journey_through_all_forms():
    found = again(light_curve(), "fits", "votable", "ecsv", "votable", "fits")

    for name in ("TIME", "RATE", "BANDS"):
        assert np.array_equal(found[name], light_curve()[name])
        assert found[name].dtype.kind == "f"
    assert found["COUNT"].mask.tolist() == [False, True, False, False, False]


def test_instants_stay_instants_in_ecsv_and_are_days_elsewhere():
    assert again(timed(), "ecsv")["t"].scale == "tt"
    for form in ("fits", "votable"):
        data, lost = convert(timed(), form)
        found = read_table(data, READ[form])
        assert list(found["t"]) == [54000.25, 54001.25, 54002.25]
        assert lost == ("instants of t finer than a microsecond: they are written as MJD, TT",)


def test_a_csv_says_what_it_lost_and_reads():
    data, lost = convert(light_curve(), "csv")
    found = Table.read(io.BytesIO(data), format="ascii.csv", comment="#")

    assert lost == ("that BANDS was one column of vectors", "units", "descriptions", "metadata")
    assert data.decode().splitlines()[:2] == [
        "# Not kept: that BANDS was one column of vectors", "# Not kept: units",
    ]  # fmt: skip
    assert found.colnames[4:8] == ["BANDS[0]", "BANDS[1]", "BANDS[2]", "COUNT"]
    assert list(found["BANDS[1]"]) == [1.0, 4.0, 7.0, 10.0, 13.0]


def test_no_text_of_a_csv_is_run_by_a_spreadsheet():
    data, lost = convert(Table({"s": ["=1+1", "@x", "-5", "plain"]}), "csv")

    assert data.decode().splitlines()[-4:] == ["'=1+1", "'@x", "-5", "plain"]
    assert lost == ("texts of s that a spreadsheet would run: a quote is before",)


def test_fits_says_in_its_history_what_it_lost():
    table = Table({"s": MaskedColumn(["a", "b"], mask=[True, False])}, meta={"a long word": "é"})
    data, lost = convert(table, "fits")

    assert lost == (
        "which empty texts of s were missing",
        "some of its metadata, which no FITS header takes",
    )
    assert b"Not kept: which empty texts of s were missing" in data


@pytest.mark.parametrize("form", FORMS)
def test_what_is_too_large_is_refused_before_it_is_written(form, monkeypatch):
    monkeypatch.setitem(conversion.BYTES_AT_MOST, form, 10)
    with pytest.raises(TooLargeError, match=f"are written as {form}"):
        convert(light_curve(), form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "table",
    [
        Table({"a": np.array([1 + 2j, 3j])}),
        Table({"o": np.array([{"x": 1}, None], dtype=object)}),
        Table(
            {"é=\"'<": ["<b>\n\x1b", "ü"]},
            meta={"k\n": "v\x00", "n": float("nan"), "d": {"e": [1]}},
        ),
        Table({"t": Time([1e5, 2e5], format="mjd"), "e": np.zeros((2, 0))}),
        Table({"a": []}),
    ],
    ids=["complex", "objects", "odd", "times", "empty"],
)
def test_odd_tables_are_written_or_refused_as_tables_are(form, table):
    data, _lost = convert(table, form)

    assert isinstance(data, bytes)


def test_the_same_table_gives_the_same_bytes():
    assert all(convert(light_curve(), form) == convert(light_curve(), form) for form in FORMS)


def test_fits_of_a_masked_table_keeps_the_file_small():
    assert len(saved(light_curve(), "x.fits")) <= len(convert(light_curve(), "fits")[0]) + 2880
