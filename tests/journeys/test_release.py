"""Journey 3, Release: a finished run becomes a crate and a deposit with a DOI that runs again."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from tests.factories import entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(client, committed):
    with committed():
        register_entry(
            Entry(entries.files(without=("paper.toml",))), slug="doubling", source="folder:x"
        )
        asked = client.post("/api/runs/", {"workflow": "doubling"}, content_type="application/json")
    return client.get(asked["Location"]).json()


def body(answer):
    return b"".join(answer.streaming_content)


def unpack(data, folder):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return folder


def test_a_release_has_one_doi_that_leads_to_its_landing_page(client, run):
    first = client.post("/api/releases/", {"run": run["address"]}, content_type="application/json")
    again = client.post("/api/releases/", {"run": run["address"]}, content_type="application/json")

    release = first.json()
    landing = client.get(f"/doi/{release['deposit']['doi']}", follow=True)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["deposit"]["doi"] == release["deposit"]["doi"]
    assert release["deposit"]["doi"].startswith("10.5072/reprise.")
    assert landing.status_code == 200
    assert landing.redirect_chain == [(f"/releases/{release['id']}", 302)]


def test_the_deposited_crate_holds_its_own_doi_and_the_products(client, run, tmp_path):
    release = client.post(
        "/api/releases/", {"run": run["address"]}, content_type="application/json"
    ).json()
    folder = unpack(body(client.get(f"/api/releases/{release['id']}/crate/")), tmp_path)

    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    root = next(item for item in graph if item["@id"] == "./")
    total = next(item for item in run["outputs"] if item["name"] == "total")
    files = {item.get("sha256"): item["@id"] for item in graph if "sha256" in item}
    assert release["deposit"]["doi"] in json.dumps(root["identifier"])
    assert json.loads((folder / files[total["digest"]]).read_text()) == 40.0


def test_the_crate_of_a_run_runs_again_without_reprise(client, run, tmp_path):
    folder = unpack(body(client.get(run["crate"])), tmp_path)

    done = subprocess.run(
        [sys.executable, "rerun.py"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    told = [line.split() for line in done.stdout.splitlines()]
    assert [words[-1] for words in told if words[:1] == ["total"]] == ["identical"]


def test_what_has_not_finished_is_not_released(client, run):
    waiting = client.post(
        "/api/runs/",
        {"workflow": "doubling", "parameters": {"energy": 30}},
        content_type="application/json",
    ).json()
    answer = client.post(
        "/api/releases/", {"run": waiting["address"]}, content_type="application/json"
    )

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")


def released_figure(client):
    """A draft of the figure that an entry states, made on its page."""
    (figure,) = client.get("/api/figures/").json()["results"][:1]
    return client.post("/releases/new", {"figure": figure["slug"]})["Location"], figure


@pytest.fixture
def figure(client, committed):
    with committed():
        register_entry(Entry(entries.files()), slug="doubling", source="folder:x")
    return released_figure(client)


def test_a_figure_is_drafted_mended_frozen_and_published(client, figure):
    edit, shown = figure
    draft = f"/api{edit.removesuffix('edit')}draft/"
    about = client.get(draft).json()
    people = [{"given": "Ada", "family": "Lovelace", "orcid": "0000-0002-1825-0097"}]
    refused = client.patch(
        draft, {"people": [{"orcid": "1"}]}, content_type="application/json"
    )  # fmt: skip
    mended = client.patch(
        draft, {"people": people, "licence": "CC-BY-4.0"}, content_type="application/json"
    )
    client.post(f"/api{edit.removesuffix('edit')}freeze/")
    landing = client.post(edit, {"do": "publish"}, follow=True)

    assert (about["made_from"], about["runs"]) == ("figure", [shown["run"]["address"]])
    assert set(refused.json()["errors"]) == {"people.0.orcid", "people.0.family"}
    assert [item for item in mended.json()["checklist"] if item["severity"] == "must"] == []
    assert landing.redirect_chain == [(edit.removesuffix("/edit"), 302)]
    assert landing.status_code == 200


def test_a_release_is_superseded_and_withdrawn_and_its_doi_still_leads_to_it(client, run):
    first = client.post(
        "/api/releases/", {"run": run["address"]}, content_type="application/json"
    ).json()
    second = client.post(f"/api/releases/{first['id']}/versions/").json()["id"]
    unchanged = client.post(f"/releases/{second}/edit", {"do": "publish"})
    client.patch(
        f"/api/releases/{second}/draft/", {"title": "Mended"}, content_type="application/json"
    )
    client.post(f"/releases/{second}/edit", {"do": "publish"})
    reason = {"reason": "The energy was given in the wrong unit."}
    client.post(f"/api/releases/{first['id']}/withdraw/", reason, content_type="application/json")

    about = client.get(f"/api/releases/{first['id']}/").json()
    landing = client.get(f"/doi/{first['deposit']['doi']}", follow=True)
    crate = client.get(f"/api/releases/{first['id']}/crate/")
    assert "Nothing changed since version 1." in unchanged.content.decode()
    assert about["superseded_by"] == f"/releases/{second}"
    assert landing.redirect_chain == [(f"/releases/{first['id']}", 302)]
    assert (about["withdrawn_reason"], crate.status_code) == (reason["reason"], 410)
