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
from publishing.domain.crate import Crate
from publishing.domain.layout import Member

METADATA = "ro-crate-metadata.json"
VERSION = "1.1"
MODE = 0o100644 << 16
OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
PACKED_ALREADY = (".zip", ".gz", ".png", ".jpg", ".jpeg", ".xz", ".bz2")


def metadata(crate: Crate) -> bytes:
    """The ``ro-crate-metadata.json`` of a crate (RO-Crate 1.1, JSON-LD)."""
    # Importing it takes a third of a second, and most processes never pack a crate.
    from rocrate.model.contextentity import ContextEntity  # noqa: PLC0415 -- slow
    from rocrate.model.data_entity import DataEntity  # noqa: PLC0415 -- slow
    from rocrate.rocrate import ROCrate  # noqa: PLC0415 -- slow

    made = ROCrate(version=VERSION)
    made.metadata.extra_contexts.extend(crate.contexts)
    made.metadata["conformsTo"] = [{"@id": address} for address in crate.profiles]
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
        yield from _write(archive, pipe, METADATA, [metadata(crate)], moment)
        for member in crate.members:
            yield from _write(archive, pipe, member.path, _pieces(member), moment)
    yield pipe.take()


def read_metadata(handle: IO[bytes]) -> bytes:
    """The ``ro-crate-metadata.json`` of a crate that was packed here."""
    with zipfile.ZipFile(handle) as archive:
        return archive.read(METADATA)


def _write(
    archive: zipfile.ZipFile, pipe: "_Pipe", path: str, pieces: Iterable[bytes], moment: datetime
) -> Iterator[bytes]:
    about = zipfile.ZipInfo(path, max(moment.astimezone(UTC), OLDEST).timetuple()[:6])
    about.external_attr = MODE
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
