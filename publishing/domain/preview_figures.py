"""Figures and verdicts on the preview of a crate."""

from collections.abc import Mapping
from html import escape

from publishing.domain.preview_html import doi_link, link, table, text
from publishing.domain.shown import ShownFigure, ShownValue
from publishing.domain.verdicts import paper_address

GOOD = ("identical", "within tolerance", "same data drawn differently")
PICTURES_AT_MOST = 3


def figures_of(
    figures: tuple[ShownFigure, ...], pictures: Mapping[tuple[str, str], str], title: str
) -> str:
    """What a crate stands for: its figures, or else the first pictures that its runs made."""
    if figures:
        return "\n".join(_figure(pictures, item) for item in figures)
    found = [path for path in dict.fromkeys(pictures.values()) if _is_picture(path)]
    return "\n".join(f"<figure>{_image(path, title)}</figure>" for path in found[:PICTURES_AT_MOST])


def _is_picture(path: str) -> bool:
    return path.lower().endswith((".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp"))


def _image(path: str, words: str) -> str:
    return f'<img src="{escape(path)}" alt="{text(words)}">'


def _figure(pictures: Mapping[tuple[str, str], str], figure: ShownFigure) -> str:
    path = pictures.get((figure.run, figure.picture), "")
    paper = link(paper_address(figure.paper), figure.paper.short or figure.paper.title)
    place = f" {text(figure.place)}" if figure.place else ""
    image = _image(path, figure.title or figure.place) if _is_picture(path) else ""
    caption = f"<p>{text(figure.caption)}</p>" if figure.caption else ""
    doi = f"<p>DOI of the figure: {doi_link(figure.doi)}</p>" if figure.doi else ""
    return (
        f"<section>\n<h2>{text(figure.title or figure.place)}</h2>\n<figure>{image}"
        f"<figcaption>{paper}{place}{caption}{doi}</figcaption></figure>\n"
        f"{_verdict(figure)}</section>"
    )


def _verdict(figure: ShownFigure) -> str:
    if not figure.verdict:
        return '<p class="verdict">Nobody has judged a re-run of it yet.</p>\n'
    kind = "good" if figure.verdict in GOOD else "bad"
    day = f" Checked on {text(figure.checked[:10])}." if figure.checked else ""
    told = f" {text(figure.words)}" if figure.words else ""
    return (
        f'<p class="verdict {kind}"><strong>Verdict: {text(figure.verdict)}.</strong>{told}'
        f"{day}</p>\n{_values(figure.values)}"
    )


def _values(values: tuple[ShownValue, ...]) -> str:
    if not values:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{text(item.label)}</th><td>{text(item.published)}</td>'
        f"<td>{text(item.found)}</td><td>{text(item.unit)}</td><td>{text(item.outcome)}</td>"
        "</tr>\n"
        for item in values
    )
    head = ("Value", "Published", "Found again", "Unit", "Outcome")
    return f"{table(head, rows)}\n"
