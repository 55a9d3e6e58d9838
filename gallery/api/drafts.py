"""Statements in requests: JSON, or a form with it as ``statement`` and files beside it."""

import json
from typing import Any

from django.conf import settings
from rest_framework.request import Request

from executor.domain.asker import Asker
from executor.queries import asker_of
from gallery.actions import Draft
from gallery.errors import BadStatementError
from lib.remote import host_of

MEBIBYTE = 1024 * 1024
JSON_AT_MOST = 4 * MEBIBYTE
FIELD = "statement"


def asker(request: Request) -> Asker:
    """Who sends a request."""
    return asker_of(host_of(request._request), request.headers.get("Authorization", ""))  # noqa: SLF001 -- DRF hides Django's


def draft_of(request: Request) -> Draft:
    """The statement in a request: JSON, or a form with it as ``statement`` and its files.

    Raises:
        BadStatementError: it is no object, or too large.
    """
    _check_length(request)
    is_form = str(request.content_type).startswith("multipart/")
    content = _field(request) if is_form else request.data
    if not isinstance(content, dict):
        raise BadStatementError("Send an object with the paper and its figures.")
    files = [item for name in request.FILES for item in request.FILES.getlist(name)]
    sent = {item.name or "": item.read() for item in files}
    return Draft(dict(content), sent, asker(request))


def _field(request: Request) -> Any:  # noqa: ANN401 -- any JSON value
    given = request.data.get(FIELD, "") if isinstance(request.data, dict) else ""
    try:
        return json.loads(str(given), parse_constant=_no_constant)
    except ValueError:
        raise BadStatementError(f"The field {FIELD} of the form is not JSON.") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check_length(request: Request) -> None:
    """Refuse by the length that the request gives, before anything of it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    is_form = str(request.content_type).startswith("multipart/")
    most = settings.UPLOAD_MB * MEBIBYTE + JSON_AT_MOST if is_form else JSON_AT_MOST
    if length.isascii() and length.isdigit() and int(length[:18]) > most:
        raise BadStatementError(f"The request is larger than {most // MEBIBYTE} MB.")
