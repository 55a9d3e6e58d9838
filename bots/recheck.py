"""The bot that keeps verdicts fresh: it asks for the run of every figure that has no verdict.

A figure has no verdict when its workflow has a new version, when its data was out of reach, or
when the platform failed; a verdict that stands is not asked for again, because the same address
gives the same answer.
"""

from collections.abc import Iterable

from gallery import actions
from gallery.models import Figure
from gallery.queries import unjudged
from lib.problem import ProblemError


def plan() -> list[Figure]:
    """The figures whose current version has no verdict."""
    return list(unjudged())


def act(chosen: Iterable[Figure]) -> list[str]:
    """Ask for their runs; returns a line for each, also for those that were refused."""
    return [_ask(figure) for figure in chosen]


def _ask(figure: Figure) -> str:
    try:
        run = actions.check_figure(figure)
    except ProblemError as error:
        return f"{figure.slug}: {error.detail}"
    return f"{figure.slug}: {run.state}"
