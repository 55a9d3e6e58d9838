"""Kept wheels: fetched once, named by their sha256, the best for this machine."""

import hashlib
import sys
import threading
from pathlib import Path

import pytest
import responses

from catalogue.domain.lock import Pin, pins
from executor.adapters import uv, wheels
from executor.errors import StoppedError
from tests.executor import packages

THIS = f"cp{sys.version_info.major}{sys.version_info.minor}"


def never() -> bool:
    return False


def pin_of(*hashes: str) -> Pin:
    return Pin("small", "1.0", "", frozenset(hashes), "small==1.0")


def keep(root, hash_, name):
    path = root / "wheels" / hash_ / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    return path


@pytest.fixture
def index(tmp_path, monkeypatch):
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    return folder


def test_the_wheels_of_a_lock_are_kept_by_their_sha256(index, tmp_path):
    lock = packages.wheel(index) + packages.wheel(index, "other")

    found = wheels.ensure(tmp_path / "data", lock, should_stop=never)

    assert [path.name for path in found] == [
        "small-1.0-py3-none-any.whl", "other-1.0-py3-none-any.whl",
    ]  # fmt: skip
    assert [path.parent.name for path in found] == [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in found
    ]
    assert {path.parent.parent for path in found} == {tmp_path / "data" / "wheels"}
    assert [len([*path.parent.iterdir()]) for path in found] == [1, 1]


def test_only_what_is_not_kept_is_asked_for(index, monkeypatch, tmp_path):
    first = packages.wheel(index)
    wheels.ensure(tmp_path, first, should_stop=never)
    asked, call = [], uv.call

    def listen(root, *given, **more):
        asked.append(Path(given[-3]).read_text())
        return call(root, *given, **more)

    monkeypatch.setattr(uv, "call", listen)
    second = packages.wheel(index, "other")

    wheels.ensure(tmp_path, first + second, should_stop=never)
    wheels.ensure(tmp_path, second + first, should_stop=never)

    assert asked == [second]


def test_a_package_for_another_machine_is_not_fetched(index, tmp_path):
    lock = packages.wheel(index)
    foreign = f"colours==1.0 ; sys_platform == 'win32' --hash=sha256:{'0' * 64}\n"

    found = wheels.ensure(tmp_path, foreign + lock, should_stop=never)

    assert [path.name for path in found] == ["small-1.0-py3-none-any.whl"]


def test_a_wheel_that_only_fits_elsewhere_is_away(index, tmp_path):
    lock = packages.wheel(index, tag="cp27-none-any")

    with pytest.raises(wheels.WheelsAwayError):
        wheels.ensure(tmp_path, lock, should_stop=never)


def test_an_index_that_gives_other_bytes_is_not_believed(index, tmp_path):
    packages.wheel(index)
    lock = f"small==1.0 --hash=sha256:{'0' * 64}\n"

    with pytest.raises(wheels.WheelsAwayError):
        wheels.ensure(tmp_path, lock, should_stop=never)
    assert [*tmp_path.glob("wheels/*/*")] == []


def test_the_best_of_several_kept_wheels_is_taken(tmp_path):
    keep(tmp_path, "1" * 64, "small-1.0-py3-none-any.whl")
    best = keep(tmp_path, "2" * 64, f"small-1.0-{THIS}-none-any.whl")
    keep(tmp_path, "3" * 64, "small-1.0-cp27-none-any.whl")
    keep(tmp_path, "4" * 64, "oddly named.whl")

    assert wheels.kept(tmp_path, pin_of(*(digit * 64 for digit in "01234"))) == best
    assert wheels.kept(tmp_path, pin_of("3" * 64, "4" * 64)) is None


def test_the_best_wheel_of_the_index_is_asked_for(tmp_path):
    content = {
        "packages": [
            {
                "name": "small",
                "wheels": [
                    wheel_row("small-1.0-py3-none-any.whl", "1" * 64),
                    wheel_row(f"small-1.0-{THIS}-none-any.whl", "2" * 64),
                    wheel_row(f"small-1.0-{THIS}-none-linux_x86_64.whl", "9" * 64),
                    wheel_row("small-1.0-cp27-none-any.whl", "3" * 64),
                ],
            }
        ]
    }

    found = dict(wheels._best([pin_of("1" * 64, "2" * 64, "3" * 64)], content, tmp_path))

    name = f"small-1.0-{THIS}-none-any.whl"
    assert found == {name: (f"https://index.example.org/{name}", "2" * 64)}


def wheel_row(name: str, hash_: str) -> dict[str, object]:
    return {"url": f"https://index.example.org/{name}", "hashes": {"sha256": hash_}}


@pytest.fixture
def remote(monkeypatch):
    """Wheels at an address, as uv would tell; returns the lock line and the address."""

    def tell(body: bytes, hash_: str = "") -> str:
        name = "small-1.0-py3-none-any.whl"
        address = f"https://index.example.org/{name}"
        found = hash_ or packages.hash_of(body)
        monkeypatch.setattr(wheels, "_sources", lambda *_given: {name: (address, found)})
        responses.get(address, body=body)
        return f"small==1.0 --hash=sha256:{found}\n"

    return tell


@responses.activate
def test_a_wheel_is_fetched_from_its_address(remote, tmp_path):
    lock = remote(b"bytes of a wheel")

    [wheel] = wheels.ensure(tmp_path, lock, should_stop=never)

    assert wheel.read_bytes() == b"bytes of a wheel"


@responses.activate
def test_what_an_address_gives_with_another_checksum_is_not_kept(remote, tmp_path):
    lock = remote(b"bytes of a wheel", "0" * 64)

    with pytest.raises(wheels.WheelsAwayError) as failed:
        wheels.ensure(tmp_path, lock, should_stop=never)

    assert str(failed.value) == "small-1.0-py3-none-any.whl of the index has another checksum"
    assert [*tmp_path.glob("wheels/*/*")] == []


@responses.activate
def test_an_address_that_answers_with_an_error_is_away(monkeypatch, tmp_path):
    address = "https://index.example.org/small-1.0-py3-none-any.whl"
    source = {"small-1.0-py3-none-any.whl": (address, "0" * 64)}
    monkeypatch.setattr(wheels, "_sources", lambda *_given: source)
    responses.get(address, status=503)

    with pytest.raises(wheels.WheelsAwayError) as failed:
        wheels.ensure(tmp_path, f"small==1.0 --hash=sha256:{'0' * 64}\n", should_stop=never)

    assert str(failed.value) == "small-1.0-py3-none-any.whl could not be fetched (HTTPError)"


def test_a_fetch_is_stopped_when_the_run_is_cancelled(index, monkeypatch, tmp_path):
    released, heard = threading.Event(), []

    def slowly(_session, _root, _name, _address, _hash, ended):
        heard.append(released.wait(10) and ended.wait(10))

    lock = packages.wheel(index)
    monkeypatch.setattr(wheels, "_keep", slowly)
    monkeypatch.setattr(wheels, "_sources", lambda *_given: {"x.whl": ("file:///x", "0" * 64)})

    def should_stop() -> bool:
        released.set()
        return True

    with pytest.raises(StoppedError):
        wheels.ensure(tmp_path, lock, should_stop=should_stop)
    assert heard == [True]


def test_damaged_wheels_are_dropped_and_others_stay(index, tmp_path):
    lock = packages.wheel(index) + packages.wheel(index, "other")
    small, other = wheels.ensure(tmp_path, lock, should_stop=never)
    small.write_bytes(b"")

    assert wheels.drop_damaged([small, other]) == (small,)
    assert [wheels.kept(tmp_path, pin) for pin in pins(lock)] == [None, other]


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("", True), ("sys_platform == 'win32'", False), ("python_version >= '3'", True),
        ("no marker at all", True),
    ],
)  # fmt: skip
def test_a_marker_says_whether_a_package_is_for_this_machine(marker, expected):
    assert wheels.applies(marker) is expected
