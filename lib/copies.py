"""Copies: files of a store that is elsewhere, kept on this machine for the runs that read them.

One folder, bounded in bytes: what was not used for longest goes first. Every process of this
machine may use it at once; losing it loses nothing.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

FOLDER = "copies"
IN_USE_SECONDS = 600
"""For how long a copy that was asked for stays, whatever the bound: it is about to be opened."""
GIGABYTE = 1000**3


def find(name: str) -> Path | None:
    """The copy under this digest, marked as used now; None when there is none."""
    path = _place(name)
    with suppress(FileNotFoundError):
        os.utime(path)
        return path
    return None


def adopt(source: Path, name: str) -> Path:
    """Take a whole file of the same folder in as the copy of a digest; returns where it is."""
    path = _place(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o444)
    source.replace(path)
    _make_room()
    return path


def drop(name: str) -> None:
    """Remove the copy under this digest, if there is one."""
    _place(name).unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.DATA_DIR) / FOLDER / "sha256"


def _place(name: str) -> Path:
    return _root() / name[:2] / name


def _make_room() -> None:
    known = sorted(_known())
    most, total = settings.STORE_CACHE_GB * GIGABYTE, sum(size for _used, size, _path in known)
    for used, size, path in known:
        if total <= most or time.time() - used < IN_USE_SECONDS:
            return
        path.unlink(missing_ok=True)
        total -= size


def _known() -> list[tuple[float, int, Path]]:
    """When each copy was last used, its bytes, and where it is."""
    found = []
    for path in _root().glob("*/*"):
        with suppress(FileNotFoundError):
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    return found
