"""A browser, and a small site with a page of every sort, whose pictures were never run."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from executor.models import Run, RunInput
from gallery.actions import judge_run
from gallery.models import Facet
from publishing.actions import release_run
from publishing.models import Release
from tests.factories import rows
from tests.pages.chromium import Browser, Tab
from tests.pages.judged import judged_pages
from tests.pages.looked_at import looked_at_pages
from tests.publishing.factories import RunFactory as ReleasableRunFactory

PARAMETERS = [
    {"name": "energy", "kind": "float", "default": 20.0, "unit": "keV", "minimum": 1.0,
     "maximum": 500.0, "label": "energy", "description": "Where the band begins."},
    {"name": "years", "kind": "integer", "default": 16, "minimum": 1, "maximum": 16},
    {"name": "band", "kind": "string", "default": "hard", "choices": ["soft", "hard"]},
    {"name": "clip", "kind": "boolean", "default": False, "label": "clip outliers"},
]  # fmt: skip
INTERFACE = {
    "parameters": PARAMETERS,
    "outputs": [
        {"name": "total", "kind": "number", "unit": "keV", "label": "total"},
        {"name": "curve", "kind": "picture", "label": "light curve", "description": "It falls."},
        {"name": "rows", "kind": "table", "label": "yearly rows"},
    ],
}
PLOT = {
    "format": "reprise.plot/1", "size": [800, 600],
    "axes": [{"title": "", "xlabel": "year", "ylabel": "flux", "xscale": "linear",
              "yscale": "linear", "xlim": [0, 4], "ylim": [0, 4], "box": [80, 60, 640, 480],
              "series": [{"kind": "line", "label": "flux", "x": [1, 2, 3], "y": [3, 2, 1],
                          "line": "-"}]}],
}  # fmt: skip
SKY = {
    "parameters": [{"name": "pointing", "kind": "integer", "default": 1}],
    "outputs": [{"name": "sky", "kind": "image", "term": "SkyMap", "label": "sky image"}],
}
MOSAIC = {
    "parameters": [
        {"name": "images", "kind": "product", "product": "image", "term": "SkyMap", "many": True,
         "default": ["a.fits", "b.fits"], "label": "sky images"},
        {"name": "catalogue", "kind": "product", "product": "table", "default": None,
         "optional": True},
        {"name": "scale", "kind": "float", "default": 1.0},
    ],
    "outputs": [{"name": "mosaic", "kind": "image", "term": "SkyMap"}],
}  # fmt: skip
VALUES = [
    {"output": "total", "label": f"flux 30-300 keV, {year}-{year + 1}", "published": 40.0,
     "error": 0.004, "places": 3, "tolerance": "absolute", "allowed": 0.5, "unit": "keV",
     "source": f"Table 1, the row of {year}"}
    for year in range(2003, 2010)
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Where it is, its pages by what they are, and the run that is under way."""

    address: str
    pages: dict[str, str]
    running: Run


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


@pytest.fixture
def site(live_server, transactional_db, settings) -> Site:
    settings.PUBLIC_URL = live_server.url
    finished = _finished()
    version = finished.version
    judged = rows.FigureFactory(
        version=version, run=finished, slug="doubled", picture="curve", kind="figure",
        caption="A straight line.", place="Figure 1", source="Crab", ra=83.63, dec=22.01,
    )  # fmt: skip
    rows.FigureFactory(
        version=version, run=finished, paper=judged.paper, slug="tabled", kind="table",
        values_json=VALUES,
    )  # fmt: skip
    judge_run(finished.pk)
    Facet.objects.create(figure=judged, name="source", value="Crab")
    running, failed, waiting = _running(version), _failed(version), _waiting(version)
    rows.FigureFactory(version=version, run=waiting, paper=judged.paper, slug="awaited")
    release = release_run(ReleasableRunFactory()).release
    blocked, lacking = _composed("waiting for inputs"), _composed("failed")
    pages = {
        "home": "/",
        "gallery": "/figures/",
        "chosen figures": "/figures/?source=Crab&verdict=identical&q=twice&sort=newest",
        "no figure": "/figures/?source=nowhere",
        "sky": "/sky",
        "funnel": "/funnel",
        "figure": "/figures/doubled",
        "table": "/figures/tabled",
        "figure that waits for data": "/figures/awaited",
        "papers": "/papers/",
        "paper stated by hand": "/papers/new",
        "paper changed by hand": f"{judged.paper.get_absolute_url()}/edit",
        "no paper": "/papers/?q=nowhere",
        "paper": judged.paper.get_absolute_url(),
        "workflows": "/workflows/",
        "workflow form": version.get_absolute_url(),
        "workflow form with a fault": version.get_absolute_url() + "?energy=900",
        "runs": "/runs/",
        "finished run": finished.get_absolute_url(),
        "running run": running.get_absolute_url(),
        "failed run": failed.get_absolute_url(),
        "run that waits for data": waiting.get_absolute_url(),
        "run that waits for inputs": blocked.get_absolute_url(),
        "run without an input": lacking.get_absolute_url(),
        "runs of one state": "/runs/?state=failed",
        "workflow form with products": f"{blocked.version.get_absolute_url()}?images={'0' * 64}",
        "plan": _plan(blocked.version, 9),
        "plan with a fault": _plan(blocked.version, "many"),
        "plan of nothing": "/runs/plan",
        "releases": "/releases/",
        "release": release.get_absolute_url(),
        "product of a release": _product_of(release),
        "unknown DOI": "/doi/10.5281/zenodo.1",
        "terms": "/terms/",
        "register": "/register",
        "errors": "/docs/errors",
        "unknown page": "/nothing",
        "unknown run": f"/runs/{'0' * 64}",
        "unknown name": f"/names/fill?reprise-workflow={version.workflow.slug}&reprise-source=%20",
    }
    pages |= judged_pages(finished, _picture(), PLOT) | looked_at_pages()
    return Site(live_server.url, pages, running)


@pytest.fixture
def visited(browser, site) -> Callable[..., dict[str, object]]:
    """Shows every page to a question and returns the answers that are not empty."""

    def visit(ask: Callable[[str, Tab], object], **reader: object) -> dict[str, object]:
        answers = {}
        with browser.tab(site.address, **reader) as tab:
            for name, path in site.pages.items():
                tab.open(path)
                answers[name] = ask(name, tab)
        return {name: answer for name, answer in answers.items() if answer}

    return visit


def _product_of(release: Release) -> str:
    output = release.runs.get().outputs.get(name="half")
    return f"{release.get_absolute_url()}/products/{output.product_id}"


def _finished() -> Run:
    now = timezone.now()
    run = rows.RunFactory(
        version__interface_json=INTERFACE, state="finished", started_at=now, ended_at=now,
    )  # fmt: skip
    rows.AttemptFactory(run=run, outcome="finished", log="It printed this.")
    kept = [
        ("total", "output", "total.json", b"40.0", "application/json"),
        ("curve", "output", "curve.png", _picture(), "image/png"),
        ("curve", "plot", "curve.png.plot.json", json.dumps(PLOT).encode(), "application/json"),
        ("rows", "output", "rows.csv", b"year,flux\n2003,2.066\n2004,2.262\n", "text/csv"),
    ]
    for name, role, file, data, kind in kept:
        product = rows.ProductFactory(data=data, media_type=kind)
        rows.OutputFactory(run=run, name=name, role=role, file=file, product=product)
    return run


def _running(version) -> Run:
    now = timezone.now()
    run = rows.RunFactory(
        version=version, state="running", stage="running the notebook", done=1, total=4,
        started_at=now, lease_until=now + timedelta(hours=1),
    )  # fmt: skip
    rows.AttemptFactory(run=run, log="The first line.")
    return run


def _failed(version) -> Run:
    run = rows.RunFactory(
        version=version, state="failed", error_id="executor:user:notebook-raised",
        error="Cell 3, line 1 raised ValueError: no light",
    )  # fmt: skip
    rows.AttemptFactory(run=run, outcome="failed", log="Nothing was seen.")
    return run


def _waiting(version) -> Run:
    return rows.RunFactory(
        version=version, state="waiting for data", error="The file x.fits is not reachable.",
        try_after=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip


def _composed(state: str) -> Run:
    """A mosaic over eight images, one of which failed when the mosaic did."""
    sky = rows.VersionFactory(
        workflow__slug=f"sky-{state[:4]}", title="Sky image", interface_json=SKY, number=1
    )
    version = rows.VersionFactory(
        workflow__slug=f"mosaic-{state[:4]}", title="Mosaic of images", interface_json=MOSAIC,
        number=1,
    )  # fmt: skip
    states = ["finished"] * 5 + ["running", "queued", "failed" if state == "failed" else "queued"]
    sources = [
        rows.RunFactory(version=sky, state=found, typed_json={}, values_json={},
                        error_id="executor:user:raised" if found == "failed" else "",
                        error="Cell 2 raised ValueError: no light" if found == "failed" else "",
                        changed_json=["pointing"])
        for found in states
    ]  # fmt: skip
    value = [{"run": source.address, "output": "sky"} for source in sources]
    typed = {"images": {"type": "product", "value": value}, "catalogue": {"type": "product",
             "value": None}, "scale": {"type": "float", "value": 1.0}}  # fmt: skip
    run = rows.RunFactory(
        version=version, state=state, typed_json=typed, changed_json=["images"],
        values_json={name: form["value"] for name, form in typed.items()},
        error_id="executor:user:input-failed" if state == "failed" else "",
        error="images[7] ← sky: Cell 2 raised ValueError: no light" if state == "failed" else "",
    )  # fmt: skip
    RunInput.objects.bulk_create(
        RunInput(run=run, name="images", position=place, source=source, output="sky")
        for place, source in enumerate(sources)
    )
    return run


def _plan(version, count: object) -> str:
    slug = version.workflow.slug
    sky = {"workflow": slug.replace("mosaic", "sky"), "output": "sky"}
    images = [
        sky | {"parameters": {"pointing": number}}
        for number in range(count if isinstance(count, int) else 1)
    ]
    wanted = {"images": images if isinstance(count, int) else count}
    request = json.dumps({"workflow": slug, "parameters": wanted})
    return f"/runs/plan?{urlencode({'request': request})}"


def _picture() -> bytes:
    """A PNG of 800 x 600 grey pixels (https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data)
        )  # fmt: skip

    head = struct.pack(">IIBBBBB", 800, 600, 8, 0, 0, 0, 0)
    rows_of_grey = zlib.compress((b"\0" + b"\xdd" * 800) * 600)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head) + chunk(b"IDAT", rows_of_grey) + chunk(b"IEND", b"")
    )  # fmt: skip
