"""The store: bytes named by their sha256, behind Django's storage API."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

from lib import digest

CHUNK = 256 * 1024


def put(data: bytes) -> str:
    """Keep some bytes; returns their digest. Bytes already there are not written again."""
    name = digest.of_bytes(data)
    _keep(name, ContentFile(data))
    return name


def put_file(path: Path) -> tuple[str, int]:
    """Keep a file's bytes; returns their digest and how many there are."""
    name = digest.of_file(path)
    with path.open("rb") as handle:
        _keep(name, File(handle))
    return name, path.stat().st_size


def has(name: str) -> bool:
    """Whether the store holds bytes with this digest."""
    return storages["products"].exists(_place(name))


def get(name: str) -> bytes:
    """All bytes with this digest.

    Raises:
        FileNotFoundError: the store does not hold them.
    """
    with open_file(name) as handle:
        return handle.read()


def open_file(name: str) -> IO[bytes]:
    """A readable file of the bytes with this digest; FileNotFoundError when there are none."""
    return storages["products"].open(_place(name), "rb")


def chunks(name: str) -> Iterator[bytes]:
    """The bytes with this digest, piece by piece."""
    with open_file(name) as handle:
        while piece := handle.read(CHUNK):
            yield piece


def copy(name: str, target: Path) -> None:
    """Write the bytes with this digest to a new file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as handle:
        handle.writelines(chunks(name))


def local_path(name: str) -> Path | None:
    """Where the bytes lie on this machine, or None when the storage is elsewhere."""
    with suppress(NotImplementedError):
        return Path(storages["products"].path(_place(name)))
    return None


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the digests that the store does not hold."""
    return tuple(name for name in names if not has(name))


def _place(name: str) -> str:
    return f"sha256/{name[:2]}/{name[2:4]}/{name}"


def _keep(name: str, content: File[bytes]) -> None:
    storage = storages["products"]
    if storage.exists(_place(name)):
        return
    path = local_path(name)
    if path is not None:
        _write_whole(path, content)
        return
    kept = storage.save(_place(name), content)
    if kept != _place(name):
        # Somebody else kept the same bytes meanwhile and Django chose another name for ours.
        storage.delete(kept)


def _write_whole(path: Path, content: File[bytes]) -> None:
    # Written aside and renamed: a writer killed half-way leaves no false bytes under a digest.
    path.parent.mkdir(parents=True, exist_ok=True)
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(opened, "wb") as handle:
            handle.writelines(content.chunks(CHUNK))
            os.fchmod(handle.fileno(), 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
