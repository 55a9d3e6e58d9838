"""Entries that are uploaded: a zip of a folder, or a notebook alone."""

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from catalogue.adapters.folder import check_size
from catalogue.domain.entry import (
    ENTRY_BYTES_AT_MOST,
    FILE_BYTES_AT_MOST,
    FILES_AT_MOST,
    Entry,
    ignored,
    safe_path,
)
from catalogue.errors import UnreadableSourceError

LINK = 0o120000
KIND = 0o170000


def read_upload(name: str, data: bytes) -> Entry:
    """Read an uploaded notebook or zip in memory; nothing is written to disk.

    Raises:
        UnreadableSourceError: neither a notebook nor a zip, or a zip that holds hostile names,
            links, or more than an entry may.
    """
    if name.lower().endswith(".ipynb"):
        return _notebook(name.rsplit("/", 1)[-1], data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return Entry(_without_top(_members(archive)))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        struct.error,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise UnreadableSourceError(
            f"{name[:80]} is neither a notebook nor a zip: {error}."
        ) from None


def _notebook(name: str, data: bytes) -> Entry:
    if not safe_path(name):
        raise UnreadableSourceError(f"The file name {name[:80]!r} is not plain: rename it.")
    if len(data) > FILE_BYTES_AT_MOST:
        raise UnreadableSourceError(
            f"{name[:80]} has {len(data):,} bytes, above {FILE_BYTES_AT_MOST:,}: clear its outputs."
        )
    return Entry({name: data})


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    if not all(item.filename for item in archive.infolist()):  # which zipfile itself trips over
        raise zipfile.BadZipFile("a file in it has no name")
    members = [
        item for item in archive.infolist() if not item.is_dir() and not ignored(item.filename)
    ]
    if (
        len(members) > FILES_AT_MOST
        or sum(item.file_size for item in members) > ENTRY_BYTES_AT_MOST
    ):
        raise UnreadableSourceError(
            f"An entry holds at most {FILES_AT_MOST} files and {ENTRY_BYTES_AT_MOST:,} bytes."
        )
    files: dict[str, bytes] = {}
    for item in members:
        if not safe_path(item.filename) or (item.external_attr >> 16) & KIND == LINK:
            raise UnreadableSourceError(
                f"The zip holds {item.filename[:80]!r}, which is not a plain file."
            )
        if item.filename in files:
            raise UnreadableSourceError(f"The zip holds {item.filename[:80]!r} twice.")
        files[item.filename] = _unpacked(archive, item)
        check_size(files)
    _check_folders(files)
    return files


def _check_folders(files: dict[str, bytes]) -> None:
    for path in files:
        above = next((str(part) for part in PurePosixPath(path).parents if str(part) in files), "")
        if above:
            raise UnreadableSourceError(f"The zip holds {above[:80]!r} as a file and as a folder.")


def _unpacked(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> bytes:
    # The header may lie about the size, so no more than the limit is ever unpacked.
    with archive.open(item) as handle:
        data = handle.read(FILE_BYTES_AT_MOST + 1)
    if len(data) > FILE_BYTES_AT_MOST:
        raise UnreadableSourceError(
            f"{item.filename[:80]} unpacks to more than {FILE_BYTES_AT_MOST:,} bytes."
        )
    return data


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {path.split("/", 1)[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        return {path.split("/", 1)[1]: data for path, data in files.items()}
    return files
