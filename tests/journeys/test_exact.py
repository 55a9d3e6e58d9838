"""Journey 2 with a real kernel: an entry that asks for the exact runtime runs in one."""

import json

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from tests.executor.built import build
from tests.factories import entries

pytestmark = [pytest.mark.django_db, pytest.mark.system]  # the kernel comes from the package index

BODY = "import os\nkernel = type(get_ipython()).__name__\nproduct = energy * times\nkernel"


def test_an_exact_entry_is_locked_with_a_kernel_and_run_by_it(
    client, committed, settings, tmp_path
):
    settings.WARM = True
    (tmp_path / "data").mkdir()
    files = entries.files(without=("paper.toml", "requirements.lock"))
    entry = {
        **files,
        "double.ipynb": entries.simple_notebook(body=BODY),
        "reprise.toml": b'runtime = "exact"\n',
    }
    version = register_entry(Entry(entry), slug="exact", source="folder:exact").version
    # Sockets are off in tests: a process of its own fetches the same packages.
    made = build(tmp_path / "built", "nbclient\nipykernel\n").parent
    (tmp_path / "data" / "environments").symlink_to(made)
    with committed():
        content = {"workflow": "exact", "parameters": {"energy": "0.03 MeV"}}
        asked = client.post("/api/runs/", content, content_type="application/json")

    run = client.get(asked["Location"]).json()
    made = {item["name"]: item for item in run["outputs"]}
    notebook = json.loads(client.get(made["notebook"]["url"]).getvalue())
    shown = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    assert (version.runtime, version.is_draft, run["state"]) == ("exact", False, "finished")
    assert made["total"]["value"] == 60.0
    assert [output["data"]["text/plain"] for output in shown if "data" in output] == [
        "'ZMQInteractiveShell'"
    ]
