"""Preparing a statement: everything is looked up and checked before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from catalogue.domain.interface import Interface
from catalogue.errors import DraftVersionError, UnknownWorkflowError
from catalogue.models import Version
from catalogue.queries import runnable_version
from executor.actions import plan_run
from executor.domain.again import Answered, request_again
from executor.domain.asker import SERVICE, Asker
from executor.models import Run
from executor.queries import upstream
from gallery.actions.files import Find, Kept
from gallery.domain.claims import Claim
from gallery.domain.fitting import faults_of, misfit_of_file
from gallery.domain.paper import BadPaperError, FigureStatement
from gallery.domain.paper.asked import read_asked, workflows_of
from gallery.domain.paper.statement import Asked
from gallery.domain.pictures import NotAPictureError, media_type_of
from gallery.errors import BadStatementError, WaitsForWorkflowError
from lib.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Prepared:
    """A figure as it will be written.

    Attributes:
        statement: what was said of it.
        version: the version that gives it again.
        asked: its request, with a run replaced by what it answered.
        address: of the run that will be asked for.
        claims: its published products, with their digests.
        products: the files of those, where their bytes are at hand.
        picture: the picture as the paper printed it.
    """

    statement: FigureStatement
    version: Version
    asked: Asked
    address: str
    claims: tuple[Claim, ...] = ()
    products: tuple[Kept, ...] = ()
    picture: Kept | None = None

    @property
    def interface(self) -> Interface:
        """The Interface of its version."""
        return self.version.interface


@dataclass(slots=True)
class Preparing:
    """Prepares the figures of one statement.

    Attributes:
        find: gives the files it names.
        own: the version that figures belong to which name no workflow; None where each must.
        asker: who states it.
    """

    find: Find
    own: Version | None = None
    asker: Asker = SERVICE

    def figures(self, figures: Iterable[FigureStatement]) -> list[Prepared]:
        """All figures of a statement.

        Raises:
            BadStatementError: one of them claims what its workflow does not bear out.
            WaitsForWorkflowError: one of them names a workflow that is not registered.
        """
        return [self.figure(figure) for figure in figures]

    def figure(self, figure: FigureStatement) -> Prepared:
        """One figure; raises as ``figures``."""
        version, asked = self._request(figure)
        if version.workflow.is_hidden:
            raise BadStatementError(
                f"Figure {figure.slug}: {version.workflow.slug} is a trial that a diagnosis made: "
                "name the workflow that it tried."
            )
        faults = faults_of(figure, version.interface)
        if faults:
            raise BadStatementError(" ".join(faults))
        address = self._address(figure, version, asked)
        found = {claim.output: self._file(figure, claim, version) for claim in figure.claims}
        claims = tuple(
            replace(claim, file=found[claim.output].name[:200], digest=found[claim.output].digest)
            for claim in figure.claims
        )
        return Prepared(
            figure, version, asked, address, claims, tuple(found.values()), self._picture(figure)
        )

    def _request(self, figure: FigureStatement) -> tuple[Version, Asked]:
        asked = figure.asked
        if asked.run:
            return _of_run(figure)
        own = self.own
        if (
            own
            and asked.workflow in ("", own.workflow.slug)
            and asked.version in (None, own.number)
        ):
            return own, asked
        slug = asked.workflow or (own.workflow.slug if own else "")
        if not slug:
            raise BadStatementError(f"Figure {figure.slug} names no workflow that gives it.")
        try:
            return runnable_version(slug, asked.version), asked
        except (UnknownWorkflowError, DraftVersionError) as error:
            raise WaitsForWorkflowError(f"Figure {figure.slug}: {error.detail}") from None

    def _address(self, figure: FigureStatement, version: Version, asked: Asked) -> str:
        try:
            plan = plan_run(version, asked.parameters, seed=asked.seed)
        except ProblemError as error:
            absent = _absent(asked.parameters)
            if absent:
                raise WaitsForWorkflowError(
                    f"Figure {figure.slug} is fed by {', '.join(absent)}, not registered here."
                ) from None
            raise BadStatementError(f"Figure {figure.slug}: {error.detail}") from None
        if asked.output and not version.interface.output(asked.output):
            raise BadStatementError(
                f"Figure {figure.slug} asks for {asked.output[:60]!r}, which is no output."
            )
        return plan.address

    def _file(self, figure: FigureStatement, claim: Claim, version: Version) -> Kept:
        kept = self.find(claim.file)
        if kept is None:
            raise BadStatementError(
                f"Figure {figure.slug} claims the product {claim.file[:80]!r}, which is no file of "
                "the statement: add it, name it in data.toml, or give the digest of a product."
            )
        output = version.interface.output(claim.output)
        fault = misfit_of_file(kept.name, kept.head(), output) if output else ""
        if fault:
            raise BadStatementError(f"Figure {figure.slug}: {fault}.")
        return kept

    def _picture(self, figure: FigureStatement) -> Kept | None:
        if not figure.picture_published:
            return None
        name = figure.picture_published[:80]
        kept = self.find(figure.picture_published)
        data = kept.read() if kept else None
        if kept is None or data is None:
            raise BadStatementError(
                f"The published picture {name!r} of figure {figure.slug} is not among its files."
            )
        try:
            media_type_of(data)
        except NotAPictureError as error:
            raise BadStatementError(
                f"The published picture {name!r} of figure {figure.slug} is not shown: {error}."
            ) from None
        return kept


def _of_run(figure: FigureStatement) -> tuple[Version, Asked]:
    """The request that a run has answered, or is to answer, with all that feeds it."""
    asked = figure.asked
    run = Run.objects.select_related("version__workflow").filter(address=asked.run).first()
    if run is None:
        raise BadStatementError(
            f"Figure {figure.slug}: no run has the address {asked.run}: ask for it first."
        )
    chosen = Run.objects.filter(pk__in=upstream([run.pk])).select_related("version__workflow")
    request = request_again(run.address, {item.address: _answered(item) for item in chosen})
    try:
        found = read_asked({"request": request}, figure.slug)
    except BadPaperError as error:
        raise BadStatementError(str(error)) from None
    return run.version, replace(found, output=asked.output)


def _answered(run: Run) -> Answered:
    return Answered(
        workflow=run.version.workflow.slug, version=run.version.number, typed=run.typed,
        values=run.values_json, seed=run.seed,
    )  # fmt: skip


def _absent(parameters: Any) -> list[str]:  # noqa: ANN401 -- any JSON value
    """The workflows, with version where one is named, that parameters need and that cannot run."""
    absent = []
    for slug, number in workflows_of(parameters):
        try:
            runnable_version(slug, number)
        except (UnknownWorkflowError, DraftVersionError):
            absent.append(f"{slug[:60]} {number}" if number else slug[:60])
    return sorted(absent)
