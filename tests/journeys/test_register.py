"""Journey 1, Register: files become a version that is found by its terms."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from catalogue.models import Version
from ontology.actions import load_vocabularies
from tests.factories import entries

pytestmark = pytest.mark.django_db


def write(folder: Path, **changes) -> Path:
    folder.mkdir()
    for path, data in entries.files(**changes).items():
        (folder / path).write_bytes(data)
    return folder


def zipped(files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(f"doubling/{path}", data)
    return buffer.getvalue()


def test_a_folder_becomes_a_version(tmp_path, capsys):
    call_command("register", str(write(tmp_path / "doubling")))

    version = Version.objects.get()
    energy, times = version.interface.parameters
    assert capsys.readouterr().out.startswith("doubling version 1: registered")
    assert (energy.name, energy.kind, energy.unit) == ("energy", "float", "keV")
    assert (energy.minimum, energy.maximum, energy.default) == (1.0, 500.0, 20.0)
    assert (times.name, times.kind, times.minimum) == ("times", "integer", 1.0)
    assert [item.name for item in version.interface.outputs] == ["total"]
    assert (version.title, version.is_draft) == ("A doubled number", False)


def test_the_same_content_twice_changes_nothing(tmp_path, capsys):
    folder = write(tmp_path / "doubling")
    call_command("register", str(folder))
    call_command("register", str(folder))

    assert Version.objects.count() == 1
    assert "doubling version 1: unchanged" in capsys.readouterr().out


def test_changed_content_is_a_new_version(tmp_path):
    folder = write(tmp_path / "doubling")
    call_command("register", str(folder))
    (folder / "README.md").write_text("# Changed\n")
    call_command("register", str(folder))

    assert list(Version.objects.values_list("number", flat=True)) == [2, 1]


def test_a_git_repository_is_read_at_a_revision(tmp_path):
    folder = write(tmp_path / "doubling")
    git = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)
    (folder / "README.md").write_text("# Later\n")
    subprocess.run([*git, "commit", "-qam", "second"], check=True)
    first = subprocess.run([*git, "rev-parse", "v1"], check=True, capture_output=True, text=True)

    call_command("register", f"file://{folder}@v1")

    version = Version.objects.get()
    assert version.commit == first.stdout.strip()
    assert version.files.get(path="README.md").size == len("# A doubled number\n")


def test_an_upload_by_api_is_found_by_its_term(client):
    load_vocabularies()
    upload = io.BytesIO(zipped(entries.files()))
    upload.name = "doubling.zip"

    answer = client.post("/api/workflows/", {"file": upload})

    found = client.get("/api/workflows/?term=Float").json()
    assert (answer.status_code, answer.json()["workflow"], answer.json()["draft"]) == (
        201,
        "doubling",
        False,
    )
    assert [item["workflow"] for item in found["results"]] == ["doubling"]


def test_an_upload_by_page_leads_to_the_page_of_the_version(client):
    upload = io.BytesIO(entries.simple_notebook())
    upload.name = "alone.ipynb"

    answer = client.post("/register", {"file": upload})

    assert (answer.status_code, answer["Location"]) == (302, "/workflows/alone/1")
    assert client.get(answer["Location"]).status_code == 200


def test_what_must_be_mended_keeps_it_a_draft_that_does_not_run(client):
    bad = entries.simple_notebook(outputs="total = (product")
    upload = io.BytesIO(zipped(entries.files(double_ipynb=bad)))
    upload.name = "doubling.zip"

    answer = client.post("/api/workflows/", {"file": upload}).json()

    asked = client.post("/api/runs/", {"workflow": "doubling"}, content_type="application/json")
    musts = [
        (item["id"], item["place"]) for item in answer["findings"] if item["severity"] == "must"
    ]
    assert answer["draft"] is True
    assert ("catalogue/cell-syntax", "double.ipynb, cell 4, line 1") in musts
    assert (asked.status_code, asked.json()["id"]) == (409, "catalogue:user:draft-version")
