"""What a draft or a frozen release shows, as a small picture beside its form."""

from typing import Any

from lib import highlights
from publishing.domain.shown import figure_from_json
from publishing.models import Release
from publishing.pages.shown import first_picture, show_figures, split


def glimpse(release: Release) -> dict[str, Any]:
    """What ``publishing/_glimpse.html`` takes: a figure with its verdict, or else a picture.

    Of a draft it is how the figure stands now, of a frozen release how it stood then.
    """
    runs = list(release.runs.prefetch_related("outputs__product"))
    told = highlights.of_runs([run.address for run in runs]) if release.frozen_at is None else []
    figures = show_figures(release.shown or tuple(map(figure_from_json, told)), runs)
    whole, _listed = split(figures)
    seen = next((item for item in whole if item.picture), None)
    output = None if seen else first_picture(runs)
    return {
        "glimpse": seen, "others": len(figures) - 1 if seen else 0,
        "picture": output.product.get_absolute_url() if output else "",
    }  # fmt: skip
