"""Recording DOIs that people had minted where no program may ask for one (WorkflowHub)."""

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.problem import ProblemError
from publishing.actions.opening import open_repository
from publishing.adapters.repositories.port import Repository
from publishing.domain.remote import Stage
from publishing.domain.repository_faults import Kind
from publishing.domain.steps import DONE, SHELF
from publishing.models import Deposit, DepositEvent


def read_minted() -> int:
    """Look at every published deposit without a DOI of its own; returns how many have one now.

    A repository that does not answer is asked again the next time.
    """
    found = 0
    waiting = Deposit.objects.filter(state__in=DONE, doi=None).exclude(repository=SHELF)
    for deposit in waiting.exclude(remote_id="").order_by("pk"):
        with suppress(ProblemError):
            found += record_minted(deposit, open_repository(deposit.repository, deposit))
    return found


def record_minted(deposit: Deposit, repository: Repository) -> bool:
    """Write down the DOI that the repository tells of by now; one that is known stays.

    The crate is not packed again: it holds the DOI that the release was given first.

    Raises:
        NotAnsweringError: the repository does not answer.
        TokenError: it does not accept the token.
    """
    if repository.kind != Kind.WORKFLOWHUB:
        return False
    seen = repository.look(deposit.remote_id)
    if seen.stage is not Stage.PUBLISHED or not seen.doi:
        return False
    with suppress(IntegrityError), transaction.atomic():
        mine = Deposit.objects.filter(pk=deposit.pk, doi=None)
        if mine.update(doi=seen.doi, resolved_at=timezone.now()):
            words = f"somebody had the DOI {seen.doi} minted there"
            DepositEvent.objects.create(deposit=deposit, step=deposit.state, words=words[:500])
            return True
    return False
