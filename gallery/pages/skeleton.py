"""The beginning of a statement: what the form holds before anybody wrote in it."""

from collections.abc import Mapping

from catalogue.domain.interface import Interface
from catalogue.errors import UnknownWorkflowError
from catalogue.models import Version
from catalogue.queries import version_of
from executor.models import Run
from gallery.domain.paper.written import toml_of
from lib import digest
from ontology.domain.kinds import ProductKind

EMPTY = """\
[[figure]]
slug = "my-figure"
title = "What it shows"
kind = "figure"
place = "Figure 1"

[figure.request]
parameters = {}

[[figure.value]]
output = "the name of an output"
label = "what it is"
published = 1.0
unit = ""
places = 1
tolerance = { absolute = 0.05 }
reason = "printed to one decimal"
source = "Section 3"
"""


def skeleton(asked: Mapping[str, str]) -> dict[str, str]:
    """Texts of the form for a workflow (``workflow``) or a run that was made (``run``)."""
    address = asked.get("run", "")
    known = Run.objects.select_related("version__workflow").filter(address=address)
    run = known.first() if digest.is_digest(address) else None
    if run is not None:
        request = {"run": run.address}
        return {"figures": _figure(run.interface, request)} | _named(run.version)
    slug = asked.get("workflow", "")
    if not slug:
        return {"figures": EMPTY}
    try:
        version = version_of(slug)
    except UnknownWorkflowError:
        return {"figures": EMPTY}
    return {"figures": _figure(version.interface, None)} | _named(version)


def _named(version: Version) -> dict[str, str]:
    return {"workflow": version.workflow.slug, "version": str(version.number)}


def _figure(interface: Interface, request: dict[str, str] | None) -> str:
    pictures = [item.name for item in interface.outputs if item.kind is ProductKind.PICTURE]
    numbers = [item for item in interface.outputs if item.kind is ProductKind.NUMBER]
    figure: dict[str, object] = {"slug": "my-figure", "title": "What it shows", "place": "Figure 1"}
    figure |= {"picture": pictures[0]} if pictures else {}
    figure |= {"request": request} if request else {}
    figure["value"] = [
        {
            "output": item.name, "label": item.title, "published": "?", "unit": item.unit or "",
            "places": 1, "tolerance": {"absolute": 0.05}, "reason": "printed to one decimal",
            "source": "",
        }
        for item in numbers[:20]
    ]  # fmt: skip
    return toml_of({"figure": [figure]})
