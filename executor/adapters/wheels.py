"""Wheels: the files of every lock, kept by their sha256, so that they outlive the index.

``DATA/wheels/<sha256>/<name of the wheel>``. uv finds out where the index of the operator has
each wheel (PEP 751 is the form of its answer); the bytes are fetched here, as uv keeps none.
"""

import os
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from packaging.markers import InvalidMarker, Marker
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from catalogue.domain.lock import Pin, pins
from executor.adapters import uv
from executor.errors import StoppedError
from lib import digest

AT_ONCE = 8
SECONDS = (10, 60)
POLL_SECONDS = 0.1
BLOCK = 1 << 20
WHEEL_BYTES_AT_MOST = 4 * 1024**3


class WheelsAwayError(Exception):
    """Some wheels of a lock are not kept and could not be fetched; the message says why."""


def ensure(root: Path, lock: str, *, should_stop: Callable[[], bool]) -> tuple[Path, ...]:
    """The wheels that a lock needs on this machine, fetched when they are not kept yet.

    Raises:
        WheelsAwayError: one is neither kept nor to be had.
        PlatformFailedError: the disk is full.
        StoppedError: ``should_stop`` said so.
    """
    wanted = tuple(pin for pin in pins(lock) if applies(pin.marker))
    found = {pin: kept(root, pin) for pin in wanted}
    missing = [pin for pin, wheel in found.items() if wheel is None]
    if missing:
        _fetch(root, _sources(root, missing, should_stop), should_stop)
        found |= {pin: kept(root, pin) for pin in missing}
    away = [pin.name for pin, wheel in found.items() if wheel is None]
    if away:
        raise WheelsAwayError(f"the index has no wheel of {', '.join(away)} for this machine")
    return tuple(wheel for wheel in found.values() if wheel is not None)


def kept(root: Path, pin: Pin) -> Path | None:
    """The kept wheel of a package that suits this machine best; None when there is none."""
    suiting = [wheel for hash_ in sorted(pin.hashes) for wheel in _in(root / "wheels" / hash_)]
    ranked = [(rank, wheel) for wheel in suiting if (rank := suits(wheel.name)) is not None]
    return min(ranked)[1] if ranked else None


def drop_damaged(wheels: Iterable[Path]) -> tuple[Path, ...]:
    """Remove the wheels whose bytes are no longer those of their name, and return them."""
    damaged = tuple(wheel for wheel in wheels if digest.of_file(wheel) != wheel.parent.name)
    for wheel in damaged:
        wheel.unlink(missing_ok=True)
    return damaged


def applies(marker: str) -> bool:
    """Whether a package with a marker is installed by this Python on this machine."""
    try:
        return not marker or Marker(marker).evaluate()
    except InvalidMarker:
        return True  # uv says better what is wrong with it


def suits(wheel: str) -> int | None:
    """How well a wheel suits this Python and machine by its tags, 0 being best; None: not."""
    ranks = _ranks()
    try:
        tags = parse_wheel_filename(wheel)[3]
    except InvalidWheelFilename:
        return None
    return min((ranks[tag] for tag in tags if tag in ranks), default=None)


@cache
def _ranks() -> Mapping[Any, int]:
    return {tag: rank for rank, tag in enumerate(sys_tags())}


def _in(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from (folder / name for name in sorted(os.listdir(folder)) if name.endswith(".whl"))  # noqa: PTH208 -- thousands of hashes have no folder; this is the fast way to see it


def _sources(
    root: Path, missing: Iterable[Pin], should_stop: Callable[[], bool]
) -> dict[str, tuple[str, str]]:
    """For each missing package the address and the sha256 of its best wheel, by wheel's name."""
    with tempfile.TemporaryDirectory(prefix="reprise-wheels-") as scratch:
        asked, told = Path(scratch) / "requirements.txt", Path(scratch) / "pylock.toml"
        asked.write_text("".join(f"{pin.text}\n" for pin in missing))
        reason = uv.call(
            root, "pip", "compile", "--quiet", "--no-deps", "--generate-hashes",
            "--format", "pylock.toml", "--only-binary", ":all:", "--python", sys.executable,
            str(asked), "--output-file", str(told), should_stop=should_stop,
        )  # fmt: skip
        if reason:
            raise WheelsAwayError(reason)
        content = tomllib.loads(told.read_text())
    return dict(_best(missing, content, Path(scratch)))


def _best(
    missing: Iterable[Pin], content: Mapping[str, Any], folder: Path
) -> Iterator[tuple[str, tuple[str, str]]]:
    allowed = {pin.name: pin.hashes for pin in missing}
    for package in content.get("packages", ()):
        hashes = allowed.get(package["name"], frozenset())
        ranked = [
            (rank, name, address, wheel["hashes"]["sha256"])
            for wheel in package.get("wheels", ())
            for address in [wheel.get("url") or (folder / wheel["path"]).resolve().as_uri()]
            for name in [wheel.get("name") or unquote(urlsplit(address).path.rsplit("/", 1)[-1])]
            if wheel["hashes"].get("sha256") in hashes and (rank := suits(name)) is not None
        ]
        if ranked:
            _rank, name, address, hash_ = min(ranked)
            yield name, (address, hash_)


def _fetch(
    root: Path, sources: Mapping[str, tuple[str, str]], should_stop: Callable[[], bool]
) -> None:
    ended = threading.Event()
    with requests.Session() as session, ThreadPoolExecutor(AT_ONCE) as pool:
        session.verify = os.environ.get("SSL_CERT_FILE") or True  # uv goes by it too
        try:
            _watch(
                {
                    pool.submit(_keep, session, root, name, *source, ended)
                    for name, source in sources.items()
                },
                should_stop,
            )
        finally:
            ended.set()
            pool.shutdown(cancel_futures=True)


def _watch(futures: set[Future[None]], should_stop: Callable[[], bool]) -> None:
    while futures:
        done, futures = wait(futures, POLL_SECONDS, return_when="FIRST_COMPLETED")
        for future in done:
            future.result()
        if futures and should_stop():
            raise StoppedError


def _keep(  # noqa: PLR0913, PLR0917 -- one wheel, and where it comes from and goes to
    session: requests.Session,
    root: Path,
    name: str,
    address: str,
    hash_: str,
    ended: threading.Event,
) -> None:
    folder = root / "wheels" / hash_
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _opened(session, address) as blocks, tempfile.TemporaryDirectory(dir=folder) as part:
            path = Path(part) / name
            if _write(path, blocks, ended) != hash_:
                raise WheelsAwayError(f"{name} of the index has another checksum")
            path.replace(folder / name)
    except requests.RequestException as error:
        raise WheelsAwayError(f"{name} could not be fetched ({type(error).__name__})") from None
    except OSError as error:
        raise uv.of_system(error) from None


@contextmanager
def _opened(session: requests.Session, address: str) -> Iterator[Iterator[bytes]]:
    parts = urlsplit(address)
    if parts.scheme == "file":
        with Path(unquote(parts.path)).open("rb") as file:
            yield iter(lambda: file.read(BLOCK), b"")
        return
    plain = {"Accept-Encoding": "identity"}
    with session.get(address, stream=True, timeout=SECONDS, headers=plain) as answer:
        answer.raise_for_status()
        yield answer.iter_content(BLOCK)


def _write(path: Path, blocks: Iterator[bytes], ended: threading.Event) -> str:
    found, size = sha256(), 0
    with path.open("wb") as file:
        for block in blocks:
            size += len(block)
            if ended.is_set() or size > WHEEL_BYTES_AT_MOST:
                break
            found.update(block)
            file.write(block)
    return found.hexdigest()
