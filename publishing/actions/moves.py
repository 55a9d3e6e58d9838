"""The moves of a deposit: each asks a repository for one thing and writes down what it told."""

from collections.abc import Callable
from dataclasses import asdict

from lib.problem import ProblemError
from publishing.actions import publication
from publishing.actions.doing import NOT_PACKED, PROGRESS, Doing, done, is_doubtful, put_off
from publishing.actions.keeping import pack_files
from publishing.domain.depositing import FOREIGN, Do, Move
from publishing.domain.remote import Remote, WantedFile, is_there
from publishing.domain.steps import Step
from publishing.errors import (
    AlteredBytesError,
    ForeignDraftError,
    LostHoldError,
    MisconfiguredError,
    NotAnsweringError,
    RefusedError,
)
from publishing.models import Deposit
from publishing.queries.deposits import (
    ALTERED,
    doi_for_crate,
    times_altered,
    wanted_files,
)


def act(doing: Doing, move: Move) -> None:
    """Make a move; raises what the repository does, and LostHoldError."""
    MOVES[move.do](doing, move)


def _create(doing: Doing, _move: Move) -> None:
    """Have a draft made; that it was asked for is written down first."""
    doing.there.check()
    metadata = doing.metadata
    made = _asked(doing, lambda: doing.there.create(metadata))
    try:
        _take_draft(doing, made, "a draft was made")
    except LostHoldError:
        _leave_no_second(doing, made)
        raise
    _check_faults(made)
    doing.write(state=Step.CREATED)


def _leave_no_second(doing: Doing, made: Remote) -> None:
    """Delete the draft of a worker that stood still so long that another made one meanwhile."""
    taken = Deposit.objects.filter(pk=doing.deposit.pk).values_list("remote_id", flat=True).first()
    if made.id and taken not in {"", made.id}:
        doing.there.abandon(made)


def _next_version(doing: Doing, _move: Move) -> None:
    """Have the draft of the next version made, or given again; it is described later."""
    doing.there.check()
    previous = str(doing.last and doing.last.remote_id)
    made = _asked(doing, lambda: doing.there.new_version(previous))
    known = {"", doing.deposit.key, doing.last.key if doing.last else ""}
    if made.key not in known:  # nothing of ours is there then, whatever happens next
        doing.write(create_sent_at=None)
        raise ForeignDraftError(FOREIGN.format(made.id))
    _take_draft(doing, made, f"a draft of the version after {previous} was made")


def _asked(doing: Doing, ask: Callable[[], Remote]) -> Remote:
    sent_before = doing.deposit.create_sent_at
    doing.write(create_sent_at=doing.now)
    try:
        return ask()
    except ProblemError as error:
        if not is_doubtful(error):  # nothing was made: nothing has to be looked for
            doing.write(create_sent_at=sent_before)
        raise


def _take_draft(doing: Doing, made: Remote, words: str) -> None:
    if not made.id:
        raise NotAnsweringError("The repository made a draft, and did not tell its id.")
    doing.write(
        f"{words}: {made.id}"[:500], remote_id=made.id, remote_parent=made.parent,
        remote_url=made.url, is_production=getattr(doing.there, "is_production", False),
        **PROGRESS,
    )  # fmt: skip


def _check_faults(seen: Remote) -> None:
    if seen.faults:
        told = " ".join(f"{name}: {text}" for name, text in seen.faults.items())
        raise RefusedError(f"The repository does not accept it: {told}"[:2000], errors=seen.faults)


def _adopt(doing: Doing, _move: Move) -> None:
    """Take up the draft that was made when its answer was lost."""
    _take_draft(doing, doing.seen, "our own draft was found again")


def _describe(doing: Doing, _move: Move) -> None:
    """Send the metadata; sending them twice changes nothing."""
    described = doing.there.describe(doing.seen, doing.metadata)
    _check_faults(described)
    doing.write("its metadata were taken", state=_reached(doing.deposit), **PROGRESS)


def _reached(deposit: Deposit) -> Step:
    if deposit.files_json:
        return Step.PACKED
    return Step.RESERVED if deposit.doi else Step.CREATED


def _reserve(doing: Doing, _move: Move) -> None:
    """Note the DOI that is reserved, or have one reserved."""
    doi = doing.there.reserve(doing.seen).doi
    if not doi:
        raise NotAnsweringError("The repository reserved a DOI, and did not tell it.", wait=1.0)
    packed_anew = {} if doi == doing.deposit.doi else NOT_PACKED
    known = Deposit.objects.filter(doi=doi).exclude(pk=doing.deposit.pk)
    if known.exists():
        raise MisconfiguredError(f"The repository gave the DOI {doi}, which another deposit has.")
    done(
        doing, f"the DOI {doi} was reserved", doi=doi, reserved_at=doing.now, state=Step.RESERVED,
        **PROGRESS | packed_anew,
    )  # fmt: skip


def _pack(doing: Doing, _move: Move) -> None:
    """Make the crate with the DOI inside; the same release and DOI give the same bytes."""
    files = pack_files(doing.deposit, doi_for_crate(doing.deposit))
    doing.write(
        f"packed, {files[0].size:,} bytes", files_json=[asdict(item) for item in files],
        crate=files[0].sha256, crate_size=files[0].size, packed_at=doing.now, uploaded_at=None,
        state=Step.PACKED, **PROGRESS,
    )  # fmt: skip


def _drop(doing: Doing, move: Move) -> None:
    doing.there.drop_file(doing.seen, move.name)
    done(doing, f"{move.name[:200]} was taken away: it is not ours", **PROGRESS)


def _upload(doing: Doing, move: Move) -> None:
    """Bring a file there; bytes that were altered are sent once more, and then no more."""
    wanted = next(item for item in wanted_files(doing.deposit) if item.name == move.name)
    there = doing.there.upload(doing.seen, wanted).file(wanted.name)
    if is_there(there, wanted):
        done(doing, f"{wanted.name} is there", **PROGRESS)
    elif there is not None and there.complete:
        _altered(doing, wanted, there.md5)
    else:
        raise NotAnsweringError(f"The repository does not tell that it has {wanted.name}.")


def _altered(doing: Doing, wanted: WantedFile, md5: str) -> None:
    before = times_altered(doing.deposit, wanted.name)
    doing.tell(f"{ALTERED}{wanted.name} has md5 {md5}, sent was {wanted.md5}")
    if before:
        raise AlteredBytesError(
            f"The repository keeps {wanted.name} with md5 {md5}, and was sent {wanted.md5}, twice: "
            "nothing was published."
        )


def _verify(doing: Doing, _move: Move) -> None:
    doing.write(
        "every file is there, each of its size and md5", uploaded_at=doing.now,
        state=Step.UPLOADED, **PROGRESS,
    )  # fmt: skip


def _wait(doing: Doing, move: Move) -> None:
    put_off(doing, move.seconds, move.why)


def _stop(_doing: Doing, move: Move) -> None:
    raise move.error or NotAnsweringError("The deposit stopped.")


MOVES: dict[Do, Callable[[Doing, Move], None]] = {
    Do.CREATE: _create, Do.NEXT_VERSION: _next_version, Do.ADOPT: _adopt, Do.DESCRIBE: _describe,
    Do.RESERVE: _reserve, Do.PACK: _pack, Do.DROP: _drop, Do.UPLOAD: _upload, Do.VERIFY: _verify,
    Do.PUBLISH: publication.publish, Do.NOTE_PUBLISHED: publication.note_published,
    Do.OFFER: publication.offer, Do.CHECK_RESOLVES: publication.check_resolves,
    Do.DONE: publication.end, Do.WAIT: _wait, Do.STOP: _stop,
}  # fmt: skip
