"""Packing a release and keeping its files in the store, as a repository shall have them."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lib import store
from publishing.domain.bagit import PAYLOAD
from publishing.domain.remote import WantedFile
from publishing.models import Deposit
from publishing.queries import release_crate
from publishing.queries.deposits import before

METADATA = "ro-crate-metadata.json"
PREVIEW = "ro-crate-preview.html"
LOOSE = (METADATA, PREVIEW)
"""Files of the crate that go there beside it, for the repository's own page."""


def pack_files(deposit: Deposit, doi: str) -> list[WantedFile]:
    """Pack a release with this DOI inside and keep its files; the crate is the first of them."""
    last, _awaited = before(deposit)
    concept = last.concept_doi if last else ""  # of a first version it is told when it is public
    with tempfile.NamedTemporaryFile(prefix="reprise-crate-") as handle:
        handle.writelines(release_crate(deposit.release, doi, concept))
        handle.flush()
        files = [_kept(deposit.file_name, _pieces(Path(handle.name)))]
        with zipfile.ZipFile(handle.name) as archive:
            files += [_kept(name, [archive.read(path)]) for name, path in _loose(archive)]
    return files


def _loose(archive: zipfile.ZipFile) -> Iterable[tuple[str, str]]:
    """Name and path of what goes there beside the crate; in a bag it lies in a folder."""
    there = set(archive.namelist())
    for name in LOOSE:
        paths = (name, f"{PAYLOAD}/{name}")
        yield from ((name, path) for path in paths if path in there)


def _kept(name: str, pieces: Iterable[bytes]) -> WantedFile:
    md5 = hashlib.md5(usedforsecurity=False)

    def hashed() -> Iterable[bytes]:
        for piece in pieces:
            md5.update(piece)
            yield piece

    sha256, size = store.put_stream(hashed())
    return WantedFile(name, size, md5.hexdigest(), sha256)


def _pieces(path: Path) -> Iterable[bytes]:
    with path.open("rb") as handle:
        yield from iter(lambda: handle.read(store.CHUNK), b"")
