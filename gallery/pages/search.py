"""The gallery: the figures that a reader chose, as pictures, page by page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.domain.facets import Choice
from gallery.domain.tiles import Light, tally_of, tiles
from gallery.models import Figure
from gallery.pages.cards import progress, tiled
from gallery.pages.choosing import choice_in, menus, orders, removable
from gallery.queries import in_order

PAGE = 16  # opens with less than 200 kB; pictures farther down come when they are near


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The chosen figures as pictures, each with its verdict."""
    choice = choice_in(request)
    lights = in_order(choice)
    page = Paginator(tiles(lights, apart=bool(choice.table)), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "cards": tiled(list(page.object_list)),
        "page": page,
        "back": choice.query(page.number - 1),
        "on": choice.query(page.number + 1),
        "orders": orders(choice),
        "progress": progress(Figure.objects.all()),
    }
    return render(request, "gallery/gallery.html", context | chosen_context(choice, lights))


def chosen_context(choice: Choice, lights: list[Light]) -> dict[str, Any]:
    """What the pages that show a choice of figures have in common."""
    return {
        "choice": choice,
        "query": choice.query(),
        "menus": menus(choice),
        "removable": removable(choice),
        "tally": tally_of(light.verdict for light in lights),
        "total": len(lights),
    }
