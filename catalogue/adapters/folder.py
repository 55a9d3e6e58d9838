"""Entries in folders of this machine."""

import os
from collections.abc import Collection
from pathlib import Path

from catalogue.domain.entry import (
    ENTRY_BYTES_AT_MOST,
    FILE_BYTES_AT_MOST,
    FILES_AT_MOST,
    Entry,
    ignored,
    safe_path,
)
from catalogue.errors import UnreadableSourceError


def read_folder(folder: Path, apart: Collection[Path] = ()) -> Entry:
    """Read the files of a folder, links left out, and so are files and folders of ``apart``.

    Raises:
        UnreadableSourceError: no such folder, or it holds more than an entry may.
    """
    if not folder.is_dir():
        raise UnreadableSourceError(f"There is no folder {folder}: name the folder of an entry.")
    files: dict[str, bytes] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not ignored(name) and Path(root) / name not in apart
        )
        for name in sorted(names):
            path = Path(root) / name
            relative = path.relative_to(folder).as_posix()
            if ignored(relative) or path in apart:
                continue
            if path.is_file() and not path.is_symlink():
                _add(files, relative, path)
    return Entry(files)


def _add(files: dict[str, bytes], relative: str, path: Path) -> None:
    if not safe_path(relative):
        raise UnreadableSourceError(f"The file name {relative[:80]!r} is not plain: rename it.")
    size = path.stat().st_size
    if size > FILE_BYTES_AT_MOST:
        raise UnreadableSourceError(
            f"{relative} has {size:,} bytes, above {FILE_BYTES_AT_MOST:,}: name it in data.toml."
        )
    files[relative] = path.read_bytes()
    check_size(files)


def check_size(files: dict[str, bytes]) -> None:
    """Refuse more files or bytes than an entry may hold; raises UnreadableSourceError."""
    total = sum(map(len, files.values()))
    if len(files) > FILES_AT_MOST or total > ENTRY_BYTES_AT_MOST:
        raise UnreadableSourceError(
            f"An entry holds at most {FILES_AT_MOST} files and {ENTRY_BYTES_AT_MOST:,} bytes: "
            "name large files in data.toml instead."
        )
