"""Releases of the bundled entries, ready to be packed: the entry itself, with stand-in products.

The interface, files, lock, people, licence and data of each are the author's own. What its run
made stands in, a few bytes an output: profiles ask what is said of products, not what is in them.
"""

import base64
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.actions import register_source
from catalogue.models import Version
from executor.models import Run
from lib import store
from ontology.domain.kinds import ParameterKind, ProductKind
from publishing.actions import draft_release
from publishing.models import Release
from tests.publishing.factories import RunFactory, add_output

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
NAMES = sorted(path.name for path in WORKFLOWS.iterdir() if (path / "CITATION.cff").exists())
FROZEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
STAND_INS = {
    ProductKind.NUMBER: ("json", "application/json", b"1.5\n"),
    ProductKind.BOOLEAN: ("json", "application/json", b"true\n"),
    ProductKind.TEXT: ("txt", "text/plain", b"words\n"),
    ProductKind.TABLE: ("csv", "text/csv", b"a,b\n1,2\n"),
    ProductKind.PICTURE: ("png", "image/png", PIXEL),
}
OTHERWISE = ("fits", "application/fits", b"SIMPLE  = T\n")


def version_of(name: str) -> Version:
    """A bundled entry, registered."""
    return register_source(str(WORKFLOWS / name), local=True, bundled=True).version


def run_of(version: Version) -> Run:
    """A finished run of a version with its default inputs; data files are in the store."""
    _keep_data(version)
    interface = version.interface
    values = {item.name: item.default for item in interface.parameters}
    typed = {
        item.name: {"type": "product" if item.kind is ParameterKind.PRODUCT else "string",
                    "value": item.default}
        for item in interface.parameters
    }  # fmt: skip
    run = RunFactory(version=version, values_json=values, typed_json=typed, products=False)
    run.outputs.all().delete()
    for item in interface.outputs:
        ending, media_type, data = STAND_INS.get(item.kind, OTHERWISE)
        data = data if data == PIXEL else data + f"# {item.name}\n".encode()
        add_output(run, item.name, f"{item.name}.{ending}", data, media_type)
    add_output(
        run, "notebook", "executed.ipynb", b"{}", "application/x-ipynb+json", role="notebook"
    )
    return run


def _keep_data(version: Version) -> None:
    """Data as if the store had it: a few bytes, whose sha256 the version then names."""
    files = []
    for item in version.data_json:
        data = f"stands in for {item['name']}\n".encode()
        files.append(item | {"sha256": store.put(data), "size": len(data)})
    version.data_json = files
    version.save(update_fields=["data_json"])


def release_of_entry(name: str, **options: object) -> Release:
    """A frozen release of one run of a bundled entry, with its figures judged."""
    return frozen(run_of(version_of(name)), figures(name), **options)


def frozen(run: Run, shown: list[dict[str, Any]], **options: object) -> Release:
    """A release of a run, frozen with these figures."""
    release = draft_release([run])
    release.frozen_at = FROZEN
    release.options_json = options
    release.shown_json = [item | {"run": run.address} for item in shown]
    release.save()
    return release


def figures(name: str) -> list[dict[str, Any]]:
    """The figures that an entry's paper.toml states, as a gallery that judged them tells."""
    path = WORKFLOWS / name / "paper.toml"
    if not path.exists():
        return []
    stated = tomllib.loads(path.read_text())
    paper = stated["paper"]
    known = {key: str(paper.get(key, "")) for key in ("doi", "arxiv", "bibcode")}
    about = {"title": paper["title"], "short": paper["authors"][0], "url": "", **known}
    return [_figure(item, about) for item in stated.get("figure", [])]


def _figure(item: dict[str, Any], paper: dict[str, str]) -> dict[str, Any]:
    values = [
        {"label": value["label"], "published": str(value["published"]),
         "unit": value.get("unit", ""), "found": str(value["published"]), "outcome": "identical"}
        for value in item.get("value", []) if "published" in value
    ]  # fmt: skip
    return {
        "slug": item["slug"], "title": item["title"], "url": f"/figures/{item['slug']}",
        "paper": paper, "place": item.get("place", ""), "caption": item.get("caption", ""),
        "picture": item.get("picture", ""), "doi": "", "verdict": "identical",
        "words": f"{len(values)} of {len(values)} values agree.",
        "checked": "2026-11-20T08:00:00+00:00", "values": values,
    }  # fmt: skip
