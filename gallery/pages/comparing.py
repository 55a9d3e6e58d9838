"""Two runs side by side: the page, its plots, and the difference of two pictures."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from executor.actions.plotting import interactive
from executor.domain.plot_json import plot_csv
from executor.domain.plot_svg import plot_svg
from executor.errors import UnknownProductError
from executor.models import Run
from executor.queries import is_kept, output_named, run_at
from gallery.actions.comparing import overlay_of, side_by_side
from gallery.actions.sides import Pair, SideBySide
from gallery.domain.sidebyside import NotSubtractedError, NumberRow, subtracted
from gallery.models import Figure
from lib import digest
from ontology.domain.units import printed

ADDRESS = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
OTHERS_SHOWN = 12
DRAWING = "1"  # raise it when the same two runs are drawn or compared differently
KEPT_SECONDS = 24 * 3600
KEPT_AT_MOST = 1_000_000
PICTURES_AT_MOST = 8
PIXELS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
# Whatever stands in a picture, it gets no script, no frame and no request.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
FOR_A_DAY = "public, max-age=86400"
BESIDE = ("published", "mine")


@dataclass(frozen=True, slots=True)
class Shown:
    """A number of both, every cell as text; empty where nothing is known."""

    label: str
    unit: str
    published: str
    mine: str
    difference: str
    sigmas: str
    relative: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of both: where its overlay, its difference and the two pictures are."""

    pair: Pair
    overlay: str
    view: str
    numbers: str
    subtracted: str

    @property
    def furthest(self) -> str:
        """The largest residual in published errors, in words; empty without errors."""
        most = self.pair.overlay.furthest if self.pair.overlay else None
        return f"{most:.3g} {SIGMA}" if most is not None else ""


@require_safe
def choose(request: HttpRequest, address: str) -> HttpResponse:
    """Choose the run to compare with: ``?with=`` takes an address, or a text that has one."""
    run = run_at(address)
    text = f"{request.GET.get('with', '')[:500]} {request.GET.get('chosen', '')[:100]}"
    found = ADDRESS.search(text)
    if found:
        return redirect(f"{run.get_absolute_url()}/compare/{found[0].lower()}")
    fault = "No address stands in that: it has 64 digits and letters from a to f."
    context = {"run": run, "others": others_of(run), "fault": fault if text.strip() else ""}
    return render(
        request, "gallery/compare_choose.html", context, status=400 if context["fault"] else 200
    )


@require_safe
def compare(request: HttpRequest, address: str, other: str) -> HttpResponse:
    """Two runs side by side: what was asked, numbers, pictures, tables and files.

    ``?figure=`` names the figure whose run the other is; its printed values are then compared too.
    """
    mine, published = run_at(address), run_at(other)
    figure = _figure(request, published)
    names = BESIDE if figure else names_of(mine, published)
    known = side_by_side(mine, published, names, figure=figure)
    context = {
        "mine": mine, "published": published, "figure": figure, "names": names, "known": known,
        "others": others_of(mine), "is_other_workflow":
        mine.version.workflow_id != published.version.workflow_id,
    }  # fmt: skip
    return render(request, "gallery/compare.html", context | shown(known, mine, published, names))


@require_safe
def overlay(request: HttpRequest, address: str, other: str, name: str) -> HttpResponse:
    """Both plots of an output over one another: ``?form=`` bokeh (the default), view or csv.

    Raises:
        UnknownRunError: one of the runs is not there.
        UnknownProductError: not both keep plotted numbers that can be overlaid.
    """
    mine, published = run_at(address), run_at(other)
    names = BESIDE if request.GET.get("as") == "published" else names_of(mine, published)
    form = request.GET.get("form", "bokeh")
    plots = [output_named(run, name, "plot") for run in (published, mine)]
    digests = [item.product_id for item in plots if item]
    key = f"overlay:{digest.of_value([DRAWING, form, *names, *digests])}"
    text: str | None = cache.get(key)
    if text is None:
        text = _drawn(mine, published, name, names, form)
        if len(text) <= KEPT_AT_MOST:
            cache.set(key, text, KEPT_SECONDS)
    kind = {"view": "image/svg+xml", "csv": "text/csv; charset=utf-8"}.get(form, "application/json")
    answer = HttpResponse(text, content_type=kind)
    if form == "csv":
        answer["Content-Disposition"] = 'attachment; filename="overlay.csv"'
    return _kept(answer)


@require_safe
def difference(_request: HttpRequest, address: str, other: str, name: str) -> HttpResponse:
    """Where two pictures of an output differ, as a PNG.

    Raises:
        UnknownRunError: one of the runs is not there.
        UnknownProductError: there are no two pictures that can be subtracted.
    """
    outputs = [output_named(run_at(one), name) for one in (other, address)]
    kept = [item.product for item in outputs if item and is_kept(item.product)]
    if len(kept) < len(outputs):
        raise UnknownProductError(f"Not both runs keep a picture {name[:100]!r}.")
    key = f"subtracted:{digest.of_value([DRAWING, *(item.digest for item in kept)])}"
    data: bytes | None = cache.get(key)
    if data is None:
        try:
            data = subtracted(*(item.read() for item in kept))
        except (NotSubtractedError, OSError) as error:
            raise UnknownProductError(f"The two pictures are not subtracted: {error}.") from None
        if len(data) <= KEPT_AT_MOST:
            cache.set(key, data, KEPT_SECONDS)
    return _kept(HttpResponse(data, content_type="image/png"))


def shown(known: SideBySide, mine: Run, published: Run, names: tuple[str, str]) -> dict[str, Any]:
    """What the parts of a page that show two runs need."""
    base = f"{mine.get_absolute_url()}/compare/{published.address}"
    as_published = {"as": "published"} if names == BESIDE else {}
    return {
        "rows": [row_of(item) for item in known.changed],
        "same_count": known.same_count,
        "changes": known.changes,
        "names": names,
        "pictures": [_picture(pair, base, as_published) for pair in known.pictures][
            :PICTURES_AT_MOST
        ],
    }


def row_of(row: NumberRow) -> Shown:
    """A number of both as text."""
    error = f" ± {row.error:.4g}" if row.error and not row.is_lent else ""
    return Shown(
        row.label, printed(row.unit), f"{_text(row.published)}{error}", _text(row.mine),
        _signed(row.difference, ".4g"), f"{_signed(row.sigmas, '.3g')} {SIGMA}".strip()
        if row.sigmas is not None else "",
        f"{_signed(100 * row.relative, '.3g')} %" if row.relative is not None else "", row.note,
    )  # fmt: skip


def names_of(mine: Run, published: Run) -> tuple[str, str]:
    """What two runs are called beside one another: the other run first."""
    return f"run {published.address[:8]}", f"run {mine.address[:8]}"


def others_of(run: Run) -> list[Run]:
    """The newest finished runs of the workflow beside this one."""
    found = Run.objects.filter(
        version__workflow=run.version.workflow_id, state=Run.States.FINISHED
    ).exclude(pk=run.pk)
    return list(found.select_related("version__workflow")[:OTHERS_SHOWN])


def _figure(request: HttpRequest, published: Run) -> Figure | None:
    """The figure that the address names, when the other run is its own."""
    slug = request.GET.get("figure", "")[:80]
    known = Figure.objects.select_related("paper").filter(run=published)
    return known.filter(slug=slug).first() if slug and slug.isprintable() else None


def _picture(pair: Pair, base: str, more: Mapping[str, str]) -> Picture:
    name = quote(pair.name, safe="")
    if pair.overlay:
        item, view, numbers = (
            f"{base}/plots/{name}?{urlencode({**more, 'form': form})}"
            for form in ("bokeh", "view", "csv")
        )
        return Picture(pair, item, view, numbers, "")
    pixels = {one.product.media_type for one in (pair.published, pair.mine)} <= PIXELS
    differ = pixels and not pair.is_same
    return Picture(pair, "", "", "", f"{base}/difference/{name}" if differ else "")


def _drawn(mine: Run, published: Run, name: str, names: tuple[str, str], form: str) -> str:
    found, why = overlay_of(published, mine, name, names)
    if found is None:
        raise UnknownProductError(f"Nothing is overlaid for {name[:100]!r}. {why}")
    if form == "view":
        return plot_svg(found.plot, f"{names[0]} and {names[1]}: {name}")
    if form == "csv":
        return plot_csv(found.plot)
    return json.dumps(interactive(found.plot), allow_nan=False)


def _kept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = FOR_A_DAY
    answer["Content-Security-Policy"] = HARMLESS
    return answer


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)[:80]


def _signed(number: float | None, form: str) -> str:
    if number is None:
        return ""
    text = f"{number:+{form}}"
    return "0" if not text.strip("+-0.") else text.replace("-", "\N{MINUS SIGN}")
