"""Taking in what an entry states of a paper."""

from django.db import transaction

from catalogue.actions import add_finding
from catalogue.models import Version
from executor.actions import plan_run
from gallery.domain.paper import BadPaperError, PaperStatement, read_paper, value_to_json
from gallery.errors import BadStatementError
from gallery.models import Figure, Paper
from lib import store
from lib.problem import ProblemError
from lib.queue import enqueue
from ontology.domain.findings import Finding, Severity, Where

STATEMENT = "paper.toml"
CHECK = "gallery.check_figure"


def add_paper(version: Version) -> list[Figure]:
    """Make the paper and figures that a version's paper.toml states; none without one.

    Adding again brings them up to date. A figure belongs to the workflow that made it first.

    Raises:
        BadStatementError: the statement cannot be read, or claims another workflow's figure.
    """
    file = version.files.filter(path=STATEMENT).first()
    if file is None or version.is_draft:
        return []
    try:
        statement = read_paper(store.get(file.digest).decode("utf-8", "replace"))
    except BadPaperError as error:
        raise BadStatementError(str(error)) from None
    _check_outputs(version, statement)
    with transaction.atomic():
        return _write_paper(version, statement)


def welcome_version(version_id: int) -> list[Figure]:
    """Add what a new version states of a paper, and ask for the runs of its figures.

    A statement that cannot be read becomes a finding of the version.
    """
    version = Version.objects.select_related("workflow").get(pk=version_id)
    try:
        added = add_paper(version)
    except BadStatementError as error:
        mend = "docs/how-to/author.md shows how a statement is written."
        add_finding(
            version, Finding(Severity.SHOULD, error.id, Where(STATEMENT), error.detail, mend)
        )
        return []
    for figure in added:
        enqueue(CHECK, figure.pk)
    return added


def _check_outputs(version: Version, statement: PaperStatement) -> None:
    interface = version.interface
    for figure in statement.figures:
        names = [value.output for value in figure.values] + (
            [figure.picture] if figure.picture else []
        )
        unknown = [name for name in names if interface.output(name) is None]
        if unknown:
            raise BadStatementError(
                f"Figure {figure.slug} compares {unknown[0]!r}, which is no output of the notebook."
            )
        try:
            plan_run(version, figure.parameters)
        except ProblemError as error:
            raise BadStatementError(f"Figure {figure.slug}: {error.detail}") from None


def _write_paper(version: Version, statement: PaperStatement) -> list[Figure]:
    known = Paper.objects.filter(slug=statement.slug).first()
    foreign = Figure.objects.filter(paper=known).exclude(version__workflow_id=version.workflow_id)
    if known and foreign.exists():
        # Another entry speaks for this paper already: its words stand, figures may be added.
        if known.doi != statement.doi:
            raise BadStatementError(
                f"The name {statement.slug} belongs to another paper: rename yours."
            )
        paper = known
    else:
        paper = _save_paper(statement)
    return [
        _write_figure(version, paper, statement, order) for order in range(len(statement.figures))
    ]


def _save_paper(statement: PaperStatement) -> Paper:
    paper, _created = Paper.objects.update_or_create(
        slug=statement.slug,
        defaults={
            "title": statement.title, "doi": statement.doi, "bibcode": statement.bibcode,
            "arxiv": statement.arxiv, "authors_json": list(statement.authors),
            "journal": statement.journal, "year": statement.year,
        },
    )  # fmt: skip
    return paper


def _write_figure(version: Version, paper: Paper, statement: PaperStatement, order: int) -> Figure:
    item = statement.figures[order]
    known = Figure.objects.filter(slug=item.slug).select_related("version").first()
    if known and known.version.workflow_id != version.workflow_id:
        raise BadStatementError(
            f"The figure {item.slug} belongs to another workflow: rename yours."
        )
    moved = known is not None and known.version_id != version.pk
    figure, _created = Figure.objects.update_or_create(
        slug=item.slug,
        defaults={
            "paper": paper, "version": version, "title": item.title, "caption": item.caption,
            "kind": item.kind, "place": item.place, "picture": item.picture, "order": order,
            "parameters_json": dict(item.parameters),
            "values_json": [value_to_json(value) for value in item.values],
        } | ({"run": None} if moved else {}),
    )  # fmt: skip
    return figure
