"""The statement of the simulated chain asks for what its documentation shows."""

import json
import re

import pytest
from astropy.table import Table

from gallery.domain.paper import read_content, read_paper
from tests.workflows.entries import WORKFLOWS
from tests.workflows.measured import stated

SLUG = "coded-mask-power-law"


@pytest.fixture
def figure():
    return stated(SLUG, SLUG)


def test_its_request_is_the_one_that_the_readme_shows(figure):
    page = (WORKFLOWS / "coded-mask-image/README.md").read_text()
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    paper = {"slug": "a", "title": "b", "doi": "10.1000/1"}
    item = {"slug": "c", "title": "d", "request": json.loads(shown)}
    (other,) = read_content({"paper": paper, "figure": [item]}).figures

    assert figure.asked == other.asked


def test_what_it_is_judged_by_is_what_was_put_into_the_sky(figure):
    sky = Table.read(WORKFLOWS / "coded-mask-pointing/sky.ecsv", format="ascii.ecsv")
    (row,) = sky[sky["name"] == "Sim X-1"]

    assert {value.output: value.published for value in figure.values} == {
        "slope": row["index"],
        "normalisation": row["flux_50"],
    }


def test_it_says_that_it_is_simulated_and_claims_no_doi(figure):
    paper = read_paper((WORKFLOWS / SLUG / "paper.toml").read_text())

    assert paper.doi == ""
    assert paper.title.startswith("SIMULATED")
    assert figure.title.startswith("SIMULATED")
