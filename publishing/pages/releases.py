"""Pages of releases: the list, the landing page of each, and its DOI."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from publishing.actions import release_run
from publishing.domain.credits import licence_address, orcid_of
from publishing.domain.landing import dataset, script_text
from publishing.domain.signposting import header, linkset
from publishing.models import Release
from publishing.pages.shown import cited, landing_of, links_of, linkset_of, show_run
from publishing.queries import (
    deposit_of,
    finished_run,
    release_of,
    release_with_doi,
    released_metadata,
    releases,
)


@require_http_methods(["GET", "HEAD", "POST"])
def release_list(request: HttpRequest) -> HttpResponse:
    """All releases, newest first; the form of a run's page is sent here."""
    if request.method == "POST":
        run = finished_run(request.POST.get("run", ""))
        return redirect(release_run(run, title=request.POST.get("title", "")).release)
    page = Paginator(releases(), 50).get_page(request.GET.get("page"))
    return render(request, "publishing/releases.html", {"page": page})


@require_safe
def release_page(request: HttpRequest, name: str) -> HttpResponse:
    """The landing page of a release."""
    release = release_of(name)
    deposit = deposit_of(release)
    landing = landing_of(release, deposit)
    context = {
        "release": release,
        "deposit": deposit,
        "landing": landing,
        "people": [(person, orcid_of(person)) for person in release.people],
        "licence_url": licence_address(release.licence),
        "citation": cited(landing, release),
        "runs": [show_run(run) for run in release.runs.all()],
        # script_text escapes what could end the script element.
        "jsonld": mark_safe(script_text(dataset(landing))),  # noqa: S308 -- escaped just here
    }
    response = render(request, "publishing/release.html", context)
    response["Link"] = header((*links_of(landing), linkset_of(landing)))
    return response


@require_safe
def release_metadata(_request: HttpRequest, name: str) -> HttpResponse:
    """The ``ro-crate-metadata.json`` of the deposited crate."""
    release = release_of(name)
    content = released_metadata(deposit_of(release))
    return _described(release, content, "application/ld+json")


@require_safe
def release_citation(_request: HttpRequest, name: str) -> HttpResponse:
    """The citation as BibTeX."""
    release = release_of(name)
    content = cited(landing_of(release, deposit_of(release)), release)["bibtex"]
    return _described(release, content, "application/x-bibtex; charset=utf-8")


@require_safe
def release_linkset(_request: HttpRequest, name: str) -> HttpResponse:
    """The Signposting links of the landing page as one document."""
    release = release_of(name)
    landing = landing_of(release, deposit_of(release))
    content = linkset(landing.page, links_of(landing))
    return HttpResponse(content, content_type="application/linkset+json")


@require_safe
def doi(_request: HttpRequest, doi: str) -> HttpResponseRedirect:
    """Lead from a DOI of this service to its landing page."""
    return HttpResponseRedirect(release_with_doi(doi).get_absolute_url())


def _described(release: Release, content: bytes | str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Link"] = f'<{release.get_absolute_url()}>; rel="describes"'
    return response
