"""The report as one HTML file that needs nothing else: no scripts, no other files, no requests."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from config.author.exits import exit_code
from config.author.report.shape import Figure, Item, Report
from config.author.report.text import HEAD, OUTCOMES, seconds_text

STYLE = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
COLOURS = {
    "identical": "good", "within tolerance": "near", "same data drawn differently": "drawn",
    "not comparable": "unsure", "different": "bad", "failed": "bad",
}  # fmt: skip
TEXT_AT_MOST = 2000
FIGURES_AT_MOST = 400
"""Of which the two sides are shown; the table has all."""


def written(report: Report, pictures: Mapping[str, str], *, strict: bool) -> str:
    """The report as a page."""
    return "\n".join(_page(report, pictures, exit_code(report, strict=strict))) + "\n"


def _page(report: Report, pictures: Mapping[str, str], code: int) -> Iterator[str]:
    title = f"{report['title'] or report['workflow']}: {OUTCOMES.get(code, '')}"
    yield '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_said(title)}</title>\n<style>\n{STYLE.read_text()}</style>\n</head>\n<body>"
    yield from _head(report, code)
    yield from _overview(report)
    yield from _problems(report)
    for number, figure in enumerate(report["figures"][:FIGURES_AT_MOST]):
        yield from _figure(figure, pictures, number)
    yield from _findings(report)
    yield "</body>\n</html>"


def _head(report: Report, code: int) -> Iterator[str]:
    yield f"<h1>{_said(report['title'] or report['workflow'])}</h1>"
    if report["paper"]:
        yield f"<p>Judged against <cite>{_said(report['paper'])}</cite>.</p>"
    colour = "good" if code == 0 else "bad" if code == 1 else "unsure"
    yield f'<p class="verdict {colour}">{_said(OUTCOMES.get(code, ""))}</p>'
    commit = f" at commit {report['commit'][:12]}" if report["commit"] else ""
    yield (
        f'<p class="soft">{_said(report["source"] + commit)}; checked {_said(report["made_at"])} '
        f"in {report['seconds']:.1f} s with Reprise {_said(report['reprise'])}, "
        f"Python {_said(report['python'])}. {_said(report['isolation'])}</p>"
    )


def _overview(report: Report) -> Iterator[str]:
    if not report["figures"]:
        return
    yield '<div class="wide"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in HEAD) + "</tr></thead>\n<tbody>"
    for number, figure in enumerate(report["figures"]):
        yield from _rows(figure, number)
    yield "</tbody>\n</table></div>"


def _rows(figure: Figure, number: int) -> Iterator[str]:
    link = f"#f{number}"
    if not figure["items"]:
        said = _verdict(figure["verdict"] or "not judged")
        yield _row(link, figure["slug"], ("", "", ""), said, seconds_text(figure))
    for place, item in enumerate(figure["items"]):
        told = (item["published"], item["got"], item["deviation"])
        took = "" if place else seconds_text(figure)
        yield _row(
            link, f"{figure['slug']}: {item['label']}", told, _verdict(item["verdict"]), took
        )


def _row(link: str, what: str, told: tuple[str, ...], verdict: str, took: str) -> str:
    cells = (*map(_said, told), verdict, _said(took))
    named = zip(HEAD[1:], cells, strict=True)
    row = "".join(f'<td data-name="{name}">{cell}</td>' for name, cell in named)
    return f'<tr><td><a href="{link}">{_said(what)}</a></td>{row}</tr>'


def _verdict(name: str) -> str:
    return f'<span class="verdict {COLOURS.get(name, "unsure")}">{_said(name)}</span>'


def _problems(report: Report) -> Iterator[str]:
    for problem in report["problems"]:
        yield f'<p class="verdict unsure">{_said(problem["sentence"])}</p>'


def _figure(figure: Figure, pictures: Mapping[str, str], number: int) -> Iterator[str]:
    yield f'<section>\n<h2 id="f{number}">{_said(figure["title"])}</h2>'
    place = f"{figure['place']} · " if figure["place"] else ""
    yield f'<p class="soft">{_said(place + figure["slug"])}</p>'
    yield f"<p>{_verdict(figure['verdict'] or 'not judged')} {_said(figure['sentence'])}</p>"
    yield '<div class="sides">'
    yield from _side(figure, pictures, "published", "Published")
    yield from _side(figure, pictures, "got", "Re-run")
    yield "</div>"
    if figure["run"] and figure["run"]["log"]:
        yield f"<pre>{_said(figure['run']['log'], 4000)}</pre>"
    yield "</section>"


def _side(figure: Figure, pictures: Mapping[str, str], side: str, name: str) -> Iterator[str]:
    yield f"<figure><figcaption>{name}</figcaption>"
    address = pictures.get(f"{figure['slug']}/{side}", "")
    if address.startswith("data:image/"):
        words = (
            f"{figure['title']}, {'as published' if side == 'published' else 'drawn by the re-run'}"
        )
        yield f'<img src="{_said(address, len(address))}" alt="{_said(words)}">'
    if side == "published" and address and figure["picture_licence"]:
        yield f'<p class="soft">{_said(figure["picture_licence"])}</p>'
    yield from _numbers(figure["items"], side)
    yield "</figure>"


def _numbers(items: list[Item], side: str) -> Iterator[str]:
    told = [
        (item["label"], item["published"] if side == "published" else item["got"]) for item in items
    ]
    if not told:
        yield '<p class="soft">nothing to show</p>'
        return
    yield "<dl>"
    for label, value in told:
        yield f"<dt>{_said(label)}</dt><dd>{_said(value) or 'nothing'}</dd>"
    yield "</dl>"


def _findings(report: Report) -> Iterator[str]:
    if not report["findings"]:
        return
    yield "<section>\n<h2>Findings</h2>\n<ul>"
    for item in report["findings"]:
        told = f"{item['place']}: {item['what']} {item['mend']}".strip()
        yield f"<li><strong>{_said(item['severity'])}</strong> {_said(told)}</li>"
    yield "</ul>\n</section>"


def _said(text: str, most: int = TEXT_AT_MOST) -> str:
    """A stranger's text, cut, with everything escaped that could be more than text."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    plain = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in cut)
    return escape(plain)
