"""Data by checksum: found in the store, then in mirrors, then at its address."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urljoin

import requests

from catalogue.domain.entry import DataFile
from executor.errors import DataUnreachableError, StoppedError
from lib import digest, hosts, mirror, store
from lib.pinned import PinnedSession

BYTES_AT_MOST = 2 * 1024**3
SECONDS = (10, 60)
SECONDS_IN_ALL = 1800
HOPS_AT_MOST = 5
REDIRECTS = {301, 302, 303, 307, 308}


class _UnreachableError(Exception):
    """One address gave no file with the right checksum; the message says why."""


def ensure(
    file: DataFile,
    *,
    mirrors: Sequence[Path],
    allowed_hosts: Sequence[str],
    should_stop: Callable[[], bool] = lambda: False,
) -> str:
    """Have the bytes of a data file in the store; returns their digest.

    Raises:
        StoppedError: ``should_stop`` said so.
        DataUnreachableError: no mirror has it and its address did not give it; the message
            names every place that was tried.
    """
    if store.has(file.sha256):
        return file.sha256
    found = mirror.find(file.sha256, file.name, mirrors, size=file.size)
    if found:
        return store.put_file(found)[0]
    tried = [f"the folder {folder}" for folder in mirrors]
    try:
        return _fetch(file, allowed_hosts, should_stop)
    except _UnreachableError as error:
        tried.append(f"{file.url} ({error})")
    raise DataUnreachableError(file.name, tried)


def _fetch(file: DataFile, allowed_hosts: Sequence[str], should_stop: Callable[[], bool]) -> str:
    with tempfile.NamedTemporaryFile(prefix="reprise-data-") as handle:
        path = Path(handle.name)
        try:
            with PinnedSession() as session:
                _download(session, file, path, allowed_hosts, should_stop)
        except requests.RequestException as error:
            raise _UnreachableError(_reason(error)) from None
        except ValueError:  # of urlsplit, or of the resolver for names that no host can have
            raise _UnreachableError("the address is not one") from None
        if digest.of_file(path) != file.sha256:
            raise _UnreachableError("what it gives has another checksum")
        return store.put_file(path)[0]


def _download(
    session: PinnedSession,
    file: DataFile,
    path: Path,
    allowed_hosts: Sequence[str],
    should_stop: Callable[[], bool],
) -> None:
    url = file.url
    for _hop in range(HOPS_AT_MOST):
        found = hosts.addresses(url, allowed=allowed_hosts)
        if isinstance(found, hosts.Refusal):
            raise _UnreachableError(found.reason)
        with session.ask(url, found, timeout=SECONDS) as answer:
            if answer.status_code not in REDIRECTS:
                return _save(answer, file, path, should_stop)
            url = urljoin(url, answer.headers.get("Location", ""))
    raise _UnreachableError("it redirects too often")


def _save(
    answer: requests.Response, file: DataFile, path: Path, should_stop: Callable[[], bool]
) -> None:
    if answer.status_code != requests.codes.ok:
        raise _UnreachableError(f"it answers {answer.status_code}")
    most, size = file.size or BYTES_AT_MOST, 0
    until = time.monotonic() + SECONDS_IN_ALL
    with path.open("wb") as handle:
        for piece in answer.iter_content(64 * 1024):
            size += len(piece)
            if should_stop():
                raise StoppedError
            if time.monotonic() > until:
                raise _UnreachableError(f"it was not there within {SECONDS_IN_ALL} s")
            if size > most:
                raise _UnreachableError(f"it gives more than {most:,} bytes")
            handle.write(piece)


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
