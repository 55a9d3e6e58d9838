"""Stating a paper by page or API, with the reader and the rules that a paper.toml has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from catalogue.errors import DraftVersionError, UnknownWorkflowError
from catalogue.models import Version
from catalogue.queries import runnable_version
from executor.actions import request_run
from executor.domain.asker import SERVICE, Asker
from gallery.actions.content import files_of
from gallery.actions.files import of_form
from gallery.actions.prepare import Prepared, Preparing
from gallery.actions.writing import ENTRY, Author, new_paper, save_paper, stated_by, write_figures
from gallery.domain.advice import advice
from gallery.domain.paper import BadPaperError, PaperStatement, read_content
from gallery.errors import AuthoringClosedError, BadStatementError, StatedElsewhereError
from gallery.models import Figure, Paper
from lib.problem import ProblemError
from lib.queue import enqueue
from ontology.domain.findings import Finding

CHECK = "gallery.check_figure"
ACCOUNT = "account:"
FIGURES_AT_MOST = 500
FILES_AT_MOST = 100
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that somebody sends.

    Attributes:
        content: what a paper.toml would say, with ``workflow`` and ``version`` beside ``paper``
            for all figures whose request names none.
        sent: file name → bytes of published products and tables that came with it.
        asker: who sends it.
    """

    content: Mapping[str, Any]
    sent: Mapping[str, bytes] = field(default_factory=dict)
    asker: Asker = SERVICE


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft comes to; nothing is written.

    Attributes:
        statement: what was read.
        figures: its figures, planned.
        findings: what the author should still say.
    """

    statement: PaperStatement
    figures: tuple[Prepared, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What was written.

    Attributes:
        paper: the paper.
        figures: its figures in their order.
        findings: what the author should still say.
        unasked: slug of a figure → why its run was not asked for; it can be checked later.
    """

    paper: Paper
    figures: list[Figure]
    findings: tuple[Finding, ...]
    unasked: dict[str, str]


def preview_paper(draft: Draft, paper: Paper | None = None) -> Preview:
    """What a draft would come to, as a new paper or in place of one.

    Raises:
        AuthoringClosedError: the asker may not state papers here.
        BadStatementError: it does not say what is needed, or what cannot be.
        StatedElsewhereError: the paper, or one of the figures, is somebody else's.
    """
    _check_open(draft.asker)
    if paper is not None:
        _check_author(paper, draft.asker)
    _check_files(draft)
    find = of_form(draft.sent, files_of(paper) if paper else {})
    statement = _read(draft, lambda name: kept.read() if (kept := find(name)) else None)
    _check_paper(statement, paper)
    _check_figures(statement, paper)
    own = _own_version(draft.content)
    prepared = Preparing(find, own=own, asker=draft.asker).figures(statement.figures)
    found = advice(((item.statement, item.interface) for item in prepared), "statement")
    return Preview(statement, tuple(prepared), tuple(found))


def state_paper(draft: Draft, paper: Paper | None = None) -> Stated:
    """Write a paper with its figures, and ask for their runs; all of it or nothing.

    In place of ``paper``, figures that are not stated any more go, and those whose request
    changed lose their run. Raises as ``preview_paper``, and QuotaError for files too many.
    """
    seen = preview_paper(draft, paper)
    author = Author(draft.asker.name, draft.asker)
    try:
        with transaction.atomic():
            # Planning takes a while: others may have written meanwhile.
            _check_paper(seen.statement, _locked(paper))
            _check_figures(seen.statement, paper)
            saved = (
                save_paper(seen.statement, author) if paper else new_paper(seen.statement, author)
            )
            figures = write_figures(saved, seen.figures, author)
            saved.figures.exclude(pk__in=[figure.pk for figure in figures]).delete()
    except IntegrityError:
        raise StatedElsewhereError(
            "Somebody stated this paper or one of its figures at the same moment: look again."
        ) from None
    return Stated(saved, figures, seen.findings, _ask(figures, draft.asker))


def _locked(paper: Paper | None) -> Paper | None:
    """The paper as it is now, which nobody else writes until the transaction ends."""
    if paper is None:
        return None
    found = Paper.objects.select_for_update().filter(pk=paper.pk).first()
    if found is None:
        raise StatedElsewhereError(f"The paper {paper.slug} was taken away meanwhile.")
    return found


def _check_open(asker: Asker) -> None:
    if settings.REGISTRATION != "open" and not asker.name.startswith(ACCOUNT):
        raise AuthoringClosedError(
            "The operator of this service takes papers from accounts alone: send your token, or "
            "ask for one."
        )


def refusal_to_change(paper: Paper) -> str:
    """Why nobody may change a paper here: an entry states it; empty when no entry does."""
    entries = sorted(name for name in _authors(paper) if name.startswith(ENTRY))
    if not entries:
        return ""
    named = ", ".join(name.removeprefix(ENTRY) for name in entries if name != ENTRY) or "an entry"
    return (
        f"The paper {paper.slug} is stated by the paper.toml of {named}: change it there and "
        "register the entry again."
    )


def _authors(paper: Paper) -> set[str]:
    figures = paper.figures.select_related("version__workflow")
    authors = {stated_by(figure) for figure in figures} | {paper.stated_by or ENTRY}
    return authors - {ENTRY} if len(authors) > 1 else authors


def _check_author(paper: Paper, asker: Asker) -> None:
    refusal = refusal_to_change(paper)
    if refusal:
        raise StatedElsewhereError(refusal)
    if _authors(paper) != {asker.name}:
        raise StatedElsewhereError(
            f"The paper {paper.slug} was stated by somebody else, who alone may change it."
        )


def _check_files(draft: Draft) -> None:
    if len(draft.sent) > FILES_AT_MOST:
        raise BadStatementError(f"More than {FILES_AT_MOST} files were sent.")
    large = [name for name, data in draft.sent.items() if len(data) > settings.UPLOAD_MB * MEBIBYTE]
    if large:
        raise BadStatementError(
            f"The file {large[0][:80]} is larger than the {settings.UPLOAD_MB} MB taken here.",
            errors={"files": "too large"},
        )


def _read(draft: Draft, files: Any) -> PaperStatement:  # noqa: ANN401 -- the reader's own type
    try:
        statement = read_content(draft.content, files)
    except BadPaperError as error:
        errors = {f"paper.{name}": _plain(text) for name, text in error.errors.items()}
        told = _plain(str(error))
        raise BadStatementError(told, errors=errors or {"figure": told}) from None
    if not statement.figures:
        told = "A paper needs at least one figure, table row or number."
        raise BadStatementError(told, errors={"figure": told})
    if len(statement.figures) > FIGURES_AT_MOST:
        told = f"The statement has more than {FIGURES_AT_MOST} figures."
        raise BadStatementError(told, errors={"figure": told})
    return statement


def _plain(text: str) -> str:
    """A sentence of the reader without the file that an entry would have."""
    text = text.replace(" of paper.toml", "").replace("in [paper]", "in the paper")
    return text.replace("of [paper]", "of the paper").replace("paper.toml", "The statement")


def _check_paper(statement: PaperStatement, paper: Paper | None) -> None:
    if paper is not None and statement.slug != paper.slug:
        told = f"The paper is called {paper.slug}, and its address stays: do not change the slug."
        raise BadStatementError(told, errors={"paper.slug": told})
    if paper is None and Paper.objects.filter(slug=statement.slug).exists():
        raise StatedElsewhereError(
            f"There is a paper {statement.slug} already: take another slug, or change that one."
        )


def _check_figures(statement: PaperStatement, paper: Paper | None) -> None:
    slugs = [figure.slug for figure in statement.figures]
    taken = Figure.objects.filter(slug__in=slugs)
    if paper is not None:
        taken = taken.exclude(paper=paper)
    first = taken.order_by("slug").first()
    if first is not None:
        raise StatedElsewhereError(f"There is a figure {first.slug} already: take another slug.")


def _own_version(content: Mapping[str, Any]) -> Version | None:
    slug, number = content.get("workflow"), content.get("version")
    if not slug:
        return None
    if not isinstance(slug, str) or (number is not None and type(number) is not int):
        told = "A workflow is named by its slug, a version by its number."
        raise BadStatementError(told, errors={"workflow": told})
    try:
        return runnable_version(slug, number)
    except (UnknownWorkflowError, DraftVersionError) as error:
        raise BadStatementError(error.detail, errors={"workflow": error.detail}) from None


def _ask(figures: list[Figure], asker: Asker) -> dict[str, str]:
    """Ask for the runs in the asker's own name, so that nobody gets more by stating figures."""
    unasked = {}
    for figure in figures:
        try:
            request_run(figure.version, figure.parameters_json, seed=figure.seed, asker=asker)
        except ProblemError as error:
            unasked[figure.slug] = error.detail
        else:
            enqueue(CHECK, figure.pk)
    return unasked
