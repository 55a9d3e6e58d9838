"""Reads of the catalogue that more than one caller needs."""

from collections.abc import Collection

from django.db.models import OuterRef, Q, QuerySet, Subquery

from catalogue.errors import DraftVersionError, UnknownWorkflowError
from catalogue.models import Version, VersionFile, Workflow
from ontology.queries import narrower

AT_ONCE = 400  # digests asked for in one question


def newest_versions() -> QuerySet[Version]:
    """The newest version of every workflow that is no draft."""
    newest = Version.objects.filter(workflow=OuterRef("pk"), is_draft=False).order_by("-number")
    listed = Workflow.objects.filter(is_hidden=False)
    chosen = listed.annotate(newest=Subquery(newest.values("pk")[:1])).values("newest")
    return (
        Version.objects.filter(pk__in=chosen).select_related("workflow").order_by("workflow__slug")
    )


def search(text: str = "", term: str = "") -> QuerySet[Version]:
    """Newest versions whose words hold the text and that speak of the term or a narrower one."""
    found = newest_versions()
    text, term = text.replace("\0", ""), term.replace("\0", "")  # PostgreSQL refuses NUL
    if text:
        found = found.filter(
            Q(title__icontains=text)
            | Q(workflow__slug__icontains=text)
            | Q(about_json__abstract__icontains=text)
        )
    if term:
        names = [item.name for item in narrower(term)] or [term]
        found = found.filter(terms__term__in=names).distinct()
    return found


def version_of(slug: str, number: int | None = None) -> Version:
    """One version of a workflow; the newest that is no draft when no number is given.

    Raises:
        UnknownWorkflowError: no such workflow or version.
    """
    name = slug if slug.isprintable() else ""  # PostgreSQL refuses NUL
    found = Version.objects.select_related("workflow").filter(workflow__slug=name)
    if number is None:
        version = found.order_by("is_draft", "-number").first()
    else:
        version = found.filter(number=number).first()
    if version is None:
        what = f"version {number} of {slug}" if number is not None else f"workflow {slug}"
        raise UnknownWorkflowError(
            f"There is no {what[:120]}; /api/workflows/ lists what there is."
        )
    return version


def runnable_version(slug: str, number: int | None = None) -> Version:
    """As ``version_of``, but drafts are refused.

    Raises:
        UnknownWorkflowError: no such workflow or version.
        DraftVersionError: the version has findings that must be mended first.
    """
    version = version_of(slug, number)
    if version.is_draft:
        raise DraftVersionError(
            f"{slug} version {version.number} is a draft: {version.get_absolute_url()} says why."
        )
    return version


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that are files of a version, or data that a version names."""
    wanted, found = sorted(digests), set[str]()
    for start in range(0, len(wanted), AT_ONCE):
        part = VersionFile.objects.filter(digest__in=wanted[start : start + AT_ONCE])
        found |= set(part.values_list("digest", flat=True))
    named = Version.objects.exclude(data_json=[]).values_list("data_json", flat=True)
    data = {file.get("sha256") for files in named.iterator() for file in files} if wanted else set()
    return found | (data & set(digests))
