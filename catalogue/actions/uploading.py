"""Registering what is named or sent: a folder, a git address, a notebook, a zip, a crate."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings

from catalogue.actions.crates import register_crate
from catalogue.actions.registration import UPLOAD, Registration, register_entry, register_source
from catalogue.adapters.archive import read_upload
from catalogue.adapters.crate import opened
from catalogue.errors import RegistrationClosedError, UnreadableSourceError

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MEBIBYTE = 1024 * 1024
FILES = (".zip", ".ipynb")
SENT_CRATE_BYTES_AT_MOST = 256 * MEBIBYTE
LOCAL_CRATE_BYTES_AT_MOST = 64 * 1024 * MEBIBYTE


def register_named(source: str, *, slug: str = "") -> Registration:
    """Register what the operator names: a folder, a crate or zip of this machine, a git address.

    Raises:
        UnreadableSourceError, NotAnEntryError, AlteredCrateError: as for what they name.
    """
    path = Path(source).expanduser()
    if not source.lower().endswith(FILES) or not path.is_file():
        return register_source(source, slug=slug, local=True)
    with path.open("rb") as handle:
        done = _crate(handle, path.name, slug, by_operator=True)
    if done:
        return done
    _check_size(path.stat().st_size)
    return register_upload(path.name, path.read_bytes(), slug=slug)


def register_upload(name: str, data: bytes, *, slug: str = "") -> Registration:
    """Register an uploaded notebook, zip or crate.

    Raises:
        UnreadableSourceError: it is neither, or holds hostile names or too much.
        AlteredCrateError: it is a crate whose files are not what it says.
        NotAnEntryError: it holds no readable notebook or CWL document.
    """
    done = _crate(io.BytesIO(data), name, slug, by_operator=False)
    if done:
        return done
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return register_entry(read_upload(name, data), slug=slug or stem, source=UPLOAD)


def register_request(
    fields: Mapping[str, Any], upload: "UploadedFile[bytes] | None"
) -> Registration:
    """Register what a form or an API request asks for.

    Raises:
        RegistrationClosedError: the operator closed registration.
        UnreadableSourceError: neither an address nor an acceptable file was given.
    """
    if settings.REGISTRATION != "open":
        raise RegistrationClosedError(
            "The operator of this service registers entries by hand: ask them."
        )
    slug = str(fields.get("slug") or "")[:60]
    if upload is not None:
        _check_size(upload.size or 0)
        return register_upload(upload.name or "", upload.read(), slug=slug)
    source = fields.get("source")
    if not isinstance(source, str) or not source.strip():
        raise UnreadableSourceError("Give a git address as source, or a notebook or zip as file.")
    return register_source(source.strip()[:500], slug=slug)


def _check_size(size: int) -> None:
    if size > settings.UPLOAD_MB * MEBIBYTE:
        raise UnreadableSourceError(
            f"The file is larger than {settings.UPLOAD_MB} MB: name large files in data.toml."
        )


def _crate(handle: IO[bytes], name: str, slug: str, *, by_operator: bool) -> Registration | None:
    """Register a crate; None when the file is none."""
    most = LOCAL_CRATE_BYTES_AT_MOST if by_operator else SENT_CRATE_BYTES_AT_MOST
    with opened(handle, name, bytes_at_most=most) as archive:
        if archive is None:
            return None
        return register_crate(archive, name, slug=slug, by_operator=by_operator)
