"""What a draft says before anybody wrote a word: taken from what the catalogue already knows."""

from collections.abc import Sequence

from executor.models import Run
from publishing.domain.licences import licence_spelled
from publishing.domain.orcid import contributor_of
from publishing.domain.record import Licences, Record
from publishing.domain.shown import ShownFigure
from publishing.queries.gathering import gathered

TITLE_AT_MOST = 300


def prefilled(runs: Sequence[Run], shown: Sequence[ShownFigure]) -> Record:
    """The record of a draft of these runs, which stand for these figures."""
    version = runs[0].version
    about = version.about
    licence = licence_spelled(about.licence) or about.licence
    return Record(
        title=title_of(shown, version.title),
        description=about.abstract or next((item.caption for item in shown if item.caption), ""),
        contributors=tuple(contributor_of(person) for person in about.people),
        licence=licence[:200],
        licences=Licences(code=licence[:200]),
        keywords=about.keywords,
        related=tuple(gathered(runs, shown)),
    )


def title_of(shown: Sequence[ShownFigure], otherwise: str) -> str:
    """The title of the one figure with its paper; of several of one paper, the paper's."""
    papers = {item.paper.short: item.paper for item in shown}
    if len(shown) == 1:
        figure = shown[0]
        place = f", {figure.place}" if figure.place else ""
        text = f"{figure.title} ({figure.paper.short}{place}), run again"
    elif len(papers) == 1:
        (short,) = papers
        text = f"{len(shown)} results of {short}, run again: {otherwise}"
    else:
        text = otherwise
    return " ".join(text.split())[:TITLE_AT_MOST]
