"""Plots made by apps above, as the item that a browser draws."""

from typing import Any

from executor.domain.plot import Plot


def interactive(plot: Plot) -> dict[str, Any]:
    """A plot as the JSON item that ``plots.js`` draws."""
    from executor.adapters.bokeh_plot import to_bokeh  # noqa: PLC0415 -- Bokeh takes 1 s to import

    return to_bokeh(plot)
