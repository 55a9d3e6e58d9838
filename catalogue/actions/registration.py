"""Registering entries: from a folder, an upload or a git address to a version."""

import os
import platform
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from catalogue.adapters.folder import read_folder
from catalogue.adapters.git import read_repository
from catalogue.adapters.installer import lock_requirements
from catalogue.domain.choices import FILE, Choices, Runtime, read_choices
from catalogue.domain.cwl import read_cwl
from catalogue.domain.cwl_requirements import Allowed
from catalogue.domain.description import describe
from catalogue.domain.entry import Entry, read_about, read_data, reserved_names, version_digest
from catalogue.domain.lock import check_lock
from catalogue.domain.needs import LOCK, read_needs
from catalogue.domain.notebook import UnreadableNotebookError, read_cells
from catalogue.domain.preparation import Prepared
from catalogue.domain.reading import Reading, read_interface
from catalogue.domain.taken import check_taken
from catalogue.domain.told import NOTHING, Told
from catalogue.errors import LockFailedError, NotAnEntryError, UnreadableSourceError
from catalogue.models import BUNDLED, Version, VersionFile, VersionTerm, Workflow
from catalogue.signals import version_registered
from lib import digest, hosts, store
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.shapes import validate

UPLOAD = "upload"
CRATE = "crate"
SLUG = re.compile(r"[^a-z0-9]+")
GIT_ADDRESS = re.compile(r"^(?P<url>(https?|file)://[^/@]*/[^@]+|/.+\.git)(@(?P<revision>[^@]+))?$")


@dataclass(frozen=True, slots=True)
class Registration:
    """What came of registering: the version, and whether it is new.

    Attributes:
        version: the version, or the one that was asked for of the several of a crate.
        created: whether it is new here.
        others: the other versions of a crate.
        runs: addresses of the runs of a crate that were taken over.
        note: what became of the runs of a crate, a sentence.
    """

    version: Version
    created: bool
    others: tuple[Version, ...] = ()
    runs: tuple[str, ...] = ()
    note: str = ""


def register_source(
    source: str, *, slug: str = "", local: bool = False, bundled: bool = False
) -> Registration:
    """Register a folder (``local`` only) or a git address with an optional ``@REV``.

    What comes with the project is ``bundled``: the operator trusts it as they trust the project.

    Raises:
        UnreadableSourceError: it could not be read, or its host is not one we visit.
        NotAnEntryError: it holds no readable notebook or CWL document.
    """
    found = GIT_ADDRESS.match(source)
    if found:
        url, revision = found["url"], found["revision"] or ""
        _check_host(url, local=local)
        checkout = read_repository(url, revision, local=local)
        name = slug or url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        return register_entry(checkout.entry, slug=name, source=url, commit=checkout.commit)
    if not local:
        raise UnreadableSourceError(
            "Write the https address of a git repository, such as https://host/name.git@v1."
        )
    if "://" in source or "@" in source:
        raise UnreadableSourceError(
            f"{source[:80]!r} is not understood: write a folder, or an https address such as "
            "https://host/name.git@v1."
        )
    folder = Path(source).expanduser().resolve()
    origin = f"{BUNDLED if bundled else 'folder'}:{folder.name}"
    return register_entry(read_folder(folder), slug=slug or folder.name, source=origin)


def register_entry(
    entry: Entry, *, slug: str, source: str, commit: str = "", told: Told = NOTHING
) -> Registration:
    """Register the files of an entry as a version of the workflow ``slug``.

    The same content again changes nothing and returns the version there is. *Must* findings
    make the version a draft, which cannot be run. ``told`` is what a crate says beside its files.
    """
    name = _slug(slug)
    same = _same_files(entry, name, told)
    if same is not None:
        return Registration(same, created=False)
    prepared = _prepare(entry, name, told)
    for data in entry.files.values():
        store.put(data)
    try:
        return _save(entry, prepared, slug=name, source=source, commit=commit, told=told)
    except IntegrityError:
        # Somebody registered at the same moment: the same content is theirs, other content is next.
        return _save(entry, prepared, slug=name, source=source, commit=commit, told=told)


def _slug(text: str) -> str:
    name = SLUG.sub("-", text.lower()).strip("-")[:60].strip("-")
    if not name:
        raise UnreadableSourceError(
            f"{text[:60]!r} gives no name: name the entry with letters and digits."
        )
    return name


def _check_host(url: str, *, local: bool) -> None:
    refusal = None if local else hosts.refuse(url, allowed=settings.PRIVATE_HOSTS)
    if refusal:
        raise UnreadableSourceError(f"This address is not visited: {refusal.reason}.")


def _same_files(entry: Entry, slug: str, told: Told) -> Version | None:
    """The version whose files are these, if any: then nothing needs to be locked or judged."""
    digests = _digests(entry)
    known = Version.objects.filter(workflow__slug=slug).prefetch_related("files")
    for version in known.order_by("-number"):
        if {file.path: file.digest for file in version.files.all()} == digests and (
            told.lock is None or told.lock == version.lock
        ):
            return version
    return None


def _digests(entry: Entry) -> dict[str, str]:
    return {path: digest.of_bytes(data) for path, data in entry.files.items()}


def _prepare(entry: Entry, slug: str, told: Told) -> Prepared:
    main = told.main or _main(entry)
    choices, choice_findings = read_choices(entry.text(FILE), main)
    reading = read_main(entry, main, choices)
    about, about_findings = read_about(entry.text("CITATION.cff"))
    about = told.completed(about)
    data, data_findings = read_data(entry.text("data.toml"))
    lock, lock_findings = _lock(entry, choices.runtime, told)
    names = {file.name for file in data}
    reserved = reserved_names(entry.files, names)
    taken = check_taken(reading.interface, reading.places, entry.files.keys(), names)
    graph = describe(f"urn:reprise:{slug}", about, reading.interface, reading.places)
    findings = (
        *reading.findings, *choice_findings, *about_findings, *data_findings, *lock_findings,
        *reserved, *taken, *validate(graph, "workflow"), *told.findings,
    )  # fmt: skip
    version = version_digest(_digests(entry), lock)
    return Prepared(version, main, lock, about, reading, data, choices, findings)


def _main(entry: Entry) -> str:
    main = entry.notebook or entry.document
    if main is None:
        raise NotAnEntryError(
            "It holds no notebook (.ipynb) at its top, and no main.cwl or single CWL document: "
            "add one."
        )
    return main


def read_main(entry: Entry, main: str, choices: Choices) -> Reading:
    """Read the file that is run; raises NotAnEntryError when it is no notebook."""
    if choices.runtime is Runtime.CWL:
        return read_cwl(entry.files, main, _allowed(choices))
    try:
        cells = read_cells(entry.files[main])
    except UnreadableNotebookError as error:
        finding = Finding(Severity.MUST, "catalogue/notebook-unreadable", Where(main), str(error))
        raise NotAnEntryError(f"{main} cannot be read. {error}", [finding]) from None
    return read_interface(cells, main)


def _allowed(choices: Choices) -> Allowed:
    return Allowed(
        network=bool(choices.network),
        node=shutil.which("node") is not None,
        memory_mb=settings.RUN_MEMORY_MB,
        folder_mb=settings.RUN_FOLDER_MB,
        cores=os.cpu_count() or 1,
        seconds=settings.RUN_SECONDS,
    )


def _lock(entry: Entry, runtime: Runtime, told: Told) -> tuple[str, Sequence[Finding]]:
    if told.lock is not None:
        return told.lock, check_lock(told.lock, LOCK)
    needs = read_needs(entry.files, runtime=runtime, python=platform.python_version())
    if not needs.wanted or any(item.severity is Severity.MUST for item in needs.findings):
        return needs.lock, needs.findings
    try:
        return lock_requirements(needs.wanted), needs.findings
    except LockFailedError as error:
        mend = "Change the versions so that they fit together, as wheels for this Python."
        where = Where(needs.file)
        failed = Finding(Severity.MUST, "catalogue/lock-failed", where, error.detail, mend)
        return "", (*needs.findings, failed)


@transaction.atomic
def _save(  # noqa: PLR0913 -- what a row is made of
    entry: Entry, prepared: Prepared, *, slug: str, source: str, commit: str, told: Told
) -> Registration:
    workflow, _new = Workflow.objects.get_or_create(slug=slug, defaults={"source": source})
    known = workflow.versions.filter(digest=prepared.digest).first()
    if known:
        return Registration(known, created=False)
    _check_owner(workflow, source)
    version = Version.objects.create(
        workflow=workflow, number=_number(workflow, told), source=source, commit=commit,
        title=(prepared.about.title or slug)[:300], **prepared.columns(),
    )  # fmt: skip
    VersionFile.objects.bulk_create(
        VersionFile(version=version, path=path, digest=digest.of_bytes(data), size=len(data))
        for path, data in entry.files.items()
    )
    VersionTerm.objects.bulk_create(
        VersionTerm(version=version, term=term, role=role) for role, term in prepared.terms()
    )
    if not version.is_draft:
        transaction.on_commit(lambda: version_registered.send(Version, version_id=version.pk))
    return Registration(version, created=True)


def _number(workflow: Workflow, told: Told) -> int:
    """The next number, or the one that the version has where its crate was made."""
    last = workflow.versions.aggregate(last=Max("number"))["last"] or 0
    return max(last + 1, told.number)


def add_finding(version: Version, finding: Finding) -> None:
    """Add what an app above the catalogue found in a version's files, once."""
    known = version.findings_json
    if finding.to_dict() not in known:
        version.findings_json = [*known, finding.to_dict()]
        version.save(update_fields=["findings_json"])


def mark_not_deterministic(version: Version) -> None:
    """Write down that the same question gave other bytes."""
    Version.objects.filter(pk=version.pk).update(is_deterministic=False)


def _check_owner(workflow: Workflow, source: str) -> None:
    if workflow.source != source:
        raise UnreadableSourceError(
            f"The name {workflow.slug} belongs to an entry from elsewhere: give yours another name."
        )
    if source == UPLOAD and workflow.versions.filter(is_draft=False).exists():
        # Nobody can tell whether the same person sends it again.
        raise UnreadableSourceError(
            f"The name {workflow.slug} is taken, and what was uploaded has one version: give "
            "yours another name, or register a git repository, which may have many."
        )


def registration_report(registration: Registration) -> dict[str, object]:
    """A registration as plain JSON values, for the API and the command line."""
    version = registration.version
    return {
        "workflow": version.workflow.slug,
        "version": version.number,
        "digest": version.digest,
        "created": registration.created,
        "draft": version.is_draft,
        "findings": version.findings_json,
        "url": version.get_absolute_url(),
    } | _of_crate(registration)


def _of_crate(registration: Registration) -> dict[str, object]:
    others = [item.get_absolute_url() for item in registration.others]
    told = {"others": others, "runs": list(registration.runs), "note": registration.note}
    return {name: value for name, value in told.items() if value}
