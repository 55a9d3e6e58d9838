"""Several products, of one messenger or many, on one axis of time or energy."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.models import VersionTerm
from executor.actions.looking import asked_well, open_product, product_to_look_at
from executor.domain.plot import Plot
from executor.domain.tables import question
from executor.domain.tables.blending import (
    AXES,
    LAYOUTS,
    PARTS_AT_MOST,
    Blend,
    Part,
    Source,
    blend,
    blend_question,
)
from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.messengers import messenger
from executor.domain.tables.opened import Opened
from executor.domain.tables.question import STYLES, Lists
from executor.domain.tables.roles import roles
from executor.domain.tables.times import SHOWN_SCALES
from executor.errors import BadTableQuestionError
from executor.models import Product, Run
from executor.pages.pictures import FOR_A_DAY, described, form_named, pictured, tag_of, unchanged
from executor.pages.tables_shown import lists_of
from executor.queries import answers, listed_runs, run_that_made
from lib.problem import ProblemError

TABLES = (".fits", ".fit", ".fts", ".ecsv", ".csv", ".vot", ".xml", ".gz", ".txt", ".dat")
OFFERED_AT_MOST = 60
NEWEST_RUNS = 20
SHOWN_OF_AN_ADDRESS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the blend as its page shows it; ``fault`` says why it is not drawn."""

    part: Part
    product: Product | None
    run: Run | None
    messenger: str
    columns: list[str]
    fault: str = ""

    @property
    def title(self) -> str:
        """The words of its panel: what it is, which run made it, what carried it."""
        made = f"run {self.run.address[:SHOWN_OF_AN_ADDRESS]}" if self.run else "uploaded or given"
        name = self.part.label or self.part.name or self.part.digest[:SHOWN_OF_AN_ADDRESS]
        return " · ".join(filter(None, [name, made, self.messenger]))

    @property
    def table(self) -> str:
        """Where its table is."""
        hdu = [("hdu", str(self.part.hdu))] if self.part.hdu is not None else []
        return f"/products/{self.part.digest}/table?{urlencode([('name', self.part.name), *hdu])}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that can be added."""

    value: str
    text: str


@require_safe
def blend_page(request: HttpRequest) -> HttpResponse:
    """Up to eight products on one axis; the whole state is in the address.

    ``?p=<digest>:<file>:<x>:<y>[:<label>]`` names each. The form's own fields (``file``, ``x``, …)
    are led to such an address.
    """
    query = lists_of(request)
    fault, status = "", 200
    try:
        asked = blend_question(_joined(query))
    except BadQuestionError as error:
        asked, fault, status = Blend(()), str(error), 400
    rows = [_row(part)[0] for part in asked.parts]
    drawn = bool(asked.parts) and not any(row.fault for row in rows)
    if drawn:
        try:
            _plot(asked)
        except ProblemError as error:
            drawn, fault, status = False, error.detail, error.status
    context = {
        "asked": asked, "rows": rows, "fault": fault, "axes": AXES, "layouts": LAYOUTS,
        "scales": SHOWN_SCALES, "styles": STYLES, "most": PARTS_AT_MOST, "drawn": drawn,
        "query": urlencode(_pairs(asked)), "offers": _offers(query),
        "forms": ("png", "svg", "pdf", "csv"),
    }  # fmt: skip
    return render(request, "executor/blend.html", context, status=status)


@require_safe
def blend_plot(request: HttpRequest) -> HttpResponse:
    """The plot of a blend: ``?form=`` bokeh (the default), view, png, svg, pdf or csv.

    Raises:
        BadTableQuestionError: the blend cannot be understood.
    """
    query = lists_of(request)
    form = form_named(question.one(query, "form") or "bokeh")
    with asked_well("The blend"):
        asked = blend_question(query)
    for part in asked.parts:
        product_to_look_at(part.digest)
    tag = tag_of("blend", request.META.get("QUERY_STRING", ""))
    known = unchanged(request, tag, FOR_A_DAY)
    if known:
        return known
    return described(pictured(_plot(asked), form, f"blend on {asked.axis}"), tag, FOR_A_DAY)


def _plot(asked: Blend) -> Plot:
    sources = []
    for part in asked.parts:
        row, source = _row(part)
        if source is None:
            raise BadTableQuestionError(row.fault)
        sources.append(source)
    with asked_well("The blend"):
        return blend(sources, asked)


def _row(part: Part) -> tuple[Row, Source | None]:
    try:
        product = product_to_look_at(part.digest)
        opened = open_product(product, part.name, part.hdu)
    except ProblemError as error:
        return Row(part, None, None, "", [], error.detail), None
    run = run_that_made(product)
    terms = (
        VersionTerm.objects.filter(version=run.version).values_list("term", flat=True)
        if run
        else ()
    )
    columns = [item.name for item in opened.info.columns
               if item.is_numeric or item.kind == "text"]  # fmt: skip
    found = _filled(part, opened)
    row = Row(found, product, run, messenger(opened.info.keys, terms), columns)
    return row, Source(found, opened, row.title)


def _filled(part: Part, opened: Opened) -> Part:
    """The part with columns that fit where none are named."""
    if part.x and part.y:
        return part
    known = roles(opened.info)
    return Part(part.digest, part.file, part.x or known.x, part.y or known.y, part.label)


def _joined(query: Lists) -> dict[str, list[str]]:
    """The query with the fields of the form, one of each for a product, joined to parts."""
    found = {key: list(values) for key, values in query.items()}
    names = ("digest", "file", "x", "y", "label")
    fields = [found.pop(name, []) for name in names]
    parts = []
    for place, digest in enumerate(fields[0]):
        pieces = [field[place] if place < len(field) else "" for field in fields]
        if digest.strip():
            parts.append(Part(*(piece.strip() for piece in pieces)).text)
    found["p"] = [*found.get("p", []), *parts, *(one for one in found.pop("add", []) if one)]
    return found


def _pairs(asked: Blend) -> list[tuple[str, str]]:
    """The blend as the query of its address."""
    flags = {True: "yes", False: "no", None: ""}
    known = [
        ("axis", asked.axis), ("t0", asked.t0), ("xunit", asked.xunit), ("scale", asked.scale),
        ("layout", asked.layout), ("style", asked.style), ("xlog", flags[asked.xlog]),
        ("ylog", flags[asked.ylog]), ("from", _number(asked.start)), ("to", _number(asked.stop)),
    ]  # fmt: skip
    plain = {"axis": "time", "scale": "utc", "layout": "panels", "style": "auto"}
    pairs = [("p", part.text) for part in asked.parts]
    return pairs + [(key, text) for key, text in known if text and plain.get(key) != text]


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _offers(query: Lists) -> list[Offer]:
    """Tables of the run that is asked for (``run=``), or of the newest runs."""
    address = question.one(query, "run")
    runs = answers().filter(address=address.lower()) if address else listed_runs()
    return _tables(list(runs.filter(outputs__isnull=False).distinct()[:NEWEST_RUNS]))


def _tables(runs: Sequence[Run]) -> list[Offer]:
    offers: dict[str, Offer] = {}
    for run in runs:
        for output in run.outputs.all():
            if output.role == "output" and output.file.lower().endswith(TABLES):
                part = Part(output.product_id, output.file, "", "")
                text = (
                    f"{output.name} ({output.file}) of {run.version.title}, run {run.address[:8]}"
                )
                offers.setdefault(output.product_id, Offer(part.text, text))
    return list(offers.values())[:OFFERED_AT_MOST]
