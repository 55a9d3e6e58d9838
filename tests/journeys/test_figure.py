"""Journey 4, Figure: a published value, its verdict, and what happens when a parameter changes."""

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from tests.factories import entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubled(committed):
    with committed():
        done = register_entry(Entry(entries.files()), slug="doubling", source="folder:doubling")
    return done.version


def test_registering_an_entry_with_a_paper_runs_and_judges_its_figure(client, doubled):
    (figure,) = client.get("/api/figures/").json()["results"]

    assert (figure["slug"], figure["paper"], figure["verdict"]) == (
        "doubled",
        "lovelace-1843",
        "identical",
    )
    assert figure["sentence"] == (
        "twice twenty: published 40 keV, found 40 keV: the same to every digit printed."
    )
    assert [(item["found"], item["published"]["published"]) for item in figure["compared"]] == [
        (40.0, 40.0)
    ]
    assert figure["run"]["state"] == "finished"


def test_the_pages_of_figure_paper_and_gallery_show_the_verdict(client, doubled):
    for address in (
        "/",
        "/figures/",
        "/figures/doubled",
        "/papers/lovelace-1843",
        "/workflows/doubling/1",
    ):
        page = client.get(address).content.decode()
        assert "identical" in page, address
        assert "the same to every digit printed" in page, address


def test_a_changed_parameter_is_shown_and_not_judged(client, committed, doubled):
    with committed():
        wanted = {"workflow": "doubling", "parameters": {"energy": 30}}
        asked = client.post("/api/runs/", wanted, content_type="application/json")

    run = client.get(asked["Location"]).json()
    page = client.get(run["url"]).content.decode()
    (figure,) = client.get("/api/figures/").json()["results"]
    assert (run["state"], run["changed"]) == ("finished", ["energy"])
    assert "identical" not in page
    assert figure["run"]["address"] != run["address"]


def test_a_run_that_gives_another_number_is_called_different(client, committed):
    wrong = entries.PAPER.replace("published = 40.0", "published = 41.0")
    with committed():
        register_entry(Entry(entries.files(paper_toml=wrong)), slug="doubling", source="folder:x")

    figure = client.get("/api/figures/doubled/").json()
    assert figure["verdict"] == "different"
    assert figure["sentence"] == "twice twenty: published 41 keV, found 40 keV; allowed ± 0.5 keV."


def test_a_run_whose_notebook_raises_is_called_failed_with_its_cell(client, committed):
    files = entries.files(double_ipynb=entries.simple_notebook(body="raise ValueError('no light')"))
    with committed():
        register_entry(Entry(files), slug="doubling", source="folder:x")

    figure = client.get("/api/figures/doubled/").json()
    assert figure["verdict"] == "failed"
    assert figure["sentence"] == "The re-run failed. Cell 3, line 1 raised ValueError: no light"


def test_data_out_of_reach_is_no_failed_science(client, committed, tmp_path, settings):
    settings.MIRRORS = (tmp_path,)
    data = f"""
        [[file]]
        name = "x.fits"
        sha256 = "{"0" * 64}"
        bytes = 3
        url = "http://127.0.0.1/x.fits"
    """
    with committed():
        register_entry(Entry(entries.files(data_toml=data)), slug="doubling", source="folder:x")

    figure = client.get("/api/figures/doubled/").json()
    page = client.get("/figures/doubled").content.decode()
    assert (figure["verdict"], figure["run"]["state"]) == (None, "waiting for data")
    assert figure["sentence"] == (
        f"The file x.fits is not reachable from here. Tried: the folder {tmp_path}; "
        "http://127.0.0.1/x.fits (only https addresses are fetched, not http)."
    )
    assert "not reachable from here" in page


def test_checking_again_a_figure_that_is_known_makes_no_second_check(client, committed, doubled):
    with committed():
        answer = client.post("/api/figures/doubled/check/")

    assert (answer.status_code, answer.json()["verdict"]) == (202, "identical")


def test_what_a_stranger_states_of_a_paper_is_said_to_be_unchecked(client, doubled):
    page = client.get("/figures/doubled").content.decode()

    assert "nobody has checked the statement" in page
