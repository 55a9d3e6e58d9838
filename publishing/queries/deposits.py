"""Deposits: what is written down about one, and what goes before it."""

from datetime import datetime

from django.db.models import Q, QuerySet

from executor.models import Run
from lib import digest
from publishing.domain.depositing import Facts, Previous
from publishing.domain.record import details_to_json
from publishing.domain.remote import Remote, WantedFile
from publishing.domain.steps import DONE, ENDED, SHELF, Step
from publishing.domain.waiting import LEASE, REST_AT_MOST
from publishing.errors import NotDepositedError
from publishing.models import Deposit, DepositEvent, Release

ASKED = "publication was asked for"
NOT_TAKEN = "publication was not taken"
ALTERED = "kept with other bytes: "
OFFERED = "offered to the community "
RETRIED = "somebody asked to try again"


def facts_of(
    deposit: Deposit, now: datetime, *, mints: bool = True, communities: tuple[str, ...] = ()
) -> Facts:
    """What is written down about a deposit; what went before it is added while it has no draft.

    Args:
        deposit: whose row is read.
        now: the moment of the decision.
        mints: whether the repository gives DOIs.
        communities: those that every record there is offered to.
    """
    return Facts(
        key=deposit.key,
        now=now,
        remote_id=deposit.remote_id,
        doi=deposit.doi or "",
        described=_is_described(deposit),
        uploaded=deposit.uploaded_at is not None,
        published=deposit.published_at is not None,
        resolved=deposit.resolved_at is not None,
        withdrawn=deposit.release.withdrawn_at is not None,
        create_sent_at=deposit.create_sent_at,
        publish_sent_at=_publish_sent_at(deposit),
        mints=mints,
        offers=to_offer(deposit, communities),
        keys=older_keys(deposit),
        vanished=not deposit.remote_id and was_asked(deposit),
    )


def _is_described(deposit: Deposit) -> bool:
    """Whether the repository took our metadata, so that its draft carries our key."""
    return deposit.state not in {Step.DRAFTED, Step.FAILED}


def older_keys(deposit: Deposit) -> frozenset[str]:
    """What a draft of ours may carry until it is described: the key of the version before."""
    if _is_described(deposit):
        return frozenset()
    last, _awaited = before(deposit)
    return frozenset({"", last.key} if last is not None else {""})


def was_asked(deposit: Deposit) -> bool:
    """Whether its publication was asked for at any time."""
    return deposit.events.filter(words=ASKED).exists()


def deposit_at(release: Release, repository: str) -> Deposit:
    """The deposit of a release at a repository.

    Raises:
        NotDepositedError: it was not asked for.
    """
    found = release.deposits.filter(repository=repository).first()
    if found is None:
        raise NotDepositedError(
            f"The release {release.pk} was never asked to be at {repository[:40]!r}."
        )
    return found


def wanted_files(deposit: Deposit) -> tuple[WantedFile, ...]:
    """The files of the packed crate; empty while it is not packed."""
    return tuple(WantedFile(**item) for item in deposit.files_json)


def doi_for_crate(deposit: Deposit) -> str:
    """The DOI that belongs into the crate: its own, or that of the release elsewhere.

    That of the shelf is not meant for others: a registry waits for one that a repository gave.
    """
    if deposit.doi:
        return deposit.doi
    others = Deposit.objects.filter(release=deposit.release_id, state__in=DONE)
    others = others.exclude(doi=None).exclude(pk=deposit.pk).exclude(repository=SHELF)
    return str(others.order_by("-is_production", "pk").values_list("doi", flat=True).first() or "")


def versions_there(deposit: Deposit) -> QuerySet[Deposit]:
    """The deposits of the other versions of its concept at the same repository."""
    there = Deposit.objects.filter(
        release__concept=deposit.release.concept_id, repository=deposit.repository
    )
    return there.exclude(pk=deposit.pk).select_related("release").order_by("-release__number")


def later_there(deposit: Deposit) -> Deposit | None:
    """A later version of its concept that is, or is to be, at the same repository."""
    later = versions_there(deposit).filter(release__number__gt=deposit.release.number)
    return later.exclude(state=Step.ABANDONED).first()


def before(deposit: Deposit) -> tuple[Deposit | None, Deposit | None]:
    """The last version published there before this, and one after that still on its way."""
    awaited = None
    for other in versions_there(deposit).filter(release__number__lt=deposit.release.number):
        if other.published_at is not None:
            return other, awaited
        if other.state != Step.ABANDONED:
            awaited = awaited or other
    return None, awaited


def previous_of(last: Deposit, release: Release, seen: Remote) -> Previous:
    """The version before a release, as its record was seen."""
    state = (seen.raw or {}).get("versions") or {}
    return Previous(
        remote_id=last.remote_id,
        number=last.release.number,
        doi=last.doi or "",
        # Of InvenioRDM: false on a record as soon as there is a draft of the version after it.
        is_open=state.get("is_latest_draft") is False,
        is_same=content_of(last.release) == content_of(release),
    )


def content_of(release: Release) -> str:
    """A digest of all that a release says and holds, without its DOI, number and dates."""
    runs = release.runs.order_by("address").prefetch_related("outputs")
    held = [[run.address, run.version.digest, _made(run)] for run in runs.select_related("version")]
    record = release.record
    words = [record.title, record.description, release.people_json, record.licence]
    return digest.of_value([held, words, details_to_json(record), release.options_json])


def _made(run: Run) -> list[tuple[str, str]]:
    return sorted((item.file, item.product_id) for item in run.outputs.all())


def times_altered(deposit: Deposit, name: str) -> int:
    """How often the repository kept other bytes of a file since somebody last asked to try."""
    return _since_retried(deposit).filter(words__startswith=f"{ALTERED}{name} ").count()


def times_told(deposit: Deposit, words: str) -> int:
    """How often this was written down since somebody last asked to try."""
    return _since_retried(deposit).filter(words=words[:500]).count()


def to_offer(deposit: Deposit, communities: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The communities that a published record was not offered to yet, each once."""
    own = deposit.release.record.communities.get(deposit.repository, ())
    chosen = dict.fromkeys((*communities, *own))
    if not chosen:
        return ()
    told = deposit.events.filter(words__startswith=OFFERED).values_list("words", flat=True)
    done = {words.removeprefix(OFFERED).partition(":")[0] for words in told}
    return tuple(name for name in chosen if name not in done)


def due(now: datetime) -> QuerySet[Deposit]:
    """Deposits that a worker should look at now, oldest first."""
    left = Deposit.objects.exclude(state__in=ENDED)
    left = left.exclude(repository=SHELF, state=Step.PUBLISHED)
    # What is later than any rest or hold can last was written before the clock was set back.
    rests = Q(next_try_at__gt=now, next_try_at__lte=now + REST_AT_MOST)
    is_held = Q(held_until__gt=now, held_until__lte=now + 2 * LEASE)
    waiting = left.filter(rests | is_held).values("pk")
    return left.exclude(pk__in=waiting).select_related("release").order_by("pk")


def _publish_sent_at(deposit: Deposit) -> datetime | None:
    told = _since_retried(deposit).filter(words__in=(ASKED, NOT_TAKEN))
    last = told.order_by("-pk").first()
    return last.at if last is not None and last.words == ASKED else None


def _since_retried(deposit: Deposit) -> QuerySet[DepositEvent]:
    retried = deposit.events.filter(words=RETRIED).order_by("-pk").values_list("pk", flat=True)
    return deposit.events.filter(pk__gt=retried.first() or 0)
