"""Crates with their wheels run again with no network, an empty home and nothing of ours installed.

Real bundled entries with numpy and matplotlib in their locks. What was seen is kept in
``docs/transcripts/crate-rerun.md``, which this module writes when REPRISE_TRANSCRIPT is set.
"""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from catalogue.actions import register_source
from executor.models import Run
from publishing.models import Release
from publishing.queries import release_crate

pytestmark = [pytest.mark.django_db, pytest.mark.system]
ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / "workflows"
KEEP = """
import sys
from pathlib import Path
from executor.adapters import wheels

for lock in sys.argv[2:]:
    wheels.ensure(Path(sys.argv[1]), Path(lock).read_text(), should_stop=lambda: False)
"""
ALONE = ("unshare", "--map-root-user", "--net", "env", "-i")


CHAIN = {
    "nodes": {
        "chosen": {"workflow": "coded-mask-choice", "parameters": {"choice_seed": 7}},
        "first": {
            "workflow": "coded-mask-pointing",
            "parameters": {"plan": {"node": "chosen", "output": "chosen"}, "row": 0},
        },
        "image": {
            "workflow": "coded-mask-image",
            "parameters": {
                "pointing": {"node": "first", "output": "pointing"}, "e_min": 20, "e_max": 60,
            },
        },
    },
    "want": "image",
}  # fmt: skip
STEPS = ("coded-mask-choice", "coded-mask-pointing", "coded-mask-image")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of the bundled locks, fetched by a process that may use the network."""
    root = tmp_path_factory.mktemp("kept")
    entries = [WORKFLOWS / slug / "requirements.lock" for slug in ("solar-cycle", *STEPS)]
    locks = {path.read_text(): path for path in entries}
    uv = ROOT / "requirements" / "uv.lock"
    subprocess.run(
        [sys.executable, "-c", KEEP, str(root), *map(str, locks.values()), str(uv)],
        cwd=ROOT, check=True, timeout=600,
    )  # fmt: skip
    return root


@pytest.fixture
def pack(client, committed, settings, kept):
    """Run a request on bundled entries and pack a release of it with its wheels."""
    settings.DATA_DIR.mkdir()
    (settings.DATA_DIR / "wheels").symlink_to(kept / "wheels")

    def pack(content, *slugs):
        with committed():
            for slug in slugs:
                register_source(str(WORKFLOWS / slug), local=True)
            answer = client.post("/api/runs/", content, content_type="application/json")
        run = Run.objects.get(address=answer.json()["address"])
        assert (run.state, run.error) == ("finished", "")
        release = Release.objects.create(
            title=run.version.title, licence="BSD-3-Clause", options_json={"wheels": True},
            frozen_at=run.ended_at,
        )  # fmt: skip
        release.runs.add(run)
        return b"".join(release_crate(release, "10.5072/reprise.test"))

    return pack


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return folder


def rerun(folder: Path, *arguments: str, path: str = "/usr/bin:/bin"):
    """Run a crate with no network, no variables, an empty home and the system's own programs."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environ = (f"PATH={path}", f"HOME={home}")
    done = subprocess.run(
        [*ALONE, *environ, sys.executable, "-I", "rerun.py", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert list(home.iterdir()) == []
    return done


def keep(name: str, folder: Path, size: int, *seen: tuple[str, object]) -> None:
    """Add what was seen to the transcript, without the paths of this machine."""
    place = os.environ.get("REPRISE_TRANSCRIPT")
    if not place:
        return
    parts = [f"## {name}\n\nThe crate has {size / 1e6:.0f} MB, with uv and every wheel inside.\n"]
    for command, done in seen:
        said = f"{done.stdout}{done.stderr}".replace(str(folder), "CRATE").rstrip()
        said = re.sub(r"https://[^/\s)]+", "https://INDEX", said)
        parts.append(f"```\n$ {command}\n{said}\n$ echo $?\n{done.returncode}\n```\n")
    with Path(place).open("a") as file:
        file.write("\n".join(parts) + "\n")


def test_a_bundled_entry_runs_again_from_its_crate_with_no_network(pack, tmp_path):
    figure = {"first_year": 1755, "last_year": 1996}
    data = pack({"workflow": "solar-cycle", "parameters": figure}, "solar-cycle")
    folder = unpacked(data, tmp_path / "crate")

    first, second = rerun(folder), rerun(folder)
    changed = rerun(folder, "--set", "last_year=1954")

    assert first.returncode == 0, first.stderr
    assert first.stdout.count("identical") == 10
    assert first.stdout.endswith("2 of 2 published values within tolerance.\n")
    assert (second.returncode, "Making the environment" in second.stdout) == (0, False)
    assert changed.returncode == 1
    assert changed.stdout.endswith("Parameters were changed, so products may differ.\n")
    seen = ("python3 rerun.py", first), ("python3 rerun.py --set last_year=1954", changed)
    keep("A run with published values (`solar-cycle`)", folder, len(data), *seen)

    bare = without_wheels(unpacked(data, tmp_path / "bare"))
    done = rerun(bare, path=f"{Path(sys.executable).parent}:/usr/bin:/bin")

    assert done.returncode == 3
    assert done.stderr.startswith("rerun.py: The packages could not be fetched, since the network")
    keep("The first, told to leave its wheels alone", bare, len(data), ("python3 rerun.py", done))


def without_wheels(folder: Path) -> Path:
    """A crate whose recipe names no wheels."""
    recipe = json.loads((folder / "rerun.json").read_text())
    del recipe["wheels"]
    (folder / "rerun.json").write_text(json.dumps(recipe))
    return folder


def test_a_composed_request_runs_again_from_its_crate_with_no_network(pack, tmp_path):
    data = pack(CHAIN, *STEPS)
    folder = unpacked(data, tmp_path / "crate")

    done = rerun(folder)

    assert done.returncode == 0, done.stderr
    assert {line.rpartition("  ")[2] for line in results(done)} == {"identical"}
    assert len(list((folder / ".venv-rerun").glob("*/made"))) == len(
        {path.read_bytes() for path in folder.glob("workflows/*.lock")}
    )
    keep("A composed request (`coded-mask`)", folder, len(data), ("python3 rerun.py", done))


def results(done) -> list[str]:
    """The lines of the table of products."""
    return done.stdout[done.stdout.index("product") :].splitlines()[2:]
