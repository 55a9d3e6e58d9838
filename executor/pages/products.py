"""Products: their bytes, whole or in part, and making them again when they were cleared away."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from executor.actions import make_again, note_use, verify_product
from executor.domain.byte_range import NotSatisfiableError, read_range
from executor.errors import BadRangeError, ProductEvictedError
from executor.models import Product
from executor.queries import asker_of, evicted_sentence, product_of, run_that_made
from lib import store, typed_links
from lib.remote import host_of

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# Whatever a stranger's picture or page may hold, it gets no script, no frame and no request.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"
INLINE = frozenset(
    {
        "application/json", "application/pdf", "image/gif", "image/jpeg", "image/png",
        "image/svg+xml", "image/webp", "text/csv", "text/plain",
    }
)  # fmt: skip


@require_safe
def product(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The bytes of a product, under a policy that lets them do nothing (RFC 9110, 13 and 14).

    ``?name=`` chooses the file name it is saved under. A part is sent for one range; for several
    the whole is. What was cleared away, or is found damaged, is a page that offers to make it
    again.
    """
    found = product_of(digest)
    if found.evicted_at or not _is_whole(found):
        return _evicted(request, found)
    if _has_it(request, found):
        # The length is that of what is not sent (RFC 9110, 8.6); Django would write 0.
        unchanged = HttpResponseNotModified(headers={"Content-Length": str(found.size)})
        return _described(request, found, unchanged)
    try:
        part = _part(request, found)
    except NotSatisfiableError:
        return _beside(request, found)
    return _described(request, found, _sent(request, found, part))


@require_POST
def product_again(request: HttpRequest, digest: str) -> HttpResponse:
    """Ask for the run that makes a product again."""
    done = make_again(product_of(digest), asker=asker_of(host_of(request)))
    return redirect(done.run)


class _Noted(FileResponse):
    """Counts the use of a product once its bytes are sent, so that no reader waits for it."""

    def __init__(self, found: Product, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._note = partial(note_use, found)

    def close(self) -> None:
        """Close the file and count the use."""
        self._note()
        super().close()


def _is_whole(found: Product) -> bool:
    """Whether as many bytes are there as there should be; what is damaged is written down."""
    return store.size_of(found.digest) == found.size or verify_product(found)


def _has_it(request: HttpRequest, found: Product) -> bool:
    asked = request.headers.get("If-None-Match", "").split(",")
    return bool({part.strip().removeprefix("W/") for part in asked} & {_tag(found), "*"})


def _part(request: HttpRequest, found: Product) -> tuple[int, int] | None:
    """The range that was asked for; None for the whole."""
    unless = request.headers.get("If-Range", _tag(found)).strip()
    if request.method != "GET" or unless != _tag(found):
        return None
    return read_range(request.headers.get("Range", ""), found.size)


def _sent(request: HttpRequest, found: Product, part: tuple[int, int] | None) -> HttpResponseBase:
    start, stop = part or (0, found.size)
    length = {"Content-Length": str(stop - start)}
    if request.method == "HEAD":
        return HttpResponse(headers=length)
    if part:
        length["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"
        return _Noted(found, _pieces(found, start, stop), status=206, headers=length)
    if store.local_path(found.digest):  # a file of this machine may be sent by the system itself
        return _Noted(found, store.open_file(found.digest), headers=length)
    return _Noted(found, _pieces(found, 0, found.size), headers=length)


def _pieces(found: Product, start: int, stop: int) -> Iterator[bytes]:
    return store.chunks(found.digest, start, stop)


def _described(request: HttpRequest, found: Product, answer: HttpResponseBase) -> HttpResponseBase:
    """Add what is the same for every answer about a product."""
    name = UNSAFE.sub("", request.GET.get("name", ""))[:100] or found.digest[:16]
    saved = found.media_type not in INLINE or "download" in request.GET
    answer["Content-Security-Policy"] = HARMLESS
    answer["Cache-Control"] = FOR_EVER
    answer["ETag"] = _tag(found)
    answer["Accept-Ranges"] = "bytes"
    if links := typed_links.of("product", found.digest):
        answer["Link"] = links
    if not isinstance(answer, HttpResponseNotModified):
        answer["Content-Type"] = found.media_type
        answer["Content-Disposition"] = content_disposition_header(saved, name) or "attachment"
    return answer


def _beside(request: HttpRequest, found: Product) -> HttpResponse:
    """Answer a range that lies outside the product."""
    error = BadRangeError(f"The product has {found.size} bytes: ask for some of them.")
    answer = render(request, "problem.html", {"problem": error.to_dict()}, status=error.status)
    answer["Content-Range"] = f"bytes */{found.size}"
    answer["Cache-Control"] = "no-store"
    return answer


def _evicted(request: HttpRequest, found: Product) -> HttpResponse:
    """Answer for bytes that are not kept: a page that offers to make them again."""
    run = run_that_made(found)
    error = ProductEvictedError(evicted_sentence(found, run))
    context = {"problem": error.to_dict(), "product": found, "run": run}
    answer = render(request, "executor/evicted.html", context, status=error.status)
    answer["Cache-Control"] = "no-store"
    return answer


def _tag(found: Product) -> str:
    return f'"{found.digest}"'
