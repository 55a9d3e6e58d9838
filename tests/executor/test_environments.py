"""Environments: one folder a lock, built once, never half."""

import subprocess
import sys
import threading

import pytest

from executor.adapters import environments
from executor.errors import PlatformFailedError, RunFailedError, StoppedError

LOCK = "# nothing\n"
PINNED = f"numpy==2.4.0 \\\n    --hash=sha256:{'0' * 64}\n"


@pytest.fixture
def calls(monkeypatch):
    """What uv was asked; nothing is built."""
    asked: list[list[str]] = []

    def run(command, *_given):
        asked.append(command[1:])
        if command[1] == "venv":
            (environments.Path(command[-1])).mkdir(parents=True)
        return 0

    monkeypatch.setattr(environments, "_wait", run)
    return asked


def fails_with(monkeypatch, stderr: str) -> None:
    def run(command, _environ, _root, told, _should_stop):
        environments.Path(command[-1]).mkdir(parents=True, exist_ok=True)
        if command[1] != "pip":
            return 0
        told.write(stderr.encode())
        return 1

    monkeypatch.setattr(environments, "_wait", run)
    monkeypatch.setattr(environments.Path, "write_text", lambda *_given: 0)


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


def test_packages_are_installed_with_their_hashes_and_only_as_wheels(calls, tmp_path):
    folder = environments.ensure(tmp_path, PINNED)

    assert calls == [
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        ["pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:",
         "--compile-bytecode", "--python", str(folder / "bin" / "python"),
         str(folder / "requirements.lock")],
    ]  # fmt: skip
    assert (folder / "requirements.lock").read_text() == PINNED


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


def test_what_an_interrupted_build_left_is_thrown_away(calls, tmp_path):
    half = tmp_path / "environments" / environments.digest_of(LOCK)
    half.mkdir(parents=True)
    (half / "half").write_text("x")

    folder = environments.ensure(tmp_path, LOCK)

    assert folder == half
    assert not (folder / "half").exists()
    assert environments.is_built(tmp_path, LOCK)


@pytest.mark.parametrize(
    "stderr",
    [
        "error: Failed to fetch\n  Caused by: error sending request for url",
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
    assert failed.value.detail == (f"The environment of this entry cannot be installed: {stderr}")


def test_a_full_disk_is_said_to_be_full(monkeypatch, tmp_path):
    fails_with(monkeypatch, "failed to write: No space left on device (os error 28)")

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, PINNED)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:disk-full", "The disk of the service is full.",
    )  # fmt: skip


def test_an_installer_that_cannot_be_started_is_a_fault_of_the_platform(monkeypatch, tmp_path):
    def popen(*_given, **_options):
        raise OSError(8, "Exec format error")

    monkeypatch.setattr(environments.subprocess, "Popen", popen)
    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:environment",
        "The environment could not be built: Exec format error.",
    )


def sleeper(tmp_path, monkeypatch):
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\nexec sleep 60\n")
    uv.chmod(0o755)
    monkeypatch.setattr(environments.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(environments, "POLL_SECONDS", 0.01)


def test_an_installer_that_never_ends_is_stopped(monkeypatch, tmp_path):
    sleeper(tmp_path, monkeypatch)
    monkeypatch.setattr(environments, "SECONDS_AT_MOST", 0)

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert failed.value.detail == "The environment was not built within 0 s."


def test_a_build_is_stopped_when_the_run_is_cancelled(monkeypatch, tmp_path):
    sleeper(tmp_path, monkeypatch)

    with pytest.raises(StoppedError):
        environments.ensure(tmp_path, LOCK, should_stop=lambda: True)


def test_a_missing_installer_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(environments.sys, "executable", str(tmp_path / "python"))

    with pytest.raises(PlatformFailedError) as failed:
        environments.ensure(tmp_path, LOCK)

    assert (failed.value.id, failed.value.detail) == (
        "executor:platform:no-installer", "uv is missing beside the service: run `make up` again.",
    )  # fmt: skip
