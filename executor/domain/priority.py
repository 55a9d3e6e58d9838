"""Whose run goes first: a deadline for each, so that who waits long enough comes before anybody.

Each priority adds an allowance to the moment of the request; the run with the earliest sum is
next (earliest deadline first). A bulk run therefore overtakes an interactive one that was asked
for an hour later: ageing needs no clock of its own, and the order is one indexed column.
"""

from datetime import datetime, timedelta
from enum import IntEnum


class Priority(IntEnum):
    """How urgent a run is, the most urgent first."""

    INTERACTIVE = 0
    LANDING = 1
    BOT = 2
    BULK = 3


ALLOWANCES = {
    Priority.INTERACTIVE: timedelta(0),
    Priority.LANDING: timedelta(seconds=30),
    Priority.BOT: timedelta(minutes=10),
    Priority.BULK: timedelta(hours=1),
}


def due_at(asked: datetime, priority: Priority) -> datetime:
    """The moment that orders a run asked for at a moment among all that wait."""
    return asked + ALLOWANCES[priority]
