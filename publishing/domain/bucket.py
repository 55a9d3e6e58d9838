"""A bucket of tokens: how many requests may be sent now, so that no minute sees too many."""

from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a repository may be sent.

    A full bucket lets some requests go at once; the rest of the minute's allowance drips in. Both
    together are the allowance, so in no sixty seconds more are sent, wherever they begin.

    Attributes:
        per_minute: requests in any minute, at least 1.
    """

    per_minute: int

    @property
    def size(self) -> int:
        """Requests that may go at once after a quiet while."""
        return max(1, self.per_minute // 6)

    @property
    def per_second(self) -> float:
        """Requests that come in with each second."""
        return max(self.per_minute - self.size, self.per_minute / 2) / MINUTE

    def filled(self, tokens: float, seconds: float) -> float:
        """How full it is so many seconds after it held so much; clocks may go backwards."""
        return min(float(self.size), tokens + max(seconds, 0.0) * self.per_second)

    def wait(self, tokens: float) -> float:
        """Seconds until there is a whole token; 0 when there is one.

        >>> Bucket(60).wait(0.5)
        0.6
        """
        return max(0.0, 1.0 - tokens) / self.per_second
