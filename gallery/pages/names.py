"""Filling the position of a source into the form of a workflow, for readers without scripts."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from catalogue.models import Version
from catalogue.queries import version_of
from gallery.actions import resolve_name
from gallery.domain.names.found import Found
from gallery.errors import BadNameError

SOURCE = "reprise-source"
OURS = "reprise-"
SEED, FIGURE = "reprise-seed", "reprise-figure"
TERMS = {"RightAscension": "ra", "Declination": "dec", "SourceName": "name"}


@require_safe
def fill(request: HttpRequest) -> HttpResponse:
    """Look a source up and lead back to the form, with what stood in it and the position.

    Raises:
        BadNameError: no name was given, or the source has no position.
        UnknownNameError, NamesAwayError: it was not found.
        UnknownWorkflowError: the form is of no workflow.
    """
    fields = request.GET.dict()
    number = str(fields.get("reprise-version", ""))
    version = version_of(
        str(fields.get("reprise-workflow", "")), int(number) if _is_number(number) else None
    )
    found = resolve_name(str(fields.get(SOURCE, "")))
    if found.ra is None:
        raise BadNameError(f"{found.name} is known, but has no position. {found.note}")
    kept = {str(name): str(text) for name, text in fields.items() if _is_field(version, str(name))}
    query = kept | filled(version, found) | {SOURCE: found.name, "reprise-by": found.by}
    return redirect(f"{version.get_absolute_url()}?{urlencode(query)}#run")


def filled(version: Version, found: Found) -> dict[str, str]:
    """Parameter → text for those parameters that take the name or the position of a source."""
    known = {"ra": f"{found.ra}", "dec": f"{found.dec}", "name": found.name}
    parameters = version.interface.parameters
    return {item.name: known[TERMS[item.term]] for item in parameters if item.term in TERMS}


def _is_field(version: Version, name: str) -> bool:
    return name in (SEED, FIGURE) or version.interface.parameter(name) is not None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 -- of 2^31
