"""A release in the formats of metadata: by address, and by what a program accepts."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from publishing.domain.formats import FORMATS, Format
from publishing.domain.negotiation import chosen
from publishing.errors import UnknownFormatError
from publishing.models import Release
from publishing.queries import release_of
from publishing.queries.describing import described_release


@require_safe
def citation(request: HttpRequest, name: str) -> HttpResponse:
    """A release in the format that ``?format=`` names; BibTeX when it names none."""
    wanted = request.GET.get("format", "bibtex")
    found = FORMATS.get(wanted)
    if found is None:
        known = ", ".join(FORMATS)
        raise UnknownFormatError(f"There is no format {wanted[:40]!r}; there are {known}.")
    return written(release_of(name), found)


def negotiated(request: HttpRequest, release: Release) -> HttpResponse | None:
    """The release in the format that the program accepts; None when it wants the page.

    Whoever answers with the page must let caches know that others get something else: call
    ``patch_vary_headers(response, ["Accept"])``.
    """
    found = chosen(request.headers.get("Accept", ""))
    if found is None:
        return None
    response = written(release, found)
    response["Content-Location"] = address_of(release, found)
    patch_vary_headers(response, ["Accept"])
    return response


def address_of(release: Release, wanted: Format) -> str:
    """Where a release is to be had in a format."""
    return f"{release.get_absolute_url()}/citation?format={wanted.name}"


def written(release: Release, wanted: Format) -> HttpResponse:
    """A release in a format, as an answer."""
    content = wanted.write(described_release(release))
    response = HttpResponse(content, content_type=f"{wanted.media_type}; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{wanted.file}"'
    response["Link"] = f'<{release.get_absolute_url()}>; rel="describes"'
    return response
