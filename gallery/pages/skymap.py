"""The sky map of the figures that a reader chose."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.domain import skymap
from gallery.domain.facets import NOT_JUDGED
from gallery.domain.tiles import Light, rank
from gallery.models import Figure
from gallery.pages.choosing import choice_in
from gallery.pages.search import chosen_context
from gallery.queries import in_order

MARKS_AT_MOST = 2000
SHOWN = ("slug", "title", "source", "ra", "dec", "verdict")
SHAPES = {
    "identical": "circle", "within tolerance": "circle", "same data drawn differently": "diamond",
    "different": "cross", "failed": "cross",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark with the figures that stand there; ``verdict`` is the worst of theirs."""

    mark: skymap.Mark
    figures: list[Figure]
    verdict: str
    name: str
    href: str

    @property
    def shape(self) -> str:
        """How its verdict is drawn: ``circle``, ``diamond``, ``cross`` or ``square``."""
        return SHAPES.get(self.verdict, "square")

    @property
    def words(self) -> str:
        """The mark in words, for its title."""
        count = len(self.figures)
        more = f"{count} figures, the worst {self.verdict}" if count > 1 else self.verdict
        return f"{self.name}: {more}"


@require_safe
def sky(request: HttpRequest) -> HttpResponse:
    """The chosen figures where their sources stand in the sky."""
    choice = choice_in(request)
    lights = in_order(choice)
    placed = _placed(lights)
    shown = sum(len(item.figures) for item in placed)
    context = {
        "placed": placed,
        "width": skymap.WIDTH,
        "height": skymap.HEIGHT,
        "meridians": skymap.meridians(),
        "parallels": skymap.parallels(),
        "plane": skymap.galactic_plane(),
        "centre": skymap.projected(*skymap.galactic(0, 0)),
        "labels": skymap.labels(),
        "elsewhere": len(lights) - shown,
    }
    return render(request, "gallery/sky.html", context | chosen_context(choice, lights))


def _placed(lights: list[Light]) -> list[Placed]:
    """A mark for each place where some of the figures stand."""
    with_place = Figure.objects.exclude(ra=None).exclude(dec=None).only(*SHOWN)
    wanted = {light.pk for light in lights}
    found = {figure.pk: figure for figure in with_place if figure.pk in wanted}
    marks = skymap.marks((pk, figure.ra, figure.dec) for pk, figure in found.items())
    marks = marks[:MARKS_AT_MOST]
    return [_with_figures(number, mark, found) for number, mark in enumerate(marks, 1)]


def _with_figures(number: int, mark: skymap.Mark, found: Mapping[int, Figure]) -> Placed:
    figures = [found[pk] for pk in mark.pks]
    verdicts = [figure.verdict or NOT_JUDGED for figure in figures]
    name = figures[0].source or figures[0].title
    href = figures[0].get_absolute_url() if len(figures) == 1 else f"#at-{number}"
    return Placed(mark, figures, max(verdicts, key=rank), name, href)
