"""The environment is made once, made anew when it is not right, and every fault is a sentence."""

import ast
import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap

ROOT = Path(bootstrap.__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for kind in ("run", "dev", "uv"):
        (tmp_path / "requirements" / f"{kind}.lock").write_text(f"# {kind}\n")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, one name an installation."""
    names: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda _venv, _locks, which: names.append(which))
    return names


def test_the_file_is_read_by_python_3_6() -> None:
    source = Path(bootstrap.__file__).read_text()
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source


def test_an_old_python_gets_one_sentence() -> None:
    with pytest.raises(bootstrap.SetUpError) as caught:
        bootstrap.check_python((3, 9, 2))
    assert str(caught.value) == (
        "Reprise needs Python 3.11 or newer; `python3` here is 3.9.2. Install python3.11, "
        "or say which to use: make up PYTHON=python3.12"
    )
    assert caught.value.code == 2


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_new_python_is_taken(version: tuple[int, ...]) -> None:
    bootstrap.check_python(version)


def test_an_environment_is_made_once(checkout: Path, installed: list[str]) -> None:
    for _ in range(2):
        bootstrap.prepare(checkout, "run")
    assert installed == ["run"]


def test_the_environment_of_the_tests_also_serves(checkout: Path, installed: list[str]) -> None:
    bootstrap.prepare(checkout, "dev")
    bootstrap.prepare(checkout, "run")
    assert installed == ["dev"]


def test_the_tests_add_to_the_environment_of_the_service(
    checkout: Path, installed: list[str]
) -> None:
    bootstrap.prepare(checkout, "run")
    (checkout / ".venv" / "kept").touch()
    bootstrap.prepare(checkout, "dev")
    assert (installed, (checkout / ".venv" / "kept").exists()) == (["run", "dev"], True)


def test_a_changed_lock_makes_it_anew(checkout: Path, installed: list[str]) -> None:
    bootstrap.prepare(checkout, "run")
    (checkout / ".venv" / "old").touch()
    (checkout / "requirements" / "run.lock").write_text("# other\n")
    bootstrap.prepare(checkout, "run")
    assert (installed, (checkout / ".venv" / "old").exists()) == (["run", "run"], False)


@pytest.mark.parametrize("stamp", [None, "", "[]", '{"python": "3.8.1"}'])
def test_a_half_made_environment_is_made_anew(
    checkout: Path, installed: list[str], stamp: str | None
) -> None:
    bootstrap.prepare(checkout, "run")
    file = checkout / ".venv" / bootstrap.STAMP
    file.unlink() if stamp is None else file.write_text(stamp)
    bootstrap.prepare(checkout, "run")
    assert installed == ["run", "run"]


def test_an_environment_whose_python_is_gone_is_made_anew(
    checkout: Path, installed: list[str]
) -> None:
    bootstrap.prepare(checkout, "run")
    (checkout / ".venv" / "bin" / "python").unlink()
    bootstrap.prepare(checkout, "run")
    assert installed == ["run", "run"]


def test_a_moved_checkout_is_not_ready(checkout: Path, installed: list[str]) -> None:
    bootstrap.prepare(checkout, "run")
    moved = checkout.with_name("moved")
    checkout.rename(moved)
    assert (installed, bootstrap.ready(moved, "run")) == (["run"], False)


def test_a_failed_installation_leaves_no_stamp(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise bootstrap.SetUpError(11, "no")

    monkeypatch.setattr(bootstrap, "install", broken)
    with pytest.raises(bootstrap.SetUpError):
        bootstrap.prepare(checkout, "run")
    assert not bootstrap.ready(checkout, "run")


def _installers(monkeypatch: pytest.MonkeyPatch, *, uv: str | None, fails: str) -> list[str]:
    """Stand-ins for the installers; the name of each that was called, in order."""
    called: list[str] = []

    def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
        name = "uv" if command[1:3] == ["pip", "sync"] else "pip " + Path(command[-1]).stem
        if "ensurepip" not in command:
            called.append(name)
        code = int(name in fails.split(","))
        return subprocess.CompletedProcess(command, code, "no reason", "")

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr("shutil.which", lambda _name: uv)
    return called


@pytest.mark.parametrize(
    ("uv", "fails", "called"),
    [
        ("/bin/uv", "", ["uv"]),
        ("/bin/uv", "uv", ["uv", "pip run"]),
        (None, "", ["pip uv", "uv"]),
        (None, "uv", ["pip uv", "uv", "pip run"]),
        (None, "pip uv", ["pip uv", "pip run"]),
    ],
)
def test_uv_is_tried_before_pip(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, uv: str | None, fails: str, called: list[str]
) -> None:
    seen = _installers(monkeypatch, uv=uv, fails=fails)
    bootstrap.install(checkout / ".venv", checkout / "requirements", "run")
    assert seen == called


def test_without_any_installer_the_package_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installers(monkeypatch, uv=None, fails="")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(bootstrap.SetUpError, match=r"apt install python3-venv") as caught:
        bootstrap.install(checkout / ".venv", checkout / "requirements", "run")
    assert caught.value.code == 10


@pytest.mark.parametrize(
    ("output", "code", "start"),
    [
        ("write failed: No space left on device (os error 28)", 5, "The disk is full"),
        ("error: dns error: Name or service not known", 11, "The packages could not be fetched"),
        ("warning\nwheel is broken\n", 11, "The packages could not be installed (wheel is broken)"),
    ],
)
def test_what_an_installer_said_becomes_one_sentence(output: str, code: int, start: str) -> None:
    error = bootstrap.explain(output)
    assert (error.code, str(error)[: len(start)], "\n" in str(error)) == (code, start, False)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EROFS, 4), (errno.EACCES, 4), (errno.ENOSPC, 5), (errno.EIO, 4)]
)
def test_what_the_system_refuses_has_its_code(number: int, code: int) -> None:
    assert bootstrap.of_system(OSError(number, "no", "here")).code == code


def test_the_command_refuses_an_unknown_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["both"]) == 2
    assert capsys.readouterr().err == ("Say which environment to make: bootstrap.py run, or dev.\n")


@pytest.mark.parametrize("kind", ["run", "dev", "uv"])
def test_a_lock_names_no_download_address_and_pins_by_hash(kind: str) -> None:
    lines = (ROOT / "requirements" / f"{kind}.lock").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith(" ")]
    hashes = [line for line in lines if line.startswith("    --hash=sha256:")]
    assert len(packages) + len(hashes) == len([line for line in lines if line])
    assert all("==" in line and line.endswith("\\") and "://" not in line for line in packages)


def test_the_lock_of_the_tests_contains_the_lock_of_the_service() -> None:
    run, dev = (
        (ROOT / "requirements" / f"{kind}.lock").read_text().splitlines() for kind in ("run", "dev")
    )
    # The marker of a package grows with those that ask for it; its version may not differ.
    pinned = [{line.split()[0] for line in lock if "==" in line} for lock in (run, dev)]
    assert pinned[0] <= pinned[1]


def test_the_stamp_names_this_python(checkout: Path, installed: list[str]) -> None:
    bootstrap.prepare(checkout, "run")
    stamp = json.loads((checkout / ".venv" / bootstrap.STAMP).read_text())
    assert (installed, stamp["python"]) == (["run"], "{}.{}.{}".format(*sys.version_info[:3]))
