"""Stating a paper by a form: one page for a new paper and for changing one, and its citation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from executor.queries import asker_of
from gallery.actions import Draft, bibtex_of, content_of, preview_paper, state_paper
from gallery.actions.authoring import Preview, refusal_to_change
from gallery.domain.compare import tolerance_text
from gallery.domain.paper import BadPaperError
from gallery.domain.paper.reader import content_of_text
from gallery.domain.paper.written import toml_of
from gallery.errors import BadStatementError
from gallery.models import Paper
from gallery.pages.skeleton import skeleton
from gallery.queries import paper_named
from lib.problem import ProblemError
from lib.remote import host_of

BIBTEX = "application/x-bibtex; charset=utf-8"
SHOWN_AT_MOST = 100
ONE_LINE = ("slug", "title", "doi", "arxiv", "bibcode", "journal")
DEEPER = ("paper.", "figure", "workflow", "files")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: what stands in it, and what is wrong with that."""

    name: str
    label: str
    text: str
    hint: str
    fault: str


LABELS = {
    "slug": ("Name in the address", "Small letters, digits and hyphens, such as neronov-2021."),
    "title": ("Title", "As the journal prints it."),
    "doi": ("DOI", "Such as 10.1051/0004-6361/202037850."),
    "arxiv": ("arXiv", "Such as 2002.12895; instead of a DOI, when there is none."),
    "bibcode": ("Bibcode", "19 characters, such as 2021A&A...651A..97N."),
    "journal": ("Journal", "With volume and page, such as A&A 651, A97."),
    "year": ("Year", "Of the publication."),
    "authors": ("Authors", "One a line, such as Neronov, A."),
    "workflow": ("Workflow", "Its short name, of all figures below that name no other."),
    "version": ("Version", "Its number; the newest when this is empty."),
    "figures": ("Figures", "As in a paper.toml: one [[figure]] for each, with its values."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A form that states a paper; ``?workflow=`` and ``?run=`` begin it."""
    if request.method == "POST":
        return _posted(request, None)
    return _form(request, skeleton(request.GET.dict()))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The same form, filled with what a paper states."""
    paper = paper_named(slug)
    if request.method == "POST":
        return _posted(request, paper)
    return _form(request, _texts(paper), paper)


@require_safe
def citation(_request: HttpRequest, slug: str) -> HttpResponse:
    """The BibTeX of a paper, as text."""
    paper = paper_named(slug)
    name = f'inline; filename="{paper.slug}.bib"'
    return HttpResponse(
        bibtex_of(paper), content_type=BIBTEX, headers={"Content-Disposition": name}
    )


def _posted(request: HttpRequest, paper: Paper | None) -> HttpResponse:
    texts = {name: request.POST.get(name, "") for name in LABELS}
    try:
        draft = _draft(request, texts, paper)
        if request.POST.get("do") == "preview":
            return _form(request, texts, paper, preview=preview_paper(draft, paper))
        done = state_paper(draft, paper)
    except ProblemError as error:
        return _form(request, texts, paper, problem=error.to_dict())
    return redirect(done.paper)


def _draft(request: HttpRequest, texts: Mapping[str, str], paper: Paper | None) -> Draft:
    """The statement of the form; its figures are read as TOML.

    Raises:
        BadStatementError: the figures are no TOML, or a number is none.
    """
    try:
        content = content_of_text(texts["figures"])
    except BadPaperError as error:
        told = str(error).replace("paper.toml is not TOML", "The figures are not TOML")
        raise BadStatementError(told, errors={"figure": told}) from None
    said: dict[str, Any] = {name: texts[name] for name in ONE_LINE}
    said["authors"] = [line.strip() for line in texts["authors"].splitlines() if line.strip()]
    said["unpublished"] = paper is not None and not paper.doi  # as it was stated
    said["year"] = _number(texts["year"], "paper.year", "year")
    content |= {
        "paper": said, "workflow": texts["workflow"].strip(),
        "version": _number(texts["version"], "workflow", "version"),
    }  # fmt: skip
    token = request.POST.get("token", "").strip()
    asker = asker_of(host_of(request), f"Bearer {token}" if token else "")
    sent = {item.name or "": item.read() for item in request.FILES.getlist("files")}
    return Draft(content, sent, asker)


def _number(text: str, place: str, what: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):  # noqa: PLR2004 -- as numbers are
        told = f"The {what} {plain[:20]!r} is no number."
        raise BadStatementError(told, errors={place: told})
    return int(plain)


def _texts(paper: Paper) -> dict[str, str]:
    content = content_of(paper)
    said = content["paper"]
    texts = {name: str(said.get(name, "")) for name in (*ONE_LINE, "year")}
    return texts | {
        "authors": "\n".join(said.get("authors", [])),
        "figures": toml_of({"figure": content["figure"]}),
    }


def _form(
    request: HttpRequest, texts: Mapping[str, str], paper: Paper | None = None, *,
    preview: Preview | None = None, problem: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    faults = problem.get("errors", {}) if problem else {}
    context = {
        "paper": paper,
        "fields": {name: _field(name, texts, faults) for name in LABELS},
        "problem": problem,
        "refusal": refusal_to_change(paper) if paper else "",
        "elsewhere": {
            place: told for place, told in faults.items() if not place.startswith(DEEPER)
        },
        "preview": _previewed(preview) if preview else None,
    }
    status = problem["status"] if problem else 200
    return render(request, "gallery/paper_form.html", context, status=status)


def _field(name: str, texts: Mapping[str, str], faults: Mapping[str, str]) -> Field:
    label, hint = LABELS[name]
    place = {"figures": "figure", "workflow": "workflow"}.get(name, f"paper.{name}")
    return Field(name, label, texts.get(name, ""), hint, faults.get(place, ""))


def _previewed(seen: Preview) -> dict[str, Any]:
    return {
        "figures": [
            {
                "statement": item.statement, "version": item.version, "address": item.address,
                "claims": item.claims,
                "values": [(value, tolerance_text(value)) for value in item.statement.values],
            }
            for item in seen.figures[:SHOWN_AT_MOST]
        ],
        "count": len(seen.figures),
        "findings": seen.findings,
    }  # fmt: skip
