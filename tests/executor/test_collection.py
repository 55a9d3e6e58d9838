"""Environments that nobody uses go; what is used and what is kept stays."""

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from executor.adapters import environments
from executor.adapters.collection import collect, disk_bytes
from executor.adapters.uv import CACHE
from tests.executor import packages
from tests.executor.test_environments import imported

DAY = 24 * 3600.0
ROOMY = 10**15
PAST = 10 * DAY


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder, with an index beside it."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    return tmp_path / "data"


def made(data: Path, name: str, *, size: int = 10) -> tuple[str, Path]:
    """An environment with one package of about so many bytes; its lock and its folder."""
    filled = {f"{name}_text.txt": "x" * size}
    lock = packages.wheel(data.parent / "index", name, files=filled)
    return lock, environments.ensure(data, lock)


def used(folder: Path, seconds_ago: float) -> None:
    lock = folder.with_suffix(".lock")
    then = lock.stat().st_mtime - seconds_ago
    os.utime(lock, (then, then))


def test_what_was_not_used_for_long_is_removed(data):
    _lock, old = made(data, "small")
    _lock, new = made(data, "other")
    used(old, PAST)

    done = collect(data, unused_seconds=PAST - 60, bytes_at_most=ROOMY)

    assert done.removed == (old.name,)
    assert (old.exists(), new.exists()) == (False, True)
    assert done.freed > 0


def test_an_environment_that_was_removed_comes_back_with_no_index(data):
    lock, folder = made(data, "small")
    used(folder, PAST)
    collect(data, unused_seconds=60, bytes_at_most=0)
    shutil.rmtree(data.parent / "index")

    assert environments.ensure(data, lock) == folder
    assert imported(folder, "small") == "1.0"


def test_using_an_environment_keeps_it(data):
    lock, folder = made(data, "small")
    used(folder, PAST)
    environments.ensure(data, lock)

    assert collect(data, unused_seconds=60, bytes_at_most=ROOMY).removed == ()
    assert folder.exists()


def test_an_environment_in_use_is_never_removed(data):
    lock, folder = made(data, "small")

    with environments.held(data, lock):
        used(folder, PAST)
        during = collect(data, unused_seconds=60, bytes_at_most=0)
    after = collect(data, unused_seconds=60, bytes_at_most=0)

    assert (during.removed, after.removed) == ((), (folder.name,))


def test_an_environment_in_use_by_another_process_is_never_removed(data):
    _lock, folder = made(data, "small")
    used(folder, PAST)
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_SH); input(1)"
    with subprocess.Popen(
        [sys.executable, "-c", hold, folder.with_suffix(".lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdout.read(1)
        during = collect(data, unused_seconds=60, bytes_at_most=0)
        process.communicate(b"\n", timeout=10)

    assert during.removed == ()
    assert folder.exists()


def test_several_may_use_one_environment_at_a_time(data):
    lock, folder = made(data, "small")

    with environments.held(data, lock) as first, environments.held(data, lock) as second:
        assert (first, second) == (folder, folder)


def test_over_the_budget_what_can_be_made_again_goes_first(data):
    _lock, folder = made(data, "small", size=300_000)
    used(folder, 2 * 3600.0)
    shutil.rmtree(folder / "lib")
    left = disk_bytes(data, "environments")

    done = collect(data, unused_seconds=DAY, bytes_at_most=left)

    assert (done.removed, done.left) == ((), left)
    assert (data / CACHE).exists() is False
    assert [*(data / "bytecode").iterdir()] == []


def test_over_the_budget_the_longest_unused_goes_first(data):
    _lock, old = made(data, "small", size=300_000)
    _lock, older = made(data, "other", size=300_000)
    used(old, 2 * 3600.0)
    used(older, 3 * 3600.0)
    budget = disk_bytes(data, "environments") - 100_000

    done = collect(data, unused_seconds=DAY, bytes_at_most=budget)

    assert done.removed == (older.name,)
    assert done.left <= budget
    assert old.exists()


def test_the_budget_spares_what_was_used_within_the_hour(data):
    _lock, folder = made(data, "small")

    assert collect(data, unused_seconds=DAY, bytes_at_most=0).removed == ()
    assert folder.exists()


def test_what_an_interrupted_build_left_is_removed(data):
    half = data / "environments" / ("0" * 64)
    half.mkdir(parents=True)

    assert collect(data, unused_seconds=DAY, bytes_at_most=ROOMY).removed == (half.name,)


def test_kept_wheels_are_counted_and_stay(data):
    _lock, folder = made(data, "small", size=300_000)
    used(folder, PAST)

    done = collect(data, unused_seconds=60, bytes_at_most=0)

    assert done.wheels == disk_bytes(data, "wheels")
    assert len([*data.glob("wheels/*/*.whl")]) == 1


def test_a_file_with_two_names_counts_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"x" * 100_000)
    once = disk_bytes(tmp_path, "a")
    (tmp_path / "b").mkdir()
    folder = disk_bytes(tmp_path, "a", "b") - once
    os.link(tmp_path / "a" / "one", tmp_path / "b" / "two")

    assert disk_bytes(tmp_path, "a", "b") == once + folder
    assert once >= 100_000


def test_nothing_to_collect_is_no_fault(tmp_path):
    done = collect(tmp_path, unused_seconds=DAY, bytes_at_most=0)

    assert (done.removed, done.freed, done.left, done.wheels) == ((), 0, 0, 0)


def test_the_command_says_what_it_did(data, settings):
    settings.DATA_DIR, settings.ENVIRONMENT_DAYS, settings.ENVIRONMENT_GB = data, 9, 1
    _lock, folder = made(data, "small")
    used(folder, PAST)
    out = StringIO()

    call_command("collect_environments", stdout=out)

    assert out.getvalue().startswith("removed 1 environments, freed ")
    assert not folder.exists()
