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
