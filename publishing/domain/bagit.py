"""A crate as a BagIt bag (RFC 8493, version 1.0): the crate under ``data/``, checksums beside it.

Every digest is known before the first byte is packed, so a bag is streamed as any crate is.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from publishing.domain.layout import Member, written

PAYLOAD = "data"
DECLARATION = written("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
PER_CENT = {"%": "%25", "\n": "%0A", "\r": "%0D"}


def bag(members: Iterable[Member], *, info: dict[str, str], moment: date) -> tuple[Member, ...]:
    """The files of a bag that holds these files, the tag files first.

    Args:
        members: all files of the crate, its metadata too.
        info: labels and texts for ``bag-info.txt``; empty texts are left out.
        moment: the date of the bag.
    """
    payload = [replace(item, path=f"{PAYLOAD}/{item.path}") for item in members]
    size = sum(item.size for item in payload)
    about = {"Bagging-Date": moment.isoformat(), "Payload-Oxum": f"{size}.{len(payload)}"} | info
    lines = [f"{label}: {' '.join(text.split())}\n" for label, text in about.items() if text]
    tags = [
        DECLARATION,
        written("bag-info.txt", "".join(lines).encode("utf-8", "replace")),
        _manifest("manifest-sha256.txt", payload),
    ]
    return (*tags, _manifest("tagmanifest-sha256.txt", tags), *payload)


def _manifest(path: str, members: Iterable[Member]) -> Member:
    lines = [f"{item.digest}  {_escaped(item.path)}\n" for item in members]
    return written(path, "".join(sorted(lines)).encode())


def _escaped(path: str) -> str:
    return "".join(PER_CENT.get(letter, letter) for letter in path)
