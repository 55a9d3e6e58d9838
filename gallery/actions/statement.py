"""Taking in what an entry states of a paper."""

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalogue.actions import add_finding, drop_findings
from catalogue.models import Version
from gallery.actions.files import of_entry
from gallery.actions.prepare import Prepared, Preparing
from gallery.actions.writing import ENTRY, Author, save_paper, stated_by, write_figures
from gallery.domain.advice import advice
from gallery.domain.paper import BadPaperError, PaperStatement, read_paper
from gallery.errors import BadStatementError, WaitsForWorkflowError
from gallery.models import Figure, Paper
from lib import store
from lib.queue import enqueue
from ontology.domain.findings import Finding, Severity, Where

STATEMENT = "paper.toml"
CHECK = "gallery.check_figure"
MEND = "docs/how-to/author.md shows how a statement is written."
MEND_WAITING = "Nothing to do when it will come: the statement is read again then."


def add_paper(version: Version) -> list[Figure]:
    """Make the paper and figures that a version's paper.toml states; none without one.

    Adding again brings them up to date. A figure belongs to the entry that made it first.

    Raises:
        BadStatementError: the statement cannot be read, or claims what is somebody else's.
        WaitsForWorkflowError: it names a workflow that is not registered yet.
    """
    file = version.files.filter(path=STATEMENT).first()
    if file is None or version.is_draft:
        return []
    find = of_entry(version)

    def read(name: str) -> bytes | None:
        kept = find(name)
        return kept.read() if kept else None

    try:
        statement = read_paper(store.get(file.digest).decode("utf-8", "replace"), read)
    except BadPaperError as error:
        raise BadStatementError(str(error)) from None
    prepared = Preparing(find, own=version).figures(statement.figures)
    author = Author(f"{ENTRY}{version.workflow.slug}")
    with transaction.atomic():
        figures = _write(statement, prepared, author)
        for finding in advice((item.statement, item.interface) for item in prepared):
            add_finding(version, finding)
    return figures


def welcome_version(version_id: int) -> list[Figure]:
    """Add what a new version states of a paper, and ask for the runs of its figures.

    A statement that cannot be read becomes a finding of the version. Statements that waited for
    a workflow are tried once more, whichever came: trying is cheap, and what still waits waits on.
    """
    version = Version.objects.select_related("workflow").get(pk=version_id)
    added = _take_in(version)
    for other in waiting_versions().exclude(pk=version.pk):
        _take_in(other)
    return added


def waiting_versions() -> QuerySet[Version]:
    """The versions whose statements wait for a workflow."""
    told = Version.objects.annotate(told=Cast("findings_json", TextField()))
    return told.filter(told__contains=WaitsForWorkflowError.id).select_related("workflow")


def _take_in(version: Version) -> list[Figure]:
    newest = version.workflow.versions.filter(is_draft=False).order_by("-number").first()
    if newest is not None and newest.pk != version.pk:
        return []  # a newer one speaks for the entry
    try:
        added = add_paper(version)
    except WaitsForWorkflowError as error:
        _tell(version, Severity.SHOULD, error.id, error.detail, MEND_WAITING)
        return []
    except BadStatementError as error:
        drop_findings(version, WaitsForWorkflowError.id)
        _tell(version, Severity.SHOULD, error.id, error.detail, MEND)
        return []
    drop_findings(version, WaitsForWorkflowError.id)
    for figure in added:
        enqueue(CHECK, figure.pk)
    return added


def _tell(version: Version, severity: Severity, rule: str, what: str, mend: str) -> None:
    add_finding(version, Finding(severity, rule, Where(STATEMENT), what, mend))


def _write(statement: PaperStatement, prepared: list[Prepared], author: Author) -> list[Figure]:
    known = Paper.objects.filter(slug=statement.slug).first()
    others = _entries_of(known) - {author.name} if known else set()
    if known and others:
        # Another entry speaks for this paper already: its words stand, figures may be added.
        if known.doi != statement.doi:
            raise BadStatementError(
                f"The name {statement.slug} belongs to another paper: rename yours."
            )
        paper = known
    else:
        paper = save_paper(statement, author)
    for item in prepared:
        _check_owner(item, author)
    return write_figures(paper, prepared, author, statement.dois)


def _entries_of(paper: Paper) -> set[str]:
    figures = paper.figures.select_related("version__workflow")
    names = {stated_by(figure) for figure in figures}
    if not names and paper.stated_by:
        names = {paper.stated_by}
    return {name for name in names if name.startswith(ENTRY)}


def _check_owner(item: Prepared, author: Author) -> None:
    """An entry takes over what a page stated of its own workflow, and nothing else of others."""
    slug = item.statement.slug
    known = Figure.objects.filter(slug=slug).select_related("version__workflow").first()
    if known is None or stated_by(known) == author.name:
        return
    own = author.name == f"{ENTRY}{known.version.workflow.slug}"
    if not own or stated_by(known).startswith(ENTRY):
        raise BadStatementError(f"The figure {slug} belongs to another workflow: rename yours.")
