"""The store: bytes named by their sha256, behind Django's storage API.

Bytes are written aside, hashed while they are written, and take their place whole or not at all:
by a rename in a folder, by the end of an upload elsewhere. What is there already is not written
again. Nothing here holds a whole file in memory except ``put`` and ``get``, which say so.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from lib import copies, digest

CHUNK = 256 * 1024
FRESH_SECONDS = 600
"""For how long bytes that somebody put are not removed: their row may not be written yet."""
LEFT_SECONDS = 24 * 3600
"""After how long a half-written file has no writer any more."""
INCOMING = "incoming"
QUARANTINE = "quarantine"


class DamagedBytesError(OSError):
    """The bytes in the store are not those that their digest names."""


def put(data: bytes, *, durable: bool = True) -> str:
    """Keep some bytes, as ``put_stream``; returns their digest."""
    name = digest.of_bytes(data)
    if not _is_there(name, len(data)):
        put_stream([data], durable=durable)
    return name


def put_file(path: Path, *, durable: bool = True) -> tuple[str, int]:
    """Keep a file's bytes, as ``put_stream``; returns their digest and how many there are."""
    with path.open("rb") as handle:
        return put_stream(iter(lambda: handle.read(CHUNK), b""), durable=durable)


def put_stream(chunks: Iterable[bytes], *, durable: bool = True) -> tuple[str, int]:
    """Keep bytes that come piece by piece; returns their digest and how many there are.

    Args:
        chunks: the bytes in order; an error that they raise leaves nothing behind.
        durable: wait until the disk has them. What can be made again need not wait: a power cut
            may then leave bytes that are no longer what their digest says, which is noticed when
            they are read or verified.
    """
    with _incoming() as handle:
        sha256, size = hashlib.sha256(), 0
        for chunk in chunks:
            sha256.update(chunk)
            size += len(chunk)
            handle.write(chunk)
        handle.flush()
        name = sha256.hexdigest()
        if not _is_there(name, size):
            if durable:
                os.fsync(handle.fileno())
            _take_in(Path(handle.name), name, durable=durable)
    return name, size


def has(name: str) -> bool:
    """Whether the store holds bytes with this digest."""
    return _storage().exists(_place(name))


def size_of(name: str) -> int | None:
    """How many bytes the store holds under this digest; None when it holds none."""
    with suppress(FileNotFoundError):
        storage = _storage()
        # Of storages elsewhere not every one tells a missing file by this error.
        if local_path(name) is not None or storage.exists(_place(name)):
            return storage.size(_place(name))
    return None


def get(name: str) -> bytes:
    """All bytes with this digest, in memory.

    Raises:
        FileNotFoundError: the store does not hold them.
    """
    with open_file(name) as handle:
        return handle.read()


def open_file(name: str) -> IO[bytes]:
    """A readable file of the bytes with this digest; FileNotFoundError when there are none."""
    return _storage().open(_place(name), "rb")


def chunks(name: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes with this digest, piece by piece, from ``start`` up to but not with ``stop``.

    Raises:
        FileNotFoundError: the store does not hold them.
    """
    stream = getattr(_storage(), "stream", None)
    if stream is not None:
        yield from stream(_place(name), start, stop, CHUNK)
        return
    with open_file(name) as handle:
        handle.seek(start)
        left = stop - start if stop is not None else None
        while piece := handle.read(CHUNK if left is None else min(CHUNK, left)):
            left = left if left is None else left - len(piece)
            yield piece


def copy(name: str, target: Path) -> None:
    """Write the bytes with this digest to a new file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as handle:
        handle.writelines(chunks(name))


def roots() -> tuple[Path, ...]:
    """The folders of this machine below which every ``local_copy`` lies."""
    with suppress(NotImplementedError):
        return (Path(_storage().path("")),)
    return (settings.DATA_DIR / copies.FOLDER,)


def local_path(name: str) -> Path | None:
    """Where the bytes lie on this machine, or None when the storage is elsewhere."""
    with suppress(NotImplementedError):
        return Path(_storage().path(_place(name)))
    return None


def local_copy(name: str) -> Path:
    """A file on this machine with the bytes of this digest, only to be read.

    That is the store's own file where the store is a folder, else a copy in a bounded folder of
    copies (``lib.copies``), fetched and checked when it is not there yet.

    Raises:
        FileNotFoundError: the store does not hold them.
        DamagedBytesError: what the store sent has another digest.
    """
    own = local_path(name)
    if own is not None:
        own.stat()
        return own
    known = copies.find(name)
    if known is not None:
        return known
    with _incoming() as handle:
        handle.writelines(chunks(name))
        handle.flush()
        path = Path(handle.name)
        if digest.of_file(path) != name:
            raise DamagedBytesError(f"The store sent other bytes than {name}.")
        return copies.adopt(path, name)


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the digests that the store does not hold."""
    return tuple(name for name in names if not has(name))


def is_fresh(name: str) -> bool:
    """Whether somebody put these bytes, or found them there already, a moment ago."""
    return _age(name) < FRESH_SECONDS


def remove(name: str) -> None:
    """Remove the bytes with this digest; nothing happens when there are none."""
    with suppress(FileNotFoundError):
        _storage().delete(_place(name))
    copies.drop(name)


def set_aside(name: str) -> None:
    """Move damaged bytes out of their place, into ``quarantine/``, where somebody may look at them.

    Nothing happens when there are none.
    """
    copies.drop(name)
    path = local_path(name)
    with suppress(FileNotFoundError):
        if path is None:
            _move_elsewhere(_storage(), _place(name), f"{QUARANTINE}/{name}")
            return
        aside = Path(_storage().path(f"{QUARANTINE}/{name}"))
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.replace(aside)


def sweep_incoming() -> int:
    """Remove what writers that were killed left behind; returns how many files."""
    swept = 0
    for path in _incoming_folder().glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > LEFT_SECONDS:
                path.unlink()
                swept += 1
    return swept


def _storage() -> Storage:
    return storages["products"]


def _place(name: str) -> str:
    return f"sha256/{name[:2]}/{name[2:4]}/{name}"


def _incoming_folder() -> Path:
    # In the store's own folder where it has one: a rename works within one file system only.
    with suppress(NotImplementedError):
        return Path(_storage().path(INCOMING))
    return Path(settings.DATA_DIR) / copies.FOLDER / INCOMING


@contextmanager
def _incoming() -> Iterator[IO[bytes]]:
    folder = _incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as handle:
        try:
            yield handle
        finally:
            Path(handle.name).unlink(missing_ok=True)


def _is_there(name: str, size: int) -> bool:
    """Whether the bytes are there in full and will stay; marks them as wanted again.

    In a folder that is a new time on the file. Elsewhere only writing gives a new time, so what is
    not fresh is written again.
    """
    if size_of(name) != size:
        return False  # not there, or cut short by a power cut: to be written in either case
    if _age(name) < FRESH_SECONDS / 2:
        return True
    path = local_path(name)
    if path is None:
        return False
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _age(name: str) -> float:
    """Seconds since the bytes were put; infinite when nobody knows."""
    try:
        put_at = _storage().get_modified_time(_place(name)).timestamp()
    except (FileNotFoundError, NotImplementedError):
        return float("inf")
    return time.time() - put_at


def _take_in(source: Path, name: str, *, durable: bool) -> None:
    path = local_path(name)
    if path is None:
        _upload(source, name)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o644)
    source.replace(path)
    if durable:
        for folder in path.parents[:3]:
            _sync_folder(folder)


def _upload(source: Path, name: str) -> None:
    storage = _storage()
    with source.open("rb") as handle:
        kept = storage.save(_place(name), File(handle))
    if kept != _place(name):
        # Somebody else kept the same bytes meanwhile and Django chose another name for ours.
        storage.delete(kept)
    copies.adopt(source, name)


def _move_elsewhere(storage: Storage, place: str, target: str) -> None:
    if not storage.exists(place):
        return
    with storage.open(place, "rb") as handle:
        storage.save(target, handle)
    storage.delete(place)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
