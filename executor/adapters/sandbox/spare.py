"""A launcher that was started before it is needed, for each thread that runs jobs.

Its Python takes 13 ms to start, more than all that it does for a job. So each start of a job also
starts the launcher of the thread's next job, which waits for its orders meanwhile. It belongs to
its thread, because the kernel ends a launcher together with the thread that started it, and it is
in a control group already, whose limits must be those of the job.
"""

import threading
from contextlib import suppress

from executor.domain.job import Limits

from .waiting import Waiting


class Place(threading.local):
    """Where a thread has its spare launcher; what is there ends with the thread."""

    kept: Waiting | None = None


_place = Place()


def take(limits: Limits) -> Waiting:
    """The spare launcher of this thread if it is for these limits, or else a new one."""
    kept, _place.kept = _place.kept, None
    if kept is not None and kept.limits == limits and kept.is_ours():
        return kept
    return Waiting(limits)


def keep(limits: Limits) -> None:
    """Start the spare launcher of this thread; without one the next start only takes longer."""
    with suppress(OSError):
        _place.kept = Waiting(limits)


def drop() -> None:
    """Have no spare launcher in this thread."""
    _place.kept = None
