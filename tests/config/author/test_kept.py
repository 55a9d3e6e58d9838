"""A kept answer is told only while nothing has changed on which it depends."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from config.author import kept
from config.author.options import Checking, checking, parser
from tests.factories.reports import figure, item, report

FILES = {"a.ipynb": b"{}", "paper.toml": b"x"}


@pytest.fixture
def options(tmp_path):
    return Checking(source="folder", cache=tmp_path)


@pytest.fixture(scope="module")
def code():
    """The digest of Reprise's own code, made once: it is the larger part of a fingerprint."""
    return kept.of_code(kept.OURS)


@pytest.fixture
def key(options, monkeypatch, code):
    monkeypatch.setattr(kept, "of_code", lambda _folders: code)

    def key(files=(FILES,), name="entry", **changes):
        return kept.fingerprint(files, replace(options, **changes), name)

    return key


def test_equal_files_and_options_are_one_question(key):
    assert key() == key((dict(reversed(FILES.items())),))


def test_where_the_files_lie_and_what_is_written_change_nothing(key):
    assert key() == key(mirrors=(Path("/elsewhere"),), html=Path("/a.html"), strict=True)


@pytest.mark.parametrize(
    "files",
    [
        ({**FILES, "paper.toml": b"y"},),
        ({**FILES, "new": b""},),
        ({"a.ipynb": b"{}"},),
        ({"b.ipynb": b"{}", "paper.toml": b"x"},),
        (FILES, {"other": b""}),
    ],
)
def test_any_change_of_any_file_is_another_question(key, files):
    assert key() != key(files)


@pytest.mark.parametrize(
    "changes",
    [{"figure": "one"}, {"sandbox": False}, {"seconds": 5}, {"memory": 5}, {"name": "other"}],
)
def test_options_that_matter_are_part_of_the_question(key, changes):
    assert key() != key(**changes)


def test_another_python_or_package_is_another_question(key, monkeypatch, tmp_path):
    before = key()
    monkeypatch.setattr("sys.version", "3.99")
    after = key()
    (tmp_path / "new_package-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))

    assert len({before, after, key()}) == 3


def test_a_change_of_our_own_code_is_another_question(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    (tmp_path / "lib").mkdir()
    file = tmp_path / "lib" / "a.py"
    file.write_text("1")
    before = kept.of_code(["lib"])
    file.write_text("2")
    changed = kept.of_code(["lib"])
    os.rename(file, tmp_path / "lib" / "b.py")  # noqa: PTH104 -- shorter

    assert len({before, changed, kept.of_code(["lib"])}) == 3


def test_what_is_kept_is_told_again(tmp_path):
    found = report(figure(item()))
    kept.keep(tmp_path, "k", found, {"doubled/got": "data:image/webp;base64,AA"})

    assert kept.recall(tmp_path, "k") == found
    assert kept.pictures_of(tmp_path, "k") == {"doubled/got": "data:image/webp;base64,AA"}


def test_nothing_is_told_of_another_question_or_from_a_damaged_file(tmp_path):
    kept.keep(tmp_path, "k", report(figure(item())), {})
    file = tmp_path / "verdicts" / "k.json"
    (tmp_path / "verdicts" / "other.json").write_bytes(file.read_bytes())
    file.write_text("{")

    assert [kept.recall(tmp_path, name) for name in ("k", "other", "none")] == [None] * 3


def test_the_oldest_of_too_many_answers_go(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "KEPT_AT_MOST", 2)
    for number in range(4):
        kept.keep(tmp_path, f"k{number}", report(), {})
        for file in tmp_path.glob(f"verdicts/k{number}*"):
            os.utime(file, (number, number))

    assert [kept.recall(tmp_path, f"k{number}") is None for number in range(4)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_the_cache_is_where_the_platform_keeps_caches(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/some/cache")

    assert kept.cache_folder() == Path("/some/cache/reprise")


def test_paths_of_options_are_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    given = parser().parse_args(["check", "x", "--mirrors", "a:b", "--json", "c", "--with", "d"])
    found = checking(given, tmp_path / "cache")

    assert (found.mirrors, found.json, found.beside, found.cache) == (
        (tmp_path / "a", tmp_path / "b"), tmp_path / "c", (tmp_path / "d",), tmp_path / "cache",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["0", "-1", "x", "1e3", "99999999"])
def test_limits_that_are_no_numbers_are_refused(text, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["check", "x", "--seconds", text])

    assert "write a whole number above zero" in capsys.readouterr().err
