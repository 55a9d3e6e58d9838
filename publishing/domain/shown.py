"""The figures that a release stands for, and how their re-runs were judged.

Figures belong to the gallery, which lies above. It tells of them through :mod:`lib.highlights`;
a release writes down what it was told when it is frozen, so that crate, landing page and
metadata say the same for ever.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A published value and what the re-run found, as the figure page words them."""

    label: str
    published: str
    found: str
    unit: str = ""
    outcome: str = ""  # such as "within tolerance"


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """The paper of a figure."""

    title: str
    short: str
    doi: str = ""
    arxiv: str = ""
    bibcode: str = ""
    url: str = ""  # its page here


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure of a paper.

    Attributes:
        run: address of the run it is tied to.
        picture: name of the output that is its picture; empty for none.
        verdict: one of the verdicts of DESIGN section 3.7; empty when nobody judged it yet.
        words: the verdict as a sentence with its counts.
        checked: ISO date and time of the check; empty before.
        doi: of the figure itself; empty when it has none.
    """

    run: str
    slug: str
    title: str
    url: str
    paper: ShownPaper
    place: str = ""
    caption: str = ""
    picture: str = ""
    doi: str = ""
    verdict: str = ""
    words: str = ""
    checked: str = ""
    values: tuple[ShownValue, ...] = ()


def figure_to_json(figure: ShownFigure) -> dict[str, Any]:
    """The figure as JSON."""
    return asdict(figure)


def figure_from_json(content: Mapping[str, Any]) -> ShownFigure:
    """The figure that :func:`figure_to_json` wrote."""
    known = dict(content)
    known["paper"] = ShownPaper(**known["paper"])
    known["values"] = tuple(ShownValue(**item) for item in known["values"])
    return ShownFigure(**known)
