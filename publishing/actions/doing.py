"""One deposit at its repository, held by this worker: what a move reads, and how it writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from lib.problem import ProblemError
from publishing.adapters.repositories.port import Repository
from publishing.domain.remote import Remote
from publishing.errors import LostHoldError, NotAnsweringError
from publishing.models import Deposit, DepositEvent
from publishing.queries.deposits import times_told

SAID_AT_MOST = 3
"""Times that one thing is believed to be done that is then seen not to be."""
NOT_PACKED: dict[str, Any] = {
    "crate": "", "crate_size": 0, "files_json": [], "packed_at": None, "uploaded_at": None,
}  # fmt: skip
PROGRESS: dict[str, Any] = {
    "error_id": "", "error": "", "errors_json": {}, "tries": 0, "next_try_at": None,
    "waits_for": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doing:
    """One deposit at its repository, held by this worker.

    Attributes:
        last: the published version before it, while it has no draft of its own.
    """

    deposit: Deposit
    repository: Repository | None
    seen: Remote
    now: datetime
    last: Deposit | None = None

    def write(self, words: str = "", **columns: Any) -> None:
        """Write columns down, and an event; whoever lost the hold writes nothing.

        Raises:
            LostHoldError: another worker has the deposit by now.
        """
        mine = Deposit.objects.filter(pk=self.deposit.pk, holder=self.deposit.holder)
        with transaction.atomic():
            if not mine.update(**{"holder": self.deposit.holder} | columns):
                raise LostHoldError("Another worker took this deposit over; it goes on there.")
            if words:
                step = columns.get("state", self.deposit.state)
                self.tell(words, step)

    def tell(self, words: str, step: str = "") -> None:
        """Write an event down."""
        DepositEvent.objects.create(
            deposit=self.deposit, at=self.now, step=step or self.deposit.state, words=words[:500]
        )

    @property
    def there(self) -> Repository:
        """The repository, once it is open."""
        if self.repository is None:
            raise RuntimeError("no repository was opened")
        return self.repository

    @property
    def metadata(self) -> dict[str, Any]:
        """The release in the words of the repository."""
        release = self.deposit.release
        moment = release.frozen_at or release.created_at
        return self.there.metadata(
            release.record,
            key=self.deposit.key,
            page=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
            published=moment.date().isoformat(),
            version=str(release.number),
        )


def put_off(doing: Doing, seconds: float, why: str, **columns: Any) -> None:
    """Let the deposit rest for so long."""
    later = datetime.fromtimestamp(doing.now.timestamp() + seconds, tz=doing.now.tzinfo)
    doing.write(next_try_at=later, waits_for=why[:200], **columns)


def done(doing: Doing, words: str, **columns: Any) -> None:
    """Write down what the repository says it did, unless it says so over and over in vain."""
    if times_told(doing.deposit, words) >= SAID_AT_MOST:
        raise NotAnsweringError(
            f"The repository said {SAID_AT_MOST} times, and it is not so: {words}."
        )
    doing.write(words, **columns)


def is_doubtful(error: ProblemError) -> bool:
    """Whether what was asked for may have been done all the same."""
    return isinstance(error, NotAnsweringError) and error.is_doubtful
