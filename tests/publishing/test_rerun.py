"""A crate runs again with Python alone: no Reprise, no Django, no network."""

import ast
import io
import json
import os
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from executor.actions import preparing
from lib import digest, store
from publishing.domain.recipe import ENVIRON
from publishing.queries import finished_run, run_crate
from publishing.runtime import RERUN
from tests.publishing.factories import RunFactory, VersionFactory, notebook_bytes

pytestmark = pytest.mark.django_db
TABLE = f"product  result\n-------  {'-' * 25}\n"


def unpack(run, folder: Path) -> Path:
    data = b"".join(run_crate(finished_run(run.address)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return folder


def rerun(folder: Path, *arguments: str, python: str = sys.executable):
    environ = {"PATH": os.environ["PATH"]}
    command = [python, "rerun.py", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def data_item(content: bytes, url: str, *, keep: bool = True) -> dict[str, object]:
    name = store.put(content) if keep else digest.of_bytes(content)
    return {"name": "energy.txt", "sha256": name, "size": len(content), "url": url}


def change_recipe(folder: Path, **changes) -> None:
    path = folder / "rerun.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def table(done) -> str:
    return done.stdout[done.stdout.index("product") :]


def test_a_crate_runs_again_and_says_that_its_products_are_identical(tmp_path):
    done = rerun(unpack(RunFactory(), tmp_path))
    assert (done.returncode, table(done)) == (0, TABLE + "half     identical\n"), done.stderr


def test_numbers_that_agree_within_1e_9_are_called_equal(tmp_path):
    folder = unpack(RunFactory(), tmp_path)
    recipe = json.loads((folder / "rerun.json").read_text())
    (folder / "outputs" / "half.json").write_text("12.500000000001\n")
    recipe["runs"][0]["products"][0]["sha256"] = "0" * 64
    change_recipe(folder, **recipe)
    done = rerun(folder)
    assert (done.returncode, table(done)) == (0, TABLE + "half     numbers equal within 1e-9\n")


def test_another_number_differs_and_gives_status_1(tmp_path):
    version = VersionFactory(files={"half.ipynb": notebook_bytes(code="half = energy / 3")})
    done = rerun(unpack(RunFactory(version=version), tmp_path))
    assert (done.returncode, table(done)) == (1, TABLE + "half     differs\n")


def test_set_changes_a_parameter(tmp_path):
    folder = unpack(RunFactory(), tmp_path)
    done = rerun(folder, "--set", "energy=50")
    made = list((folder / ".rerun-work").glob("*/outputs/half.json"))
    assert (done.returncode, [json.loads(path.read_text()) for path in made]) == (1, [25.0])


def test_set_of_a_text_keeps_it_a_text(tmp_path):
    code = "half = energy / 2 if band == '10' else -1.0"
    version = VersionFactory(files={"half.ipynb": notebook_bytes(code=code)})
    done = rerun(unpack(RunFactory(version=version), tmp_path), "--set", "band=10")
    assert (done.returncode, table(done)) == (0, TABLE + "half     identical\n")


def test_set_of_an_unknown_name_lists_the_names(tmp_path):
    done = rerun(unpack(RunFactory(), tmp_path), "--set", "enegry=5")
    assert (done.returncode, done.stderr) == (
        2,
        (
            "rerun.py: --set enegry=5 names no parameter; "
            "write NAME=VALUE with one of: band, energy.\n"
        ),
    )


def test_a_notebook_that_raises_gives_status_3_and_a_sentence(tmp_path):
    version = VersionFactory(files={"half.ipynb": notebook_bytes(code="half = 1 / 0")})
    done = rerun(unpack(RunFactory(version=version), tmp_path))
    last = done.stderr.strip().splitlines()[-1]
    assert (done.returncode, last) == (
        3,
        "rerun.py: The notebook did not come to its end (status 3); the lines above say why.",
    )


def test_data_that_is_in_the_crate_is_read_from_the_folder_data(tmp_path):
    code = "half = float(open('data/energy.txt').read()) / 2"
    version = VersionFactory(files={"half.ipynb": notebook_bytes(code=code)})
    version.data_json = [data_item(b"25", "https://example.org/energy.txt")]
    version.save()
    done = rerun(unpack(RunFactory(version=version), tmp_path))
    assert (done.returncode, table(done)) == (0, TABLE + "half     identical\n"), done.stderr


def test_data_with_another_checksum_is_refused(tmp_path):
    version = VersionFactory()
    version.data_json = [data_item(b"25", "https://example.org/energy.txt")]
    version.save()
    folder = unpack(RunFactory(version=version), tmp_path)
    (folder / "data" / "energy.txt").write_text("26")
    done = rerun(folder)
    assert (done.returncode, done.stderr.split(":")[1]) == (
        3, f" data/energy.txt has not the recorded sha256 {version.data[0].sha256}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:9/energy.txt", "http://127.0.0.1:9/energy.txt could not be fetched"),
        ("file:///etc/passwd", "data/energy.txt is not in the crate and has no web address"),
    ],
)
def test_data_that_cannot_be_fetched_gives_one_sentence(tmp_path, url, sentence):
    version = VersionFactory()
    version.data_json = [data_item(b"25", url, keep=False)]
    version.save()
    done = rerun(unpack(RunFactory(version=version), tmp_path))
    assert (done.returncode, done.stderr.count("\n"), sentence in done.stderr) == (3, 1, True)


def test_a_crate_that_was_tampered_with_cannot_name_files_outside(tmp_path):
    folder = unpack(RunFactory(), tmp_path)
    change_recipe(folder, data=[{"name": "../x", "sha256": "0" * 64, "url": "https://x.org"}])
    done = rerun(folder)
    assert (done.returncode, done.stderr) == (
        3, "rerun.py: '../x' is no plain file name: this crate is not as it was made.\n",
    )  # fmt: skip


def test_published_values_stand_beside_what_was_found_and_cannot_steer_a_terminal(tmp_path):
    folder = unpack(RunFactory(), tmp_path)
    recipe = json.loads((folder / "rerun.json").read_text())
    recipe["runs"][0]["published"] = [
        {
            "label": "half\x1b[2J",
            "output": "half",
            "published": 12.4,
            "unit": "keV",
            "absolute": 0.2,
        },
        {"label": "third", "output": "half", "published": 8.3, "relative": 0.01},
        {"label": "lost", "output": "lost", "published": 8.3, "absolute": 1},
    ]
    change_recipe(folder, **recipe)
    done = rerun(folder)
    values = done.stdout[done.stdout.index("published value") :].splitlines()
    assert (done.returncode, values) == (
        0,
        [
            "published value  published  found now  result",
            "---------------  ---------  ---------  -----------------",
            "half [2J         12.4 keV   12.5 keV   within tolerance",
            "third            8.3        12.5       outside tolerance",
            "lost             8.3        -          not a number",
            "",
            "1 of 3 published values within tolerance.",
        ],
    )


def test_another_python_than_the_locked_one_is_asked_for_by_name(tmp_path):
    version = VersionFactory(lock="nothing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    folder = unpack(RunFactory(version=version), tmp_path)
    change_recipe(folder, python="2.6")
    environ = {"PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "rerun.py"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    here = ".".join(str(part) for part in sys.version_info[:2])
    assert (done.returncode, done.stderr) == (
        3,
        (
            f"rerun.py: The packages are locked for Python 2.6 and this is Python {here}: install "
            "Python 2.6 or uv, or name another with --python.\n"
        ),
    )


def test_a_crate_without_its_runner_says_so(tmp_path):
    folder = unpack(RunFactory(), tmp_path)
    (folder / "notebook_runner.py").unlink()
    done = rerun(folder)
    assert (done.returncode, done.stderr) == (
        3, "rerun.py: notebook_runner.py is not in this folder: unpack the whole crate again.\n",
    )  # fmt: skip


def test_the_surroundings_are_those_of_a_run_of_the_service(tmp_path):
    places = {"PATH", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"}
    served = preparing._environ(tmp_path)
    assert {name: value for name, value in served.items() if name not in places} == ENVIRON


def test_rerun_can_be_read_by_python_3_9():
    assert ast.parse(RERUN.read_text(), feature_version=(3, 9)).body


def test_lists_texts_and_numbers_are_compared_one_by_one():
    rerun_file = runpy.run_path(str(RERUN))
    alike = rerun_file["alike"]
    pairs = [
        (1.0, 1.0 + 1e-12, True), (1.0, 1.0001, False), ([1, 2], [1, 2.0], True),
        ([1], [1, 2], False),
        (True, 1, False), ("a", "a", True), ({"x": float("nan")}, {"x": float("nan")}, True),
        ({"x": 1}, {"y": 1}, False), (None, None, True), (0.0, 1e-12, False),
    ]  # fmt: skip
    assert [alike(first, second) for first, second, _same in pairs] == [same for *_, same in pairs]
