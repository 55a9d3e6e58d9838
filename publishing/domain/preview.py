"""The page ``ro-crate-preview.html``: a crate as a person would read it, with no service at all.

It is one file without scripts or anything from elsewhere; every word of a stranger is escaped and
every address is checked before it becomes a link. The same facts give the same bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from publishing.domain.credits import Somebody, licence_address, orcid_of
from publishing.domain.layout import Member, identifier
from publishing.domain.preview_figures import figures_of
from publishing.domain.preview_html import doi_link, link, table, text
from publishing.domain.preview_style import STYLE
from publishing.domain.record import AUTHOR, Contributor, Funding, Related
from publishing.domain.shown import ShownFigure
from publishing.domain.stated import address_of

FILES_SHOWN = 300
RUNS_SHOWN = 20
UNITS = ("bytes", "kB", "MB", "GB", "TB")
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run: its address, what was asked as (name, value, unit), and when it ended."""

    address: str
    what: str
    values: tuple[tuple[str, str, str], ...]
    ended: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says.

    Attributes:
        title: one line.
        description: paragraphs of plain text.
        people: authors first.
        doi: of the release; empty when there is none.
        concept: DOI of all versions.
        published: the day, as ISO date.
        version: such as ``version 2``; empty when there is none.
        landing: address of its page at the service.
        licences: (what of it, licence).
        figures: what it stands for, with verdicts.
        pictures: (run, output) → path of the picture in the crate.
        runs: those told of.
        more_runs: how many more there are.
        command: what runs it again.
        needs: what that needs, in words.
        related: other works.
        funding: who paid.
        closed: in words until when the files are closed; empty when they are open.
        files: all files but this one.
    """

    title: str
    description: str
    people: tuple[Somebody, ...]
    doi: str
    concept: str
    published: str
    version: str
    landing: str
    licences: tuple[tuple[str, str], ...]
    figures: tuple[ShownFigure, ...]
    pictures: dict[tuple[str, str], str]
    runs: tuple[ToldRun, ...]
    more_runs: int
    command: str
    needs: str
    related: tuple[Related, ...]
    funding: tuple[Funding, ...]
    closed: str
    files: tuple[Member, ...]


def preview(page: Page) -> bytes:
    """The page as UTF-8."""
    shown = figures_of(page.figures, page.pictures, page.title)
    rest = (_again(page), _runs(page), _files(page), _related(page), _cite(page))
    parts = [_head(page), shown, *rest]
    body = "\n".join(part for part in parts if part)
    whole = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'; '
        "object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'\">\n"
        f"<title>{text(page.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    # Half of a surrogate pair is no character, and UTF-8 has no bytes for it.
    return whole.encode("utf-8", "replace")


# --- The top -----------------------------------------------------------------------------------


def _head(page: Page) -> str:
    facts = [f"<span>{text(item)}</span>" for item in (page.version, page.published) if item]
    facts += [f"<span>{doi_link(page.doi)}</span>"] if page.doi else []
    paragraphs = "\n".join(
        f"<p>{text(part)}</p>" for part in page.description.split("\n\n") if part.strip()
    )
    closed = f'<p class="note">{text(page.closed)}</p>\n' if page.closed else ""
    return (
        f"<header>\n<h1>{text(page.title)}</h1>\n{_people(page.people)}"
        f'<p class="facts">{" · ".join(facts)}</p>\n</header>\n{closed}{paragraphs}'
    )


def _people(people: Iterable[Somebody]) -> str:
    rows = "".join(f"<li>{_person(item)}</li>\n" for item in people)
    return f'<ul class="people">\n{rows}</ul>\n' if rows else ""


def _person(person: Somebody) -> str:
    name = link(orcid_of(person), person.name or "unnamed")
    told = person if isinstance(person, Contributor) else Contributor()
    place = link(told.ror, person.affiliation) if person.affiliation else ""
    roles = ", ".join(text(role) for role in told.roles if role != AUTHOR)
    return name + "".join(f" <small>{part}</small>" for part in (place, roles) if part)


# --- Running it, the runs, the files -----------------------------------------------------------


def _again(page: Page) -> str:
    return (
        "<section>\n<h2>Run it again</h2>\n<p>In the folder that this page lies in:</p>\n"
        f"<pre><code>{escape(page.command)}</code></pre>\n<p>{text(page.needs)}</p>\n</section>"
    )


def _runs(page: Page) -> str:
    if not page.runs:
        return ""
    found = "\n".join(_run(item) for item in page.runs)
    more = f"<p>And {page.more_runs} more.</p>\n" if page.more_runs else ""
    title = "The run" if len(page.runs) + page.more_runs == 1 else "The runs"
    return f"<section>\n<h2>{title}</h2>\n{found}\n{more}</section>"


def _run(run: ToldRun) -> str:
    values = "".join(
        f'<tr><th scope="row">{text(name)}</th><td>{text(value)}</td><td>{text(unit)}</td></tr>\n'
        for name, value, unit in run.values
    )
    shown = table(("Parameter", "Value", "Unit"), values) if values else ""
    return (
        f"<details open>\n<summary>{text(run.what)}, {text(run.ended)}</summary>\n"
        f"<p>Address <code>{text(run.address)}</code></p>\n{shown}\n</details>"
    )


def size_in_words(size: int) -> str:
    """A size as ``1.5 MB``."""
    value, unit = float(size), UNITS[0]
    for unit in UNITS:  # noqa: B007 -- the one it stops at
        if value < THOUSAND:
            break
        value /= THOUSAND
    return f"{value:.0f} {unit}" if unit == UNITS[0] else f"{value:.1f} {unit}"


def _files(page: Page) -> str:
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(identifier(item.path))}">{escape(item.path)}</a>'
        f"</th><td>{size_in_words(item.size)}</td><td><code>{item.digest}</code></td></tr>\n"
        for item in page.files[:FILES_SHOWN]
    )
    left, total = len(page.files) - FILES_SHOWN, sum(item.size for item in page.files)
    more = f"<p>And {left} more: ro-crate-metadata.json tells of all.</p>\n" if left > 0 else ""
    listed = table(("File", "Size", "sha256"), rows)
    return (
        f"<section>\n<h2>Files</h2>\n<p>{len(page.files)} files, {size_in_words(total)}.</p>\n"
        f"{listed}\n{more}</section>"
    )


# --- Others' works, licences -------------------------------------------------------------------


def _related(page: Page) -> str:
    works = "".join(
        f"<li>{link(address_of(item), item.title or item.identifier)} "
        f"<small>{text(item.relation)}</small></li>\n"
        for item in page.related
    )
    paid = "".join(
        f"<li>{link(item.url or item.ror, item.funder)} {text(f'{item.number} {item.title}')}"
        "</li>\n"
        for item in page.funding
    )
    shown = [
        f"<section>\n<h2>{title}</h2>\n<ul>\n{rows}</ul>\n</section>"
        for title, rows in (("Related works", works), ("Funding", paid))
        if rows
    ]
    return "\n".join(shown)


def _cite(page: Page) -> str:
    rows = "".join(
        f"<li>{text(what)}: {link(licence_address(licence), licence or 'not given')}</li>\n"
        for what, licence in page.licences
    )
    concept = f"<li>All versions: {doi_link(page.concept)}</li>\n" if page.concept else ""
    here = f"<li>Page: {link(page.landing, page.landing)}</li>\n"
    return (
        "<section>\n<h2>Licence and where it is from</h2>\n"
        f"<ul>\n{rows}{concept}{here}</ul>\n</section>"
    )
