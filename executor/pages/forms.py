"""What the form of a workflow sends, read as a request (``executor.domain.request``)."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from catalogue.domain.interface import Parameter
from catalogue.domain.normalise import normalise
from catalogue.domain.query import FIGURE, SEED, is_reference
from catalogue.models import Version
from catalogue.queries import runnable_version
from executor.actions import upload_product
from executor.domain.request import BadRequestFormError, binding_from_text
from executor.errors import BadInputsError, BadRequestError
from executor.queries import asker_of
from lib.remote import host_of
from ontology.domain.kinds import ParameterKind

# No variable of a notebook has a hyphen in its name, so none can take the place of these.
OURS = "reprise-"
WORKFLOW, VERSION, FILE = "reprise-workflow", "reprise-version", "reprise-file-"
REQUEST = "request"
CSRF = "csrfmiddlewaretoken"
SITE = re.compile(r"^https?://[^/\s]+(?=/)")
DIGITS_AT_MOST = 10  # of 2^31


def is_json(fields: Mapping[str, str]) -> bool:
    """Whether a form holds a request as JSON; a workflow may have a parameter of the same name."""
    return bool(fields.get(REQUEST, "").strip()) and not fields.get(WORKFLOW)


def request_in(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    """The request that a text is.

    Raises:
        BadRequestError: the text is no JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        told = f" ({error})" if isinstance(error, ValueError) else ""
        raise BadRequestError(f"The request is not JSON{told}.") from None


def version_in(fields: Mapping[str, str]) -> Version:
    """The version that a form names.

    Raises:
        BadRequestError: it names none.
        UnknownWorkflowError, DraftVersionError: it is not there, or is a draft.
    """
    number = fields.get(VERSION, "")
    if number and not _is_number(number):
        raise BadRequestError("The form names no version: open the page of the workflow again.")
    return runnable_version(fields.get(WORKFLOW, ""), int(number) if number else None)


def seed_in(fields: Mapping[str, str]) -> int:
    """The seed that a form names; 0 by default.

    Raises:
        BadRequestError: it is no seed.
    """
    text = fields.get(SEED, "") or "0"
    if not _is_number(text):
        raise BadRequestError("The seed is a whole number from 0 to 2147483647.")
    return int(text)


def figure_in(fields: Mapping[str, str]) -> str:
    """The query string that says which figure a reader came from; empty when they came from none.

    >>> figure_in({"reprise-figure": "crab"})
    '?figure=crab'
    """
    name = fields.get(FIGURE, "")[:200]
    return f"?{urlencode({'figure': name})}" if name else ""


def texts_in(request: HttpRequest, version: Version, *, is_sent: bool = True) -> dict[str, str]:
    """Name → text of every parameter in a form; files that came with it are kept as products.

    Args:
        request: the form as it was sent, by POST or in the query string.
        version: what the form is of.
        is_sent: whether it was sent whole: a box that is not ticked is then "false".

    Raises:
        UploadTooLargeError, QuotaError: a file is more than is taken.
    """
    fields = (request.POST if request.method == "POST" else request.GET).dict()
    given = {
        str(name): str(text)
        for name, text in fields.items()
        if name != CSRF and not str(name).startswith(OURS)
    }
    boxes = [item.name for item in version.interface.parameters if item.kind.value == "boolean"]
    return (
        (dict.fromkeys(boxes, "false") if is_sent else {})
        | given
        | _uploads(request, version, given)
    )


def values_in(version: Version, texts: Mapping[str, str]) -> dict[str, Any]:
    """Name → value as a request writes it: products as such, anything else as its text.

    Raises:
        BadInputsError: a field begins like JSON and is none; the errors say which.
    """
    found: dict[str, Any] = {}
    for name, text in texts.items():
        parameter = version.interface.parameter(name)
        try:
            found[name] = _value(parameter, text) if parameter else text
        except BadRequestFormError:
            sentence = "The text is not JSON: check its brackets and quotes."
            raise BadInputsError(f"{name}: {sentence}", errors={name: sentence}) from None
    return found


def request_of(version: Version, texts: Mapping[str, str], seed: int) -> dict[str, Any]:
    """The request that a form is, with nothing in it that the author has said already.

    Raises:
        BadInputsError: as ``values_in``.
    """
    values = values_in(version, texts)
    bound = {name for name, value in values.items() if not isinstance(value, str)}
    takes = {item.name for item in version.interface.parameters if _takes_product(item)}
    plain = {name: text for name, text in values.items() if name not in bound | takes}
    inputs, faults = normalise(version.interface, plain, bound=bound | takes)
    asked = {
        name: inputs.values.get(name, value)
        for name, value in values.items()
        if name in inputs.changed or name in faults or (name in bound | takes and value != "")
    }
    request = {"workflow": version.workflow.slug, "version": version.number, "parameters": asked}
    return request | ({"seed": seed} if seed else {})


def _uploads(request: HttpRequest, version: Version, given: Mapping[str, str]) -> dict[str, str]:
    """Digests of the files that came with a form, after what stands in their fields."""
    found: dict[str, str] = {}
    asker = asker_of(host_of(request))
    for parameter in filter(_takes_product, version.interface.parameters):
        sent = request.FILES.getlist(f"{FILE}{parameter.name}")
        files = [file for file in sent if isinstance(file, UploadedFile)]
        kept = [upload_product(file.name or "", file.chunks(), asker=asker) for file in files]
        before = given.get(parameter.name, "") if parameter.many else ""
        if kept:
            lines = [before.strip(), *(done.product.digest for done in kept)]
            found[parameter.name] = "\n".join(filter(None, lines))
    return found


def _value(parameter: Parameter, text: str) -> Any:  # noqa: ANN401 -- any JSON value
    if is_reference(parameter, text):
        return binding_from_text(text)
    if not _takes_product(parameter):
        return text
    plain = text.strip()
    if parameter.many and plain and not plain.startswith(("[", "{")):
        return [_one(part) for part in plain.replace(",", " ").split()]
    return _one(plain) if plain else ""


def _one(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    """One product; an address may be copied from the browser whole."""
    return binding_from_text(SITE.sub("", text))


def _takes_product(parameter: Parameter) -> bool:
    return parameter.kind is ParameterKind.PRODUCT


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS_AT_MOST
