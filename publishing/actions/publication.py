"""The last moves of a deposit: publish it, write down what was published, see its DOI resolve."""

from typing import Any

from django.db import IntegrityError

from lib.problem import ProblemError
from publishing.actions.doing import PROGRESS, Doing, done, is_doubtful, put_off
from publishing.domain.depositing import WITHDRAWN, Move
from publishing.domain.remote import is_kept
from publishing.domain.steps import Step
from publishing.domain.waiting import resolver_pause
from publishing.errors import (
    AlteredBytesError,
    MisconfiguredError,
    NotAnsweringError,
    NotOfferedError,
    WithdrawnError,
)
from publishing.models import Release
from publishing.queries.deposits import ASKED, NOT_TAKEN, OFFERED, wanted_files


def publish(doing: Doing, _move: Move) -> None:
    """Have it published; that it was asked for is written down first."""
    if Release.objects.filter(pk=doing.deposit.release_id, withdrawn_at__isnull=False).exists():
        raise WithdrawnError(WITHDRAWN)  # meanwhile: looking may take minutes
    doing.write(ASKED)
    try:
        made = doing.there.publish(doing.seen)
    except ProblemError as error:
        if not is_doubtful(error):
            doing.tell(NOT_TAKEN)
        raise
    # Where there are no drafts, what is published has another id than what was drafted here.
    known = doing.deposit.remote_id
    remote_id = known if doing.there.mints else made.id or known
    done(doing, "publication was promised", remote_id=remote_id, **PROGRESS)


def note_published(doing: Doing, _move: Move) -> None:
    """Write down what was published, also where it is not what was meant."""
    seen, deposit = doing.seen, doing.deposit
    doi, surprise = seen.doi or deposit.doi, _surprise(doing)
    words = f"the DOI {doi}" if doi else "no DOI"
    try:
        doing.write(
            f"published with {words}", state=Step.PUBLISHED, published_at=doing.now,
            remote_id=seen.id or deposit.remote_id, doi=doi,
            remote_parent=seen.parent or deposit.remote_parent,
            remote_url=seen.url or deposit.remote_url,
            concept_doi=seen.concept_doi or deposit.concept_doi,
            is_production=getattr(doing.there, "is_production", False),
            **PROGRESS | surprise,
        )  # fmt: skip
    except IntegrityError:
        raise MisconfiguredError(f"The DOI {doi} is known here for another deposit.") from None


def _surprise(doing: Doing) -> dict[str, Any]:
    """What the published record has otherwise than it was meant to, for people."""
    deposit, seen, told = doing.deposit, doing.seen, []
    if deposit.doi and seen.doi and seen.doi.casefold() != deposit.doi.casefold():
        told.append(f"It was published with the DOI {seen.doi}; the crate holds {deposit.doi}.")
    # A registry that gives no DOIs tells of no files.
    if (doing.there.mints or seen.files) and not is_kept(seen, wanted_files(deposit)):
        told.append("The published files are not those that were packed here.")
    return {"error_id": AlteredBytesError.id, "error": " ".join(told)} if told else {}


def offer(doing: Doing, move: Move) -> None:
    """Offer the record to a community; a refusal is told, and holds up nothing."""
    try:
        doing.there.submit(doing.seen, move.name)
    except NotAnsweringError:
        raise
    except ProblemError as error:
        doing.tell(f"{OFFERED}{move.name}: {error.detail}")
        told = f"The community {move.name} was not offered the record: {error.detail}"
        if not doing.deposit.error_id:
            doing.write(error_id=NotOfferedError.id, error=told)
    else:
        doing.tell(f"{OFFERED}{move.name}")


def check_resolves(doing: Doing, _move: Move) -> None:
    """See whether the DOI leads somewhere by now; it is never minted again."""
    deposit = doing.deposit
    try:
        leads = doing.there.resolves(str(deposit.doi))
    except NotAnsweringError:
        leads = False
    if leads:
        doing.write(
            f"the DOI {deposit.doi} leads there", state=Step.RESOLVES, resolved_at=doing.now,
            **{name: value for name, value in PROGRESS.items() if name not in KEPT},
        )  # fmt: skip
    else:
        waited = doing.now - (deposit.published_at or doing.now)
        put_off(doing, resolver_pause(waited), REGISTERING)


def end(doing: Doing, _move: Move) -> None:
    """Write down that nothing is left to do."""
    doing.write(state=Step.RESOLVES, next_try_at=None, waits_for="")


REGISTERING = "its DOI to be registered: published, but the DOI leads nowhere yet"
KEPT = ("error_id", "error", "errors_json")  # of a published record, for people to see
