"""The author's loop: a folder is checked before anything is published, with no service running."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.factories import entries

ROOT = Path(__file__).resolve().parent.parent.parent
REGISTRY_AWAY = {"UV_OFFLINE": "1", "UV_NO_INDEX": "1"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("author") / "cache"


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "doubling", entries.files())


def write(folder, files):
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def reprise(*arguments, cwd, text="", **variables):
    """Run the command from some other folder, as its console script does."""
    start = "from config.author.__main__ import main; sys.exit(main())"
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {start}"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], cwd=cwd, input=text,
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | REGISTRY_AWAY | {"REPRISE_SITES": "/no/such/file"} | variables,
    )  # fmt: skip


@pytest.fixture
def check(cache, tmp_path):
    def check(source, *options, **variables):
        report = tmp_path / "report.json"
        done = reprise(
            "check", source, "--cache", cache, "--json", report, *options, cwd=tmp_path,
            **variables,
        )  # fmt: skip
        assert done.stderr == ""
        return done, json.loads(report.read_text()) if report.exists() else None

    return check


def test_a_folder_that_gives_its_paper_again_is_0_and_the_next_time_within_a_second(check, folder):
    done, report = check(folder, "--html", folder.parent / "a.html", "--junit", "a.xml")
    begun = time.monotonic()
    again, kept = check(folder, "--html", "b.html")
    took = time.monotonic() - begun

    (figure,) = report["figures"]
    assert [(item["published"], item["got"], item["verdict"]) for item in figure["items"]] == [
        ("40 keV", "40 keV", "identical")
    ]
    assert (done.returncode, again.returncode, report["exit_code"]) == (0, 0, 0)
    assert done.stdout.splitlines()[-1].startswith("All reproduced. 1 identical; ")
    assert again.stdout.startswith(f"unchanged since {report['made_at']}: nothing was run")
    assert kept == report
    assert (folder.parent / "a.html").read_text() == (folder.parent / "b.html").read_text()
    assert ' failures="0" errors="0"' in (folder.parent / "a.xml").read_text()
    assert took < 5, "a second on an idle machine"


def test_a_wrong_claim_is_1_and_the_table_says_so(check, folder):
    write(folder, {"paper.toml": entries.PAPER.replace("40.0", "41.0").encode()})
    done, report = check(folder)

    assert done.returncode == 1
    assert report["figures"][0]["verdict"] == "different"
    rows = [line.split("  ") for line in done.stdout.splitlines() if "41 keV" in line]
    cells = [cell.strip() for cell in rows[0] if cell.strip()]
    assert cells[:5] == [
        "doubled: twice twenty", "41 keV", "40 keV", "-1 keV (-2.44%)", "different",
    ]  # fmt: skip


@pytest.mark.system
def test_what_a_check_writes_is_no_part_of_the_entry(folder):
    options = ("check", ".", "--cache", ".reprise", "--html", "a.html", "--json", "b.json")
    first = reprise(*options, cwd=folder)
    again = reprise(*options, cwd=folder)

    assert [first.returncode, again.returncode] == [0, 0]
    assert again.stdout.startswith("unchanged since ")


@pytest.mark.system
def test_a_notebook_that_raises_is_1_with_its_cell(check, folder):
    body = "print('before')\nraise ValueError('no light')"
    write(folder, {"double.ipynb": entries.simple_notebook(body=body)})
    done, report = check(folder)

    (figure,) = report["figures"]
    assert (done.returncode, figure["verdict"]) == (1, "failed")
    assert figure["run"]["error"] == "Cell 3, line 2 raised ValueError: no light"
    assert "before" in figure["run"]["log"]


@pytest.mark.system
def test_a_finding_that_must_be_mended_is_2(check, folder):
    write(folder, {"double.ipynb": entries.notebook(entries.cell("energy = 1.0", "parameters"))})
    done, report = check(folder)

    assert done.returncode == 2
    assert report["problems"] == [
        {
            "id": "author:user:draft",
            "sentence": "The findings marked must have to be mended first.",
        }
    ]
    assert "must   double.ipynb: No code cell has the tag 'outputs'" in done.stdout


@pytest.mark.system
def test_a_folder_without_a_statement_is_2(check, folder):
    (folder / "paper.toml").unlink()
    done, _report = check(folder)

    assert done.returncode == 2
    assert "There is no paper.toml, so nothing says what was published: " in done.stdout


@pytest.mark.system
def test_data_out_of_reach_is_2_and_asked_for_again_the_next_time(check, folder, tmp_path):
    data = (
        f'[[file]]\nname = "x.fits"\nsha256 = "{"0" * 64}"\nbytes = 3\n'
        'url = "http://127.0.0.1/x.fits"\n'
    )
    write(folder, {"data.toml": data.encode()})
    done, report = check(folder, "--mirrors", tmp_path)
    again, _report = check(folder, "--mirrors", tmp_path)

    assert [done.returncode, again.returncode] == [2, 2]
    assert report["figures"][0]["problem"].startswith("The file x.fits is not reachable from here.")
    assert "unchanged" not in again.stdout


@pytest.mark.system
def test_a_figure_that_is_not_there_is_2_with_those_that_are(check, folder):
    done, _report = check(folder, "--figure", "tripled")

    assert done.returncode == 2
    assert "There is no figure 'tripled' in it, but doubled." in done.stdout


@pytest.mark.parametrize("source", ["/no/such/folder", "http://a.example/b.git", "ssh://a/b"])
def test_what_cannot_be_read_is_a_sentence(check, source):
    done, report = check(source)

    assert (done.returncode, report) == (2, None)
    assert len(done.stdout.splitlines()) == 1


def test_a_cache_that_cannot_be_written_is_3(folder, tmp_path):
    (tmp_path / "file").write_text("")
    done = reprise("check", folder, "--cache", tmp_path / "file", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith(f"The cache folder {tmp_path}/file cannot be written")


@pytest.mark.system
def test_a_request_may_be_fed_by_another_folder(check, folder, tmp_path):
    paper = entries.PAPER.replace(
        "[[figure.value]]",
        "[figure.request]\nparameters = { energy = { workflow = 'feeding', output = 'total' } }\n"
        "[[figure.value]]",
    ).replace("40.0", "80.0")
    write(folder, {"paper.toml": paper.encode()})
    feeding = write(tmp_path / "feeding", entries.files(without=("paper.toml",)))
    without, _report = check(folder)
    done, _report = check(folder, "--with", feeding)

    assert (without.returncode, done.returncode) == (2, 0), done.stdout
    assert "feeding" in without.stdout


@pytest.mark.system
def test_two_checks_at_once_do_each_other_no_harm(folder, cache, tmp_path):
    other = write(tmp_path / "other", entries.files(README_md="other"))
    command = (sys.executable, "-m", "config.author", "check", "--again", "--cache", str(cache))
    started = [
        subprocess.Popen(
            [*command, str(one)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for one in (folder, other)
    ]  # fmt: skip
    told = [process.communicate(timeout=120)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0], told
    assert not list(cache.glob("check-*"))


@pytest.mark.system
def test_a_repository_is_checked_at_a_revision(check, tmp_path):
    origin = write(tmp_path / "origin", entries.files())

    def git(*words):
        config = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", "-C", origin, *config, *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v1")
    write(origin, {"paper.toml": b""})
    git("commit", "-qam", "two")
    git("clone", "-q", "--bare", ".", str(tmp_path / "doubling.git"))
    good, report = check(f"file://{tmp_path}/doubling.git@v1")
    bad, _report = check(tmp_path / "doubling.git")

    assert (good.returncode, bad.returncode) == (0, 2)
    assert len(report["commit"]) == 40


def test_init_and_then_check_runs_and_says_what_is_left_to_say(check, tmp_path):
    source = "e_min = 20.0\ncount = 3"
    folder = write(tmp_path / "mine", {
        "mine.ipynb": entries.notebook(
            entries.cell(source), entries.cell("flux = e_min * count\nprint(flux)")
        ),
        "requirements.lock": b"# nothing\n",
    })  # fmt: skip
    answers = "flux\nyes\nA title\n"
    made = reprise("init", folder, cwd=tmp_path, text=answers)
    done, report = check(folder)

    assert (made.returncode, made.stderr) == (0, "")
    assert done.returncode == 2, done.stdout
    assert "mine: Still TODO in paper.toml: flux." in done.stdout
    assert [item["got"] for item in report["figures"][0]["items"]] == ["60"]

    statement = (folder / "paper.toml").read_text().replace('"TODO"', "60.0")
    (folder / "paper.toml").write_text(statement)
    done, _report = check(folder)
    assert done.returncode == 0, done.stdout
