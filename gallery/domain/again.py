"""Where a figure is changed and run again: the form of its workflow, filled with its request."""

from collections.abc import Mapping

from catalogue.domain.interface import Value
from catalogue.domain.query import FIGURE, query


def form_address(workflow: str, parameters: Mapping[str, Value], figure: str) -> str:
    """The address of the form with what was published filled in; opening it starts nothing.

    >>> form_address("/workflows/crab/1", {"energy": 20.0}, "crab-flux")
    '/workflows/crab/1?energy=20.0&reprise-figure=crab-flux#run'
    """
    return f"{workflow}?{query({**parameters, FIGURE: figure})}#run"
