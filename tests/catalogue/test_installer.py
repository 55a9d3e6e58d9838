"""The installer is asked for a lock; a program in its place stands for uv here."""

import sys

import pytest

from catalogue.adapters import installer
from catalogue.errors import InstallerMissingError, LockFailedError


@pytest.fixture
def uv(tmp_path, monkeypatch):
    """Put a shell script where uv is looked for."""

    def write(script):
        program = tmp_path / "uv"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    monkeypatch.setattr(installer.sys, "executable", str(tmp_path / "python"))
    return write


def test_uv_lies_beside_the_interpreter():
    assert installer.installer() == sys.executable.rsplit("/", 1)[0] + "/uv"


def test_without_uv_the_operator_is_told(uv):
    with pytest.raises(InstallerMissingError) as caught:
        installer.lock_requirements("numpy")
    assert (caught.value.status, caught.value.detail) == (
        503, "uv is not installed beside the service: run `make up` again.",
    )  # fmt: skip


def test_the_lock_is_what_uv_prints(uv):
    uv('for last; do true; done; echo "locked:"; cat "$last"')
    assert installer.lock_requirements("numpy>=2.4\n") == "locked:\nnumpy>=2.4\n"


def test_only_wheels_with_hashes_are_asked_for(uv, tmp_path):
    uv('echo "$@"')
    words = installer.lock_requirements("numpy").split()
    assert words[:-1] == [
        "pip", "compile", "--quiet", "--generate-hashes", "--no-annotate", "--no-header",
        "--no-emit-index-url", "--only-binary", ":all:", "--python", str(tmp_path / "python"),
    ]  # fmt: skip


def test_what_uv_says_is_passed_on(uv):
    uv('echo "No solution found:\n  numpy<1" >&2; exit 1')
    with pytest.raises(LockFailedError) as caught:
        installer.lock_requirements("numpy<1")
    assert caught.value.detail == "The resolver says: No solution found: numpy<1"


def test_a_resolver_without_an_end_is_stopped(uv, monkeypatch):
    monkeypatch.setattr(installer, "SECONDS_AT_MOST", 0.05)
    uv("exec sleep 5")
    with pytest.raises(InstallerMissingError) as caught:
        installer.lock_requirements("numpy")
    assert caught.value.detail == "The resolver found no answer within 0.05 s: try again later."


@pytest.mark.parametrize(
    "said", ["HTTP status server error (503)", "error sending request", "operation timed out"]
)
def test_a_registry_that_is_away_is_no_fault_of_the_requirements(uv, said):
    uv(f"echo '{said}' >&2; exit 2")
    with pytest.raises(InstallerMissingError) as caught:
        installer.lock_requirements("numpy")
    assert caught.value.detail == f"The package registry did not answer: {said}"


def test_a_full_disk_is_no_fault_of_the_requirements(uv):
    uv("echo 'failed to write: No space left on device (os error 28)' >&2; exit 2")
    with pytest.raises(InstallerMissingError) as caught:
        installer.lock_requirements("numpy")
    assert caught.value.detail == "The disk of the service is full."
