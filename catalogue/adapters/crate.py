"""Crates as zip files of strangers: names, links and sizes checked before a byte is believed."""

import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from catalogue.domain.crate import LEGACY, METADATA
from catalogue.domain.entry import safe_path
from catalogue.errors import UnreadableSourceError

FILES_AT_MOST = 50_000
BAG = "bagit.txt"
CHUNK = 256 * 1024
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError,
    RuntimeError, struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrateArchive:
    """An open crate.

    Attributes:
        metadata: name of its metadata file.
        files: path in the crate → its place in the zip, the metadata included.
    """

    archive: zipfile.ZipFile
    metadata: str
    files: dict[str, zipfile.ZipInfo]

    def read(self, path: str, at_most: int) -> bytes:
        """A whole file in memory; UnreadableSourceError when it is missing or longer."""
        info = self.files.get(path)
        if info is None:
            raise UnreadableSourceError(f"The crate lacks its file {path[:80]!r}.")
        if info.file_size > at_most:
            raise UnreadableSourceError(
                f"{path[:80]} of the crate has {info.file_size:,} bytes, above {at_most:,}."
            )
        return b"".join(self.chunks(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file piece by piece; never more than the zip says that it has."""
        try:
            with self.archive.open(self.files[path]) as handle:
                while piece := handle.read(CHUNK):
                    yield piece
        except BROKEN as error:
            raise UnreadableSourceError(
                f"{path[:80]} of the crate cannot be unpacked: {error}."
            ) from None

    def digest(self, path: str) -> str:
        """Sha256 of a file."""
        found = hashlib.sha256()
        for piece in self.chunks(path):
            found.update(piece)
        return found.hexdigest()


@contextmanager
def opened(handle: IO[bytes], name: str, *, bytes_at_most: int) -> Iterator[CrateArchive | None]:
    """The crate in a zip; None when the file is no zip, or holds no metadata of a crate.

    Raises:
        UnreadableSourceError: it is a crate with hostile names, links, or too many bytes.
    """
    try:
        archive = zipfile.ZipFile(handle)
    except BROKEN:
        yield None
        return
    with archive:
        place = _place_of_metadata(archive)
        yield _checked(archive, place, name, bytes_at_most) if place else None


def _place_of_metadata(archive: zipfile.ZipFile) -> str:
    """The path in the zip of the metadata: at its top, in its only folder, or in a bag's data."""
    names = set(archive.namelist())
    tops = {path.split("/", 1)[0] for path in names}
    is_below = len(tops) == 1 and all("/" in path for path in names)
    above = f"{tops.pop()}/" if is_below else ""
    folders = [above, f"{above}data/"] if f"{above}{BAG}" in names else [above]
    places = [f"{folder}{file}" for folder in folders for file in (METADATA, LEGACY)]
    return next((path for path in places if path in names), "")


def _checked(archive: zipfile.ZipFile, place: str, name: str, bytes_at_most: int) -> CrateArchive:
    members = [item for item in archive.infolist() if not item.is_dir()]
    total = sum(item.file_size for item in members)
    if len(members) > FILES_AT_MOST or total > bytes_at_most:
        raise UnreadableSourceError(
            f"{name[:80]} holds {len(members):,} files and unpacks to {total:,} bytes; at most "
            f"{FILES_AT_MOST:,} files and {bytes_at_most:,} bytes are taken here."
        )
    top, _slash, metadata = place.rpartition("/")
    files: dict[str, zipfile.ZipInfo] = {}
    for item in members:
        _check(item)
        if item.filename in files:
            raise UnreadableSourceError(f"The crate holds {item.filename[:80]!r} twice.")
        files[item.filename] = item
    _check_folders(files)
    above = f"{top}/" if top else ""
    return CrateArchive(
        archive,
        metadata,
        {path.removeprefix(above): item for path, item in files.items() if path.startswith(above)},
    )


def _check(item: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(item.external_attr >> 16)
    if not safe_path(item.filename) or kind not in {0, stat.S_IFREG}:
        raise UnreadableSourceError(
            f"The crate holds {item.filename[:80]!r}, which is not a plain file."
        )


def _check_folders(files: dict[str, zipfile.ZipInfo]) -> None:
    for path in files:
        above = next((str(part) for part in PurePosixPath(path).parents if str(part) in files), "")
        if above:
            raise UnreadableSourceError(
                f"The crate holds {above[:80]!r} as a file and as a folder."
            )
