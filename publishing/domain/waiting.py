"""For how long a deposit waits: for what is in doubt, for another try, for its DOI."""

from datetime import timedelta

LAG = timedelta(minutes=15)
"""After so long a draft that was made is surely found by its key, and one that is not found is
surely not made: longer than any request is worked on, and than any index lags behind."""
PATIENCE = timedelta(minutes=15)
"""For so long a publication that was asked for is waited for, before it is asked for again."""
REST_AT_MOST = timedelta(hours=2)
"""No deposit rests longer: until when it does was written before the clock was set back."""
LEASE = timedelta(minutes=3)
"""For so long a worker holds a deposit that it does not say anything of."""
ALARM = timedelta(hours=24)
"""After so long a DOI that leads nowhere is a matter for people."""


def pause(tries: int, asked: float = 0.0) -> float:
    """Seconds to wait after so many tries in vain: doubled each time, an hour at most."""
    return max(asked, min(5.0 * 2.0 ** min(tries, 12), 3600.0))


def resolver_pause(waited: timedelta) -> float:
    """Seconds until a DOI is looked up again, that has led nowhere for so long."""
    return min(max(waited.total_seconds() / 4, 30.0), 1800.0)
