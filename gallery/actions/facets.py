"""Facets that are not stated by anybody: what a figure's run costs."""

from executor.models import Run
from gallery.domain.facets import COST, cost_of
from gallery.models import Facet, Figure


def note_cost(figure: Figure, run: Run) -> None:
    """Write down what a figure's run took, as readers choose by it; nothing while it is unknown."""
    if run.seconds is None:
        return
    value = cost_of(run.seconds)
    Facet.objects.filter(figure=figure, name=COST).exclude(value=value).delete()
    Facet.objects.get_or_create(figure=figure, name=COST, value=value)
