"""A storm: faults and deaths at random requests, many in one deposit."""

import random

from publishing.actions import retry_deposit
from publishing.domain.steps import Step
from publishing.models import Deposit, Release
from tests.publishing.repositories.faults import Fault, Kind
from tests.publishing.repositories.lab import STRIKING, Lab

SHARE = 0.25
LAGS = (0, 30, 300)
MOST = 40
"""Faults of one storm; after them the weather is fine."""


def storm(lab: Lab, release: Release, seed: int) -> Deposit:
    """A deposit in a storm, tried again by hand whenever it failed, until it is published.

    The same seed gives the same storm.
    """
    chance = random.Random(seed)  # noqa: S311 -- a storm that can be seen again
    deposit = lab.begin(release)
    lab.strike(*weather(chance))
    lab.served.fake.index.lag = LAGS[seed % len(LAGS)]
    for _ in range(MOST):
        with lab.killed(chance.randint(1, 60), after=chance.random() < 0.5):
            deposit = lab.drive(deposit)
        if deposit.state == Step.RESOLVES:
            return deposit
        deposit.refresh_from_db()
        if deposit.state == Step.FAILED:
            deposit = retry_deposit(deposit)
    lab.served.plan.set()
    return lab.drive(deposit)


def weather(chance: random.Random) -> list[Fault]:
    """Faults at random requests of the first two hundred."""
    struck = [number for number in range(1, 200) if chance.random() < SHARE][:MOST]
    kinds: tuple[Kind, ...] = STRIKING
    return [Fault(chance.choice(kinds), at=number) for number in struck]
