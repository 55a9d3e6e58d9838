"""The port of repositories: what a deposit asks of any of them.

Every verb may be called again after any doubt, once the remote side was looked at: an adapter
never assumes what it did not read. Requests go out through one transport that counts against the
repository's rate, writes no secret anywhere, and can be replaced by one that only tells what it
would send.

Errors (``publishing.errors``): what the person must mend is a ``RefusedError`` with the fields of
our own form; a token that does not work is a ``TokenError``; what may work later is a
``NotAnsweringError`` with the seconds to wait. Whoever catches the last looks before trying again.
"""

from typing import Any, Protocol

from publishing.domain.record import Record
from publishing.domain.remote import Remote, WantedFile


class Repository(Protocol):
    """A repository that records can be published at."""

    name: str
    """As the operator configured it, such as ``zenodo``; stands in ``Deposit.repository``."""
    kind: str
    """``shelf``, ``inveniordm`` or ``workflowhub``."""
    is_production: bool
    """Whether what is published there is for ever."""
    mints: bool
    """Whether it gives DOIs itself."""

    def check(self) -> None:
        """See that token, address and prefix fit together, before anything is written."""

    def metadata(
        self, record: Record, *, key: str, page: str, published: str, version: str = ""
    ) -> dict[str, Any]:
        """The record in the words of the repository, with our key and the address of our page.

        ``published`` is the date of publication (ISO): never left to the repository; ``version`` is
        the number of the release, for people.
        """

    def look(self, remote_id: str) -> Remote:
        """The record or draft of this id as it is now."""

    def find(self, key: str) -> Remote:
        """Our own draft or record that carries this key; absent when there is none (yet)."""

    def create(self, metadata: dict[str, Any]) -> Remote:
        """A new draft; ``faults`` says what it does not accept."""

    def new_version(self, previous_id: str) -> Remote:
        """A draft of the next version; an open draft of it is returned as it is.

        Its key says whose it is: that of the version before where nobody described it yet.
        """

    def describe(self, remote: Remote, metadata: dict[str, Any]) -> Remote:
        """Replace the metadata of a draft, and nothing else: reserved DOIs are kept.

        ``faults`` says what it does not accept.
        """

    def reserve(self, remote: Remote) -> Remote:
        """Have the DOI of the draft reserved."""

    def upload(self, remote: Remote, file: WantedFile) -> Remote:
        """Bring one file to where it is wanted, from whatever state it was left in.

        What comes back says what the repository has now: the caller compares size and md5.
        """

    def drop_file(self, remote: Remote, name: str) -> Remote:
        """Take a file of a draft away."""

    def publish(self, remote: Remote) -> Remote:
        """Publish the draft. After any doubt: look."""

    def submit(self, remote: Remote, community: str) -> None:
        """Offer a published record to a community."""

    def abandon(self, remote: Remote) -> None:
        """Delete a draft of ours: one that still has the key that was seen."""

    def resolves(self, doi: str) -> bool:
        """Whether the DOI leads somewhere by now."""
