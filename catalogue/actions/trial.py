"""Trial versions: a version with some of it as it was before, made to find out what matters.

They belong to hidden workflows, which nobody can register into: their names hold an underscore,
which no name that is registered does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from catalogue.actions.registration import read_main
from catalogue.domain.choices import FILE, read_choices
from catalogue.domain.entry import DataFile, Entry, read_data, version_digest
from catalogue.errors import NotAnEntryError
from catalogue.models import Version, VersionFile, Workflow
from lib import digest, store
from ontology.domain.findings import Severity

TRIAL_FORMAT = "reprise.trial/1"
SOURCE = "trial"


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a trial version is made of.

    Attributes:
        files: path → sha256 of files that the store has.
        main: path of the file that is run.
        lock: text of the environment lock.
        data: the remote data files.
        nonce: makes the same ingredients another version, so that they are run once more; empty
            for none.
    """

    files: Mapping[str, str]
    main: str
    lock: str
    data: Sequence[DataFile]
    nonce: str = ""


def make_trial(like: Version, ingredients: Ingredients) -> Version:
    """The version of these ingredients; a hidden trial version, where there is none yet.

    What the ingredients do not say is taken from ``like``. The same ingredients give the same
    version, so what is known of it is not run again. Nobody is told of a trial version.

    Raises:
        NotAnEntryError: the ingredients do not make an entry that can be run.
    """
    name = _digest(ingredients)
    known = _known(like, name)
    if known is not None:
        return known
    columns = _columns(like, ingredients) | {"digest": name}
    try:
        return _save(like, ingredients, columns)
    except IntegrityError:  # somebody made it at the same moment: it is theirs, or ours is next
        return _known(like, name) or _save(like, ingredients, columns)


def _digest(given: Ingredients) -> str:
    """As of any version, so that a trial that is a version there is has its addresses too."""
    plain = version_digest(given.files, given.lock)
    data = [asdict(file) for file in given.data]
    told = [asdict(file) for file in read_data(_text(given.files, "data.toml"))[0]]
    more: dict[str, Any] = {} if data == told else {"data": data}
    more |= {"nonce": given.nonce} if given.nonce else {}
    return digest.of_value({"format": TRIAL_FORMAT, "version": plain} | more) if more else plain


def _known(like: Version, name: str) -> Version | None:
    found = Version.objects.select_related("workflow").filter(digest=name, is_draft=False)
    for workflow in (like.workflow.slug, _slug(like)):
        version = found.filter(workflow__slug=workflow).first()
        if version is not None:
            return version
    return None


def _columns(like: Version, given: Ingredients) -> dict[str, Any]:
    same = {file.path: file.digest for file in like.files.all()} == dict(given.files)
    columns = {
        "main": given.main, "lock": given.lock, "data_json": [asdict(file) for file in given.data],
        "source": f"{SOURCE}:{like.workflow.slug}", "commit": "", "title": like.title,
        "about_json": like.about_json,
    }  # fmt: skip
    return columns | (_as(like) if same else _as_read(given))


def _as(like: Version) -> dict[str, Any]:
    names = (
        "runtime", "network_json", "is_deterministic", "interface_json", "statements_json",
    )  # fmt: skip
    return {name: getattr(like, name) for name in names}


def _as_read(given: Ingredients) -> dict[str, Any]:
    """Interface and choices read anew, because a file that says them may be an earlier one."""
    entry = Entry({path: store.get(name) for path, name in given.files.items()})
    if given.main not in entry.files:
        raise NotAnEntryError(f"Without {given.main} there is nothing to run.")
    choices, findings = read_choices(entry.text(FILE), given.main)
    reading = read_main(entry, given.main, choices)
    worst = [item for item in (*findings, *reading.findings) if item.severity is Severity.MUST]
    if worst:
        raise NotAnEntryError(f"It cannot be run so. {worst[0].what}", worst)
    return {
        "runtime": choices.runtime.value, "network_json": list(choices.network),
        "is_deterministic": choices.deterministic, "interface_json": reading.interface.to_json(),
    }  # fmt: skip


@transaction.atomic
def _save(like: Version, given: Ingredients, columns: dict[str, Any]) -> Version:
    workflow, _new = Workflow.objects.get_or_create(
        slug=_slug(like), defaults={"source": columns["source"], "is_hidden": True}
    )
    last = workflow.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(workflow=workflow, number=last + 1, **columns)
    VersionFile.objects.bulk_create(
        VersionFile(version=version, path=path, digest=name, size=store.size_of(name) or 0)
        for path, name in sorted(given.files.items())
    )
    return version


def _slug(like: Version) -> str:
    workflow = like.workflow
    return workflow.slug if workflow.is_hidden else f"trial_{workflow.pk}_{workflow.slug}"[:60]


def _text(files: Mapping[str, str], path: str) -> str:
    return store.get(files[path]).decode("utf-8", "replace") if path in files else ""
