"""Mirrors: folders in which a file is found by its checksum, whatever it is called there."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from lib import digest

FILES_AT_MOST = 50_000


def find(
    sha256: str, name: str, folders: Sequence[Path], *, size: int | None = None
) -> Path | None:
    """The first file in the folders whose bytes have this sha256, or None.

    Files of the same name are read first, then files of the same size; without a size,
    only files of the same name are read. At most 50,000 files a folder are looked at.
    """
    for folder in folders:
        files = list(islice(_files(folder), FILES_AT_MOST))
        named = [path for path in files if path.name == name]
        sized = [path for path in files if size is not None and path.name != name]
        for path in [*named, *sized]:
            if _matches(path, sha256, size):
                return path
    return None


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(root) / name


def _matches(path: Path, sha256: str, size: int | None) -> bool:
    try:
        if not path.is_file() or (size is not None and path.stat().st_size != size):
            return False
        return digest.of_file(path) == sha256
    except OSError:
        return False
