"""Pages of releases: the list, the landing page of each, and what it says for machines."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from publishing.actions import release_run
from publishing.actions.owning import check_may_release
from publishing.domain.formats.jsonld import content, script_text
from publishing.domain.landing import Landing, contexts, header_links, metadata_links
from publishing.domain.signposting import header, linkset, linkset_text
from publishing.models import Release
from publishing.pages.drafters import drafter
from publishing.pages.formats import negotiated
from publishing.pages.shown import (
    citations,
    first_picture,
    is_pending,
    is_registering,
    landing_of,
    show_archived,
    show_deposits,
    show_figures,
    show_licences,
    show_people,
    show_runs,
    split,
)
from publishing.pages.works import show_related
from publishing.queries import (
    deposit_of,
    finished_run,
    release_of,
    released_metadata,
    releases,
)
from publishing.queries.describing import main_deposit
from publishing.queries.landing import newest_of, superseding, versions_of

GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
def release_list(request: HttpRequest) -> HttpResponse:
    """All releases, newest first; the form of a run's page is sent here."""
    if request.method == "POST":
        check_may_release(drafter(request))
        run = finished_run(request.POST.get("run", ""))
        return redirect(release_run(run, title=request.POST.get("title", "")).release)
    page = Paginator(releases().filter(withdrawn_at=None), 50).get_page(request.GET.get("page"))
    return render(request, "publishing/releases.html", {"page": page})


@require_safe
def release_page(request: HttpRequest, name: str) -> HttpResponse:
    """The landing page of a release: for people, or in the format that a program accepts.

    That of a withdrawn one says so, keeps its metadata and offers no files (410).
    """
    release = release_of(name)
    if (told := negotiated(request, release)) is not None:
        return told
    versions = versions_of(release)
    landing = landing_of(release, versions)
    is_withdrawn = release.withdrawn_at is not None
    context = _said(release, landing, versions) | ({} if is_withdrawn else _made(release))
    page = "publishing/tombstone.html" if is_withdrawn else "publishing/release.html"
    response = render(request, page, context, status=GONE if is_withdrawn else 200)
    response["Link"] = header(header_links(landing))
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def concept_page(_request: HttpRequest, name: str) -> HttpResponse:
    """Lead from a concept to its newest version."""
    return redirect(newest_of(name))


@require_safe
def release_metadata(_request: HttpRequest, name: str) -> HttpResponse:
    """The ``ro-crate-metadata.json`` of the deposited crate."""
    release = release_of(name)
    body = released_metadata(deposit_of(release))
    response = HttpResponse(body, content_type="application/ld+json")
    response["Link"] = header(metadata_links(f"{settings.PUBLIC_URL}{release.get_absolute_url()}"))
    return response


@require_safe
def release_linkset(_request: HttpRequest, name: str) -> HttpResponse:
    """The Signposting links of the landing page, its files and metadata as one document."""
    found = linkset(contexts(_landing(name)))
    return HttpResponse(found, content_type="application/linkset+json")


@require_safe
def release_linkset_text(_request: HttpRequest, name: str) -> HttpResponse:
    """The same in the syntax of the ``Link`` header."""
    found = linkset_text(contexts(_landing(name)))
    return HttpResponse(found, content_type="application/linkset; charset=utf-8")


def _landing(name: str) -> Landing:
    release = release_of(name)
    return landing_of(release, versions_of(release))


def _said(release: Release, landing: Landing, versions: list[Release]) -> dict[str, Any]:
    """What a landing page says, whether the release is withdrawn or not."""
    record, described = release.record, landing.described
    return {
        "release": release,
        "record": record,
        "described": described,
        "landing": landing,
        "links": header_links(landing),
        "main": main_deposit(release),
        "people": show_people(record),
        "licences": show_licences(record),
        "related": show_related(record),
        "deposits": show_deposits(release),
        "registering": is_registering(release),
        "pending": is_pending(release),
        "all_versions": described.link_of(described.concept_doi),
        "versions": versions,
        "newer": superseding(release, versions),
        "citations": citations(described),
        # script_text escapes what could end the script element.
        "jsonld": mark_safe(script_text(content(described))),  # noqa: S308 -- escaped just here
    }


def _made(release: Release) -> dict[str, Any]:
    """The figures, runs and files of a release."""
    runs, closed = list(release.runs.all()), release.closed_until
    figures = show_figures(release.shown, runs)
    whole, listed = split(figures)
    return {
        "figures": whole,
        "listed": listed,
        "picture": None if figures else first_picture(runs),
        "runs": show_runs(release, runs, is_closed=closed is not None),
        "closed_until": closed,
        "archived": show_archived(runs),
    }
