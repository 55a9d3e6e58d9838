"""Crates as zip files: metadata by rocrate, bytes from the store, streamed piece by piece.

rocrate's own ``stream_zip`` is not used: it wants every file on the local disk, while ours may lie
in any storage, and it leaves the order of files and the date in the archive to chance. The
archive written here has fixed dates and sorted names: the same crate gives the same bytes.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO

from lib import store
from publishing.domain.bagit import PAYLOAD, bag
from publishing.domain.layout import Member, written
from publishing.domain.profiles import Crate

METADATA = "ro-crate-metadata.json"
MODE = 0o100644 << 16
UNIX = 3  # as which a zip keeps the mode; told, so that every machine packs the same bytes
OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
PACKED_ALREADY = (".zip", ".gz", ".png", ".jpg", ".jpeg", ".xz", ".bz2")


def metadata(crate: Crate) -> bytes:
    """The ``ro-crate-metadata.json`` of a crate (JSON-LD)."""
    # Importing it takes a third of a second, and most processes never pack a crate.
    from rocrate.model.contextentity import ContextEntity  # noqa: PLC0415 -- slow
    from rocrate.model.data_entity import DataEntity  # noqa: PLC0415 -- slow
    from rocrate.rocrate import ROCrate  # noqa: PLC0415 -- slow

    made = ROCrate(version=crate.ro_crate)
    made.metadata.extra_contexts.extend(crate.contexts)
    declared = [{"@id": address} for address in crate.profiles]
    made.metadata["conformsTo"] = declared if len(declared) > 1 else declared[0]
    for name, value in crate.root.items():
        made.root_dataset[name] = value
    for kind, entities in ((DataEntity, crate.data), (ContextEntity, crate.others)):
        for entity in entities:
            properties = {name: value for name, value in entity.items() if name != "@id"}
            made.add(kind(made, entity["@id"], properties=properties))
    text = json.dumps(made.metadata.generate(), indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def stream(crate: Crate, moment: datetime) -> Iterator[bytes]:
    """The zip of a crate, piece by piece; never a whole file at a time.

    Args:
        crate: what to pack.
        moment: the date that every file in the archive gets.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in packed(crate, moment):
            yield from _write(archive, pipe, member.path, _pieces(member), moment)
    yield pipe.take()


def packed(crate: Crate, moment: datetime) -> tuple[Member, ...]:
    """All files of the archive in their order, the metadata first but for a bag's own files."""
    files = (written(METADATA, metadata(crate)), *crate.members)
    if not crate.is_bag:
        return files
    info = {
        "External-Identifier": str(crate.root.get("url", "")),
        "Internal-Sender-Description": str(crate.root.get("name", "")),
        "Bag-Software-Agent": "Reprise",
    }
    return bag(files, info=info, moment=moment.astimezone(UTC).date())


def read_metadata(handle: IO[bytes]) -> bytes:
    """The ``ro-crate-metadata.json`` of a crate that was packed here, a bag or none."""
    with zipfile.ZipFile(handle) as archive:
        try:
            return archive.read(METADATA)
        except KeyError:
            return archive.read(f"{PAYLOAD}/{METADATA}")


def _write(
    archive: zipfile.ZipFile, pipe: "_Pipe", path: str, pieces: Iterable[bytes], moment: datetime
) -> Iterator[bytes]:
    about = zipfile.ZipInfo(path, max(moment.astimezone(UTC), OLDEST).timetuple()[:6])
    about.external_attr = MODE
    about.create_system = UNIX
    packed = path.lower().endswith(PACKED_ALREADY)
    about.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    with archive.open(about, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)
            if ready := pipe.take():
                yield ready


def _pieces(member: Member) -> Iterable[bytes]:
    return store.chunks(member.digest) if member.data is None else [member.data]


class _Pipe:
    """What the archive writes to: a stream that keeps only what has not been taken yet."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data
