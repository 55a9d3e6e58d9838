"""Answers of name services are read, and nonsense is no answer."""

import ast
import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.names.answers import from_ned, from_sesame, from_simbad, simbad_query
from gallery.domain.names.found import Found

# As SIMBAD's and NED's documentation of their services give them; NED's cut to what is read.
SIMBAD = {
    "metadata": [{"name": "main_id"}, {"name": "ra"}, {"name": "dec"}, {"name": "otype_txt"}],
    "data": [["NAME Crab", 83.6287, 22.0147, "SNR"]],
}
NED = {
    "NameResolver": "NED-MWR", "StatusCode": 100, "ResultCode": 3,
    "Preferred": {"Name": "MESSIER 031", "ObjType": {"Value": "G"},
                  "Position": {"RA": 10.68479292, "Dec": 41.26906500}},
}  # fmt: skip


@pytest.fixture(scope="session")
def recorded() -> dict[str, str]:
    """Answers of Sesame that astropy's own tests come with, by the service it asked."""
    place = Path(importlib.util.find_spec("astropy").origin).parent
    text = (place / "coordinates" / "tests" / "test_name_resolve.py").read_text()
    kept = [item for item in ast.parse(text).body if isinstance(item, ast.Assign)]
    pairs = [(item.targets[0], item.value) for item in kept if isinstance(item.value, ast.Constant)]
    return {
        ast.literal_eval(target.slice): value.value
        for target, value in pairs
        if isinstance(target, ast.Subscript) and target.value.id == "_cached_ngc3642"
    }


def test_an_answer_of_sesame_that_was_recorded(recorded):
    text = recorded["all"]

    assert from_sesame(text) == Found(
        "NGC 3642", 170.57458768232, 59.07452101151, "Sesame (CDS), from Simbad", "LIN", 0.0003347
    )


def test_an_answer_of_sesame_from_vizier_alone(recorded):
    found = from_sesame(recorded["vizier"])

    assert (found.ra, found.dec, found.by) == (170.56, 59.08, "Sesame (CDS), from VizieR")


def test_sesame_that_knows_nothing():
    assert from_sesame("# nothing    #Q1\n#!SIMBAD: No known catalog\n#====Done====") is None


def test_a_row_of_simbad():
    assert from_simbad(json.dumps(SIMBAD)) == Found("Crab", 83.6287, 22.0147, "SIMBAD (CDS)", "SNR")
    assert from_simbad(json.dumps(SIMBAD | {"data": []})) is None


def test_the_preferred_object_of_ned():
    assert from_ned(json.dumps(NED)) == Found(
        "MESSIER 031", 10.68479292, 41.269065, "NED (IPAC)", "G"
    )
    assert [from_ned(json.dumps(NED | {"ResultCode": code})) for code in (0, 1, 2)] == [None] * 3


def test_a_quote_in_a_name_stays_in_the_name():
    assert simbad_query("x' OR '1'='1").endswith("WHERE id = 'x'' OR ''1''=''1'")


@pytest.mark.parametrize("ra", ["NaN", "1e999", '"here"', "null", "[1]", "400"])
def test_a_position_that_is_none_is_no_answer(ra):
    assert from_simbad(f'{{"data": [["x", {ra}, 1.0, ""]]}}') is None


@given(st.text(max_size=200) | st.recursive(
    st.none() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=4)
    | st.dictionaries(st.sampled_from(["data", "Preferred", "Position", "RA", "ResultCode"]), part),
).map(json.dumps))  # fmt: skip
def test_nonsense_is_no_answer_and_no_error(text):
    for read in (from_sesame, from_simbad, from_ned):
        assert read(text) is None or isinstance(read(text), Found)
