"""Environments: one folder a lock, built once, never half."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from executor.adapters import environments, uv, wheels
from executor.errors import PlatformFailedError, RunFailedError, StoppedError
from tests.executor import packages

LOCK = "# nothing\n"
PINNED = f"numpy==2.4.0 \\\n    --hash=sha256:{'0' * 64}\n"
ROOT = Path(__file__).resolve().parents[2]
AWAY = "error: Failed to fetch\n  Caused by: error sending request for url"


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels that uv is told to look into, and no other index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    return folder


@pytest.fixture
def calls(monkeypatch):
    """What uv was asked; nothing is built, and all wheels are kept in one folder."""
    asked: list[list[str]] = []

    def run(command, *_given):
        asked.append(command[1:])
        if command[1] == "venv":
            Path(command[-1]).mkdir(parents=True)
        return 0

    monkeypatch.setattr(uv, "_wait", run)
    monkeypatch.setattr(wheels, "ensure", lambda *_given, **_more: (Path("/kept/numpy.whl"),))
    return asked


def fails_with(monkeypatch, stderr: str) -> None:
    def run(command, _environ, _folder, streams, _should_stop):
        if command[1] == "venv":
            Path(command[-1]).mkdir(parents=True)
            return 0
        streams[1].write(stderr.encode())
        return 1

    monkeypatch.setattr(uv, "_wait", run)


def imported(folder: Path, module: str) -> str:
    """What a module of an environment says its value is."""
    code = f"import {module}; print({module}.value)"
    python = environments.python_of(folder)
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_environment_without_packages_is_built_with_no_network(tmp_path):
    folder = environments.ensure(tmp_path, LOCK)

    python = environments.python_of(folder)
    done = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(folder)
    assert environments.is_built(tmp_path, LOCK)


def test_its_folder_is_named_by_its_digest(calls, tmp_path):
    assert not environments.is_built(tmp_path, LOCK)

    folder = environments.ensure(tmp_path, LOCK)

    assert folder == tmp_path / "environments" / environments.digest_of(LOCK)
    assert environments.digest_of(LOCK) != environments.digest_of(PINNED)


def test_packages_are_installed_from_kept_wheels_with_their_hashes(calls, tmp_path):
    folder = environments.ensure(tmp_path, PINNED)

    assert calls == [
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        ["pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:",
         "--offline", "--no-index", "--find-links", "/kept",
         "--python", str(folder / "bin" / "python"), str(folder / "requirements.lock")],
    ]  # fmt: skip
    assert (folder / "requirements.lock").read_text() == PINNED


def test_a_package_of_the_index_can_be_imported(index, tmp_path):
    folder = environments.ensure(tmp_path / "data", packages.wheel(index))

    assert imported(folder, "small") == "1.0"


def test_an_environment_comes_back_when_index_and_cache_are_gone(index, tmp_path):
    lock = packages.wheel(index) + packages.wheel(index, "other", version="2.0")
    data = tmp_path / "data"
    environments.ensure(data, lock)
    for part in (index, data / "environments", data / "cache", data / "bytecode"):
        shutil.rmtree(part)

    folder = environments.ensure(data, lock)

    assert (imported(folder, "small"), imported(folder, "other")) == ("1.0", "2.0")


def test_a_kept_wheel_that_was_damaged_is_fetched_anew(index, tmp_path):
    lock, data = packages.wheel(index), tmp_path / "data"
    environments.ensure(data, lock)
    [wheel] = data.glob("wheels/*/*.whl")
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + b"x")
    for part in ("environments", "cache", "bytecode"):
        shutil.rmtree(data / part)

    folder = environments.ensure(data, lock)

    assert imported(folder, "small") == "1.0"
    assert wheel.read_bytes() == whole


def test_wheels_that_cannot_be_kept_are_installed_from_the_index(index, monkeypatch, tmp_path):
    def away(*_given, **_more):
        raise wheels.WheelsAwayError("it asks for a name and a word")

    lock = packages.wheel(index)
    monkeypatch.setattr(wheels, "ensure", away)

    folder = environments.ensure(tmp_path / "data", lock)

    assert imported(folder, "small") == "1.0"
    assert len([*folder.rglob("small.*.pyc")]) == 1


def test_a_package_does_not_run_while_its_environment_is_built(index, tmp_path):
    ran = tmp_path / "ran"
    start = f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n"
    lock = packages.wheel(index, files={"small.pth": start, "usercustomize.py": start})

    folder = environments.ensure(tmp_path / "data", lock)

    assert not ran.exists()
    assert imported(folder, "small") == "1.0"
    assert ran.exists()


def test_an_environment_is_built_once(calls, tmp_path):
    environments.ensure(tmp_path, LOCK)
    environments.ensure(tmp_path, LOCK)

    assert [call[0] for call in calls] == ["venv"]


def test_two_who_ask_at_the_same_moment_get_one_environment(calls, tmp_path):
    barrier, folders = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait(10)
        folders.append(environments.ensure(tmp_path, LOCK))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(10)

    assert [call[0] for call in calls] == ["venv"]
    assert len(folders) == 4


BUILDER = """
import os, sys
from pathlib import Path
from executor.adapters import environments, uv

data, lock, log, mode = sys.argv[1:]
call = uv.call

def logged(root, *arguments, should_stop):
    with open(log, "a") as file:
        file.write(arguments[0] + "\\n")
    result = call(root, *arguments, should_stop=should_stop)
    if mode == "die":
        os.kill(os.getpid(), 9)
    return result

uv.call = logged
print(environments.ensure(Path(data), lock))
"""


def builder(tmp_path: Path, mode: str = "build") -> "subprocess.Popen[str]":
    """A process of its own that asks for an environment and logs what it asks uv."""
    arguments = (str(tmp_path / "data"), LOCK, str(tmp_path / "log"), mode)
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_processes_that_ask_at_the_same_moment_build_it_once(tmp_path):
    processes = [builder(tmp_path) for _ in range(4)]
    told = {process.communicate(timeout=60)[0] for process in processes}

    assert told == {f"{environments.folder_of(tmp_path / 'data', LOCK)}\n"}
    assert (tmp_path / "log").read_text() == "venv\n"


def test_what_a_killed_builder_left_is_built_anew(tmp_path):
    killed = builder(tmp_path, "die")
    killed.communicate(timeout=60)
    folder = environments.folder_of(tmp_path / "data", LOCK)
    assert killed.returncode == -signal.SIGKILL
    assert folder.is_dir()
    assert not environments.is_built(tmp_path / "data", LOCK)

    assert environments.ensure(tmp_path / "data", LOCK) == folder
    assert environments.is_built(tmp_path / "data", LOCK)


def test_what_an_interrupted_build_left_is_thrown_away(calls, tmp_path):
    half = tmp_path / "environments" / environments.digest_of(LOCK)
    half.mkdir(parents=True)
    (half / "half").write_text("x")

    folder = environments.ensure(tmp_path, LOCK)

    assert folder == half
    assert not (folder / "half").exists()
    assert environments.is_built(tmp_path, LOCK)


def test_who_waits_for_the_build_of_another_can_be_stopped(tmp_path):
    folder = environments.folder_of(tmp_path, LOCK)
    with environments.guard(folder) as handle:
        environments.fcntl.flock(handle, environments.fcntl.LOCK_EX)
        with pytest.raises(StoppedError):
            environments.ensure(tmp_path, LOCK, should_stop=lambda: True)


@pytest.mark.parametrize(
    "stderr",
    [
        AWAY,
        "dns error: failed to lookup address",
        "Connection refused (os error 111)",
        "operation timed out",
        "HTTP status client error (403 Forbidden)",
    ],
)
def test_a_registry_that_does_not_answer_is_a_fault_of_the_platform(monkeypatch, tmp_path, stderr):
    fails_with(monkeypatch, stderr)

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, PINNED)

    words = " ".join(stderr.split())
    assert failed.value.id == "executor:platform:registry"
    assert failed.value.detail == f"The package registry did not answer as it should: {words}"
    assert not environments.is_built(tmp_path, PINNED)


@pytest.mark.parametrize(
    "stderr",
    [
        "Hash mismatch for `numpy==2.4.0`",
        "networkx==99 has no wheels with a matching Python ABI tag",
        "fake-connections==1 was not found in the package registry",
    ],
)
def test_a_lock_that_cannot_be_installed_is_a_fault_of_the_entry(monkeypatch, tmp_path, stderr):
    fails_with(monkeypatch, stderr)

    with pytest.raises(RunFailedError) as failed:
        environments.ensure(tmp_path, PINNED)

    assert failed.value.id == "executor:user:environment"
    assert failed.value.detail == f"The environment of this entry cannot be installed: {stderr}"


def test_a_version_that_the_index_has_not_is_a_fault_of_the_entry(index, tmp_path):
    packages.wheel(index)
    lock = f"small==2.0 --hash=sha256:{'0' * 64}\n"

    with pytest.raises(RunFailedError) as failed:
        environments.ensure(tmp_path / "data", lock)

    assert failed.value.id == "executor:user:environment"


def test_an_installer_without_words_is_still_a_failure(monkeypatch, tmp_path):
    fails_with(monkeypatch, "")

    with pytest.raises(RunFailedError) as failed:
        environments.ensure(tmp_path, PINNED)

    assert failed.value.detail == (
        "The environment of this entry cannot be installed: "
        "it ended with status 1 and gave no reason"
    )


@pytest.mark.parametrize("said", ["No space left on device (os error 28)", "Disk quota exceeded"])
def test_a_full_disk_is_said_to_be_full(monkeypatch, tmp_path, said):
    fails_with(monkeypatch, f"failed to write: {said}")

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, PINNED)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:disk-full", "The disk of the service is full.",
    )  # fmt: skip


def test_a_disk_that_is_full_while_wheels_are_fetched_is_said_to_be_full(
    index, monkeypatch, tmp_path
):
    def write(*_given):
        raise OSError(28, "No space left on device")

    lock = packages.wheel(index)
    monkeypatch.setattr(wheels, "_write", write)

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path / "data", lock)

    assert failed.value.id == "executor:platform:disk-full"


def test_an_installer_that_cannot_be_started_is_a_fault_of_the_platform(monkeypatch, tmp_path):
    def popen(*_given, **_options):
        raise OSError(8, "Exec format error")

    monkeypatch.setattr(uv.subprocess, "Popen", popen)
    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:environment",
        "The environment could not be built: Exec format error.",
    )


def sleeper(tmp_path, monkeypatch):
    program = tmp_path / "uv"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(uv.sys, "executable", str(tmp_path / "python"))


def test_an_installer_that_never_ends_is_stopped(monkeypatch, tmp_path):
    sleeper(tmp_path, monkeypatch)
    monkeypatch.setattr(uv, "SECONDS_AT_MOST", 0)

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert failed.value.detail == "The environment was not built within 0 s."


def test_a_build_is_stopped_when_the_run_is_cancelled(monkeypatch, tmp_path):
    sleeper(tmp_path, monkeypatch)

    with pytest.raises(StoppedError):
        environments.ensure(tmp_path, LOCK, should_stop=lambda: True)


def test_a_missing_installer_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(uv.sys, "executable", str(tmp_path / "python"))

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:no-installer", "uv is missing beside the service: run `make up` again.",
    )  # fmt: skip


def test_byte_code_lies_beside_every_module_and_is_not_compared_with_it(index, tmp_path):
    inner = {"deep/__init__.py": "", "deep/inner.py": "value = 3\n", "broken.py": "print 1\n"}
    folder = environments.ensure(tmp_path / "data", packages.wheel(index, files=inner))

    made = sorted([*folder.rglob("site-packages/**/*.pyc")], key=str)
    site = next(folder.rglob("site-packages"))
    tag = sys.implementation.cache_tag
    assert [str(path.relative_to(site)) for path in made] == [
        f"__pycache__/small.{tag}.pyc",
        f"deep/__pycache__/__init__.{tag}.pyc",
        f"deep/__pycache__/inner.{tag}.pyc",
    ]
    assert {path.read_bytes()[4:8] for path in made} == {b"\x01\0\0\0"}  # PEP 552: unchecked


def test_environments_share_the_byte_code_of_a_wheel(index, tmp_path):
    small, other = packages.wheel(index), packages.wheel(index, "other")
    first = environments.ensure(tmp_path / "data", small)
    second = environments.ensure(tmp_path / "data", small + other)

    inodes = {next(folder.rglob("small.*.pyc")).stat().st_ino for folder in (first, second)}
    assert len(inodes) == 1
    kept = [json.loads(path.read_text()) for path in (tmp_path / "data").glob("bytecode/*/*.json")]
    tag = sys.implementation.cache_tag
    assert sorted(kept) == [[f"__pycache__/other.{tag}.pyc"], [f"__pycache__/small.{tag}.pyc"]]
