"""The entry that is checked: a folder, or a git repository at one commit."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from catalogue.adapters.folder import read_folder
from catalogue.adapters.git import read_repository
from catalogue.domain.entry import Entry
from catalogue.errors import UnreadableSourceError

HTTPS = re.compile(r"^(?P<url>https://[^/@]*/[^@]+)(@(?P<revision>[^@]+))?$")
LOCAL = re.compile(r"^(?P<url>file://[^@]+|/.+\.git)(@(?P<revision>[^@]+))?$")


@dataclass(frozen=True, slots=True)
class Source:
    """An entry as it was read.

    Attributes:
        entry: its files.
        name: what its workflow is called here.
        origin: where it came from, in words.
        commit: of a repository; empty for a folder.
    """

    entry: Entry
    name: str
    origin: str
    commit: str = ""


def read_source(text: str, apart: Collection[Path] = ()) -> Source:
    """Read a folder, or an https address of a git repository with an optional ``@REV``.

    What a check itself writes into the folder (``apart``) is no part of the entry.
    Repositories on this machine (``file://``, or a path that ends with .git) are read too.

    Raises:
        UnreadableSourceError: there is no such folder, or the address is none.
    """
    folder = Path(text).expanduser()
    found = HTTPS.match(text) or (None if _is_entry(folder) else LOCAL.match(text))
    if found:
        return _repository(found["url"], found["revision"] or "")
    if "://" in text:
        raise UnreadableSourceError(
            f"{text[:80]!r} is not understood: write a folder, or an https address such as "
            "https://host/name.git@v1."
        )
    path = folder.resolve()
    return Source(read_folder(path, apart), path.name, str(path))


def _is_entry(folder: Path) -> bool:
    """Whether a folder is that of an entry; a bare repository has a HEAD instead."""
    return folder.is_dir() and not (folder / "HEAD").is_file()


def _repository(url: str, revision: str) -> Source:
    checkout = read_repository(url, revision, local=url.startswith(("file:", "/")))
    name = url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    return Source(checkout.entry, name, url, checkout.commit)
