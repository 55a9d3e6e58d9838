"""A fake DOI resolver: a DOI leads somewhere only some time after its record was published."""

from dataclasses import dataclass, field


@dataclass
class FakeResolver:
    """DOIs that were registered, each with the moment from which it resolves.

    Attributes:
        delay: seconds between the publication of a record and its DOI.
        is_out: an outage of the registration agency: what is published meanwhile is never
            registered by itself (the server neither tells nor tries again).
    """

    delay: float = 0.0
    is_out: bool = False
    registered: dict[str, tuple[float, str]] = field(default_factory=dict)

    def register(self, now: float, doi: str, url: str) -> None:
        """Have a DOI resolve after the delay; registering it again changes where it leads."""
        if not self.is_out:
            since = self.registered.get(doi, (now + self.delay, ""))[0]
            self.registered[doi] = (since, url)

    def resolve(self, now: float, doi: str) -> str:
        """Where a DOI leads by now; empty when nowhere."""
        since, url = self.registered.get(doi, (float("inf"), ""))
        return url if since <= now else ""
