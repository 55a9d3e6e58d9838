"""The landing page of each product of a release, and what its bytes lead back to."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from executor.models import Output, Product
from publishing.domain.credits import licence_address
from publishing.domain.formats import FORMATS, Described
from publishing.domain.formats.jsonld import script_text
from publishing.domain.formats.linked import filled, licences, person
from publishing.domain.formats.wording import line, named
from publishing.domain.landing import bytes_links, metadata_links, product_links
from publishing.domain.signposting import header
from publishing.errors import UnknownProductOfReleaseError
from publishing.models import Release
from publishing.pages.shown import show_people
from publishing.queries import release_of
from publishing.queries.describing import described_release
from publishing.queries.landing import holding, product_in

LOOKS = {"text/csv": "table", "application/fits": "image", "image/fits": "image"}
GONE = 410


@require_safe
def product_page(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """The landing page of a product of a release."""
    release, output = _found(name, digest)
    described, product = described_release(release), output.product
    is_closed = release.withdrawn_at is not None or release.closed_until is not None
    bytes_at = "" if is_closed else f"{settings.PUBLIC_URL}{product.get_absolute_url()}"
    licence = release.record.licences.data or release.record.licence
    links = product_links(_page(release, product), bytes_at, product.media_type, described)
    context = {
        "release": release,
        "output": output,
        "product": product,
        "described": described,
        "declared": output.run.interface.output(output.name),
        "others": [item for item in holding(product.digest) if item.pk != release.pk],
        "people": show_people(release.record),
        "licence": licence,
        "licence_url": licence_address(licence),
        "citation": FORMATS["text"].write(described).strip(),
        "closed_until": release.closed_until,
        "is_closed": is_closed,
        "links": links,
        # script_text escapes what could end the script element.
        "jsonld": mark_safe(script_text(_content(release, output, described, bytes_at))),  # noqa: S308 -- escaped just here
    }
    status = GONE if release.withdrawn_at else 200
    response = render(request, "publishing/product.html", context, status=status)
    response["Link"] = header(links)
    return response


@require_safe
def product_metadata(_request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """The same as JSON-LD."""
    release, output = _found(name, digest)
    described = described_release(release)
    is_closed = release.withdrawn_at is not None or release.closed_until is not None
    bytes_at = "" if is_closed else f"{settings.PUBLIC_URL}{output.product.get_absolute_url()}"
    body = json.dumps(_content(release, output, described, bytes_at), indent=1, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/ld+json")
    response["Link"] = header(metadata_links(_page(release, output.product)))
    return response


def panel(request: HttpRequest, product: Product) -> SafeString:
    """What pages that look at a product say of the releases that hold it."""
    releases = holding(product.digest)
    if not releases:
        return SafeString("")
    context = {
        "product": product,
        "releases": [(item, described_release(item)) for item in releases],
    }
    return SafeString(render_to_string("publishing/product_panel.html", context, request))


def links_of_bytes(digest: str) -> str:
    """The links that the bytes of a product are sent with; empty when no release holds them."""
    return header(bytes_links(described_release(item) for item in holding(digest)))


def _found(name: str, digest: str) -> tuple[Release, Output]:
    release = release_of(name)
    output = product_in(release, digest)
    if output is None:
        raise UnknownProductOfReleaseError(
            f"The release {release.pk} has no product {digest[:64]!r}: its page lists them."
        )
    return release, output


def _page(release: Release, product: Product) -> str:
    return f"{settings.PUBLIC_URL}{release.get_absolute_url()}/products/{product.digest}"


def _content(
    release: Release, output: Output, described: Described, bytes_at: str
) -> dict[str, Any]:
    """The product as a schema.org Dataset that is part of the release."""
    product, record = output.product, release.record
    download = {
        "@type": "DataDownload", "contentUrl": bytes_at, "encodingFormat": product.media_type,
        "contentSize": str(product.size), "sha256": product.digest,
    }  # fmt: skip
    known = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": _page(release, product),
        "url": _page(release, product),
        "name": f"{line(output.file)} of {line(release.title)}",
        "description": f"{line(output.name)}, made by a run of {line(output.run.version.title)}.",
        "identifier": f"urn:sha256:{product.digest}",
        "license": licences(record.licences.data or record.licence),
        "creator": [person(item) for item in named(record.creators)],
        "isPartOf": {"@type": "Dataset", "@id": described.link, "name": line(release.title)},
        "wasGeneratedBy": {
            "@type": "CreateAction", "@id": f"{settings.PUBLIC_URL}{output.run.get_absolute_url()}",
        },
        "datePublished": described.issued.isoformat(),
        "isAccessibleForFree": True,
        "distribution": download if bytes_at else {},
    }  # fmt: skip
    return filled(known)
