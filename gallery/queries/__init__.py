"""Reads of the gallery that more than one caller needs."""

from gallery.queries.choice import (
    PENDING,
    chosen,
    facet_counts,
    in_order,
    lights,
    pending,
    runs_of_workflows,
    tally,
)
from gallery.queries.funnel import tracks
from gallery.queries.holding import held
from gallery.queries.lookup import (
    figure_named,
    figures,
    figures_at,
    figures_of_run,
    first_figures,
    paper_named,
    papers,
    picture,
    unjudged,
)
from gallery.queries.measured import finder

__all__ = [
    "PENDING",
    "chosen",
    "facet_counts",
    "figure_named",
    "figures",
    "figures_at",
    "figures_of_run",
    "finder",
    "first_figures",
    "held",
    "in_order",
    "lights",
    "paper_named",
    "papers",
    "pending",
    "picture",
    "runs_of_workflows",
    "tally",
    "tracks",
    "unjudged",
]
