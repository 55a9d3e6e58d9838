"""Registering crates: one that a Reprise packed, with its runs, or a foreign workflow crate."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from catalogue.actions.registration import CRATE, UPLOAD, Registration, register_entry
from catalogue.adapters.crate import CrateArchive
from catalogue.adapters.folder import check_size
from catalogue.domain.crate import (
    METADATA_AT_MOST,
    BadCrateError,
    Described,
    read_described,
)
from catalogue.domain.crate_entry import entry_paths, fitting_main
from catalogue.domain.crate_recipe import (
    RECIPE,
    RECIPE_AT_MOST,
    CrateVersion,
    Recipe,
    read_recipe,
)
from catalogue.domain.crate_taken import Adopted, StoredBytes, TakenCrate
from catalogue.domain.entry import FILE_BYTES_AT_MOST, Entry, ignored, version_digest
from catalogue.domain.lock import LOCK_AT_MOST
from catalogue.domain.told import Told
from catalogue.errors import AlteredCrateError, UnreadableSourceError
from catalogue.signals import crate_registered
from lib import digest, store

REQUEST = "request.json"
NOT_TAKEN = (
    "Runs that come with a crate are taken over when the operator registers it on this machine; "
    "sent over the web they are left out, and this service runs the entry itself when asked."
)


def register_crate(
    archive: CrateArchive, name: str, *, slug: str = "", by_operator: bool
) -> Registration:
    """Register what is in a crate.

    Args:
        archive: the open crate.
        name: its file name, for messages and for the entry when nothing else names it.
        slug: name of the workflow; of several it begins the names of all.
        by_operator: whether its runs become answers here; a stranger's word is not enough for
            that, since who packs a crate can write any number into it.

    Raises:
        UnreadableSourceError: it cannot be read, or its main workflow is not for us.
        AlteredCrateError: a file has not the digest that the crate says, or a version has not.
        ProblemError: what a listener has against its runs; nothing is registered then.
    """
    try:
        described = read_described(
            archive.read(archive.metadata, METADATA_AT_MOST), archive.metadata
        )
        _check_digests(archive, described)
        if RECIPE not in archive.files:
            return _foreign(archive, described, name, slug, by_operator=by_operator)
        recipe = read_recipe(archive.read(RECIPE, RECIPE_AT_MOST))
    except BadCrateError as error:
        raise UnreadableSourceError(f"{name[:80]} is a crate, but {error}.") from None
    return _ours(archive, recipe, slug, by_operator=by_operator)


def _check_digests(archive: CrateArchive, described: Described) -> None:
    for path, wanted in sorted(described.checksums.items()):
        if path in archive.files and archive.digest(path) != wanted:
            raise AlteredCrateError(
                f"{path[:200]} has not the sha256 {wanted[:64]} that the crate says it has: take "
                "the crate anew from where it was published."
            )


def _ours(archive: CrateArchive, recipe: Recipe, slug: str, *, by_operator: bool) -> Registration:
    entries = [(item, *_entry_of(archive, item)) for item in recipe.versions]
    for version, entry, lock in entries:
        _check_version(version, entry, lock)
    files = _stored(archive, recipe, by_operator=by_operator)
    with transaction.atomic():
        made = {
            (item.slug, item.number): _registered(
                item, entry, lock, _slug(recipe, item, slug), by_operator=by_operator
            )
            for item, entry, lock in entries
        }
        adopted = Adopted(note=NOT_TAKEN)
        if by_operator:
            pks = {name: done.version.pk for name, done in made.items()}
            request = _request(archive) if recipe.is_composed else {}
            adopted = _told(TakenCrate(recipe.content, request, pks, files))
    *others, main = made.values()
    return Registration(
        main.version, any(item.created for item in made.values()),
        tuple(item.version for item in others), adopted.runs, adopted.note,
    )  # fmt: skip


def _entry_of(archive: CrateArchive, version: CrateVersion) -> tuple[Entry, str]:
    above = f"{version.folder}/"
    files: dict[str, bytes] = {}
    for path in archive.files:
        if path.startswith(above):
            files[path.removeprefix(above)] = archive.read(path, FILE_BYTES_AT_MOST)
            check_size(files)
    try:
        return Entry(files), archive.read(version.lock, LOCK_AT_MOST).decode()
    except UnicodeDecodeError:
        raise UnreadableSourceError(f"{version.lock[:80]} of the crate is no text.") from None


def _check_version(version: CrateVersion, entry: Entry, lock: str) -> None:
    files = {path: digest.of_bytes(data) for path, data in entry.files.items()}
    found = version_digest(files, lock)
    if found != version.digest:
        raise AlteredCrateError(
            f"The crate says that {version.slug} {version.number} has the digest "
            f"{version.digest}, but its files and lock give {found}: take the crate anew from "
            "where it was published."
        )


def _slug(recipe: Recipe, version: CrateVersion, slug: str) -> str:
    if not slug:
        return version.slug
    return slug if len(recipe.versions) == 1 else f"{slug}-{version.slug}"[:60]


def _registered(
    version: CrateVersion, entry: Entry, lock: str, slug: str, *, by_operator: bool
) -> Registration:
    told = Told(lock=lock, number=version.number)
    source = CRATE if by_operator else UPLOAD
    return register_entry(entry, slug=slug, source=source, told=told)


def _stored(archive: CrateArchive, recipe: Recipe, *, by_operator: bool) -> dict[str, StoredBytes]:
    """Keep the data files of a crate, and of an operator's crate what its runs gave too."""
    wanted = {path: sha256 for item in recipe.versions for path, sha256 in item.data.items()}
    for path, sha256 in wanted.items():
        if path in archive.files and archive.digest(path) != sha256:
            raise AlteredCrateError(f"{path[:200]} has not the sha256 {sha256}.")
    tops = ("outputs/", "inputs/") if by_operator else ()
    return {
        path: StoredBytes(*store.put_stream(archive.chunks(path)))
        for path in archive.files
        if path in wanted or path.startswith(tops)
    }


def _request(archive: CrateArchive) -> Mapping[str, Any]:
    try:
        content = json.loads(archive.read(REQUEST, RECIPE_AT_MOST))
    except (ValueError, RecursionError):
        raise UnreadableSourceError(f"{REQUEST} of the crate is not JSON.") from None
    return content if isinstance(content, dict) else {}


def _told(crate: TakenCrate) -> Adopted:
    """Tell who takes runs over, within the transaction; what they have against it undoes all."""
    answers: list[object] = [told for _who, told in crate_registered.send(TakenCrate, crate=crate)]
    return next((answer for answer in answers if isinstance(answer, Adopted)), Adopted())


def _foreign(
    archive: CrateArchive, described: Described, name: str, slug: str, *, by_operator: bool
) -> Registration:
    """A crate that somebody else's program made: its main workflow becomes an entry."""
    main = fitting_main(described, [path for path in archive.files if not ignored(path)])
    paths = entry_paths(main, archive.files)
    files: dict[str, bytes] = {}
    for path, place in sorted(paths.items()):
        files[path] = archive.read(place, FILE_BYTES_AT_MOST)
        check_size(files)
    told = Told(main=main.rsplit("/", 1)[-1], about=described.about, findings=described.findings)
    stem = name.rsplit("/", 1)[-1].removesuffix(".zip").removesuffix(".crate")
    return register_entry(
        Entry(files), slug=slug or stem, source=CRATE if by_operator else UPLOAD, told=told
    )
