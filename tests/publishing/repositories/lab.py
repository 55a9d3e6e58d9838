"""A laboratory: releases, a repository on loopback, and a client that is struck at any request.

Time is pushed on whenever a deposit rests, so that a day of waiting takes no time; the fake's
clock is the same. :func:`faults_in` says what is wrong with an outcome, in words.
"""

import hashlib
import io
import json
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.conf import settings

import publishing.adapters.repositories.http as sending
from publishing.actions import begin_deposit, carry_on, draft_release, new_version
from publishing.domain.repositories import read_repositories
from publishing.domain.steps import ENDED, Step
from publishing.models import Deposit, Release
from tests.publishing.factories import RunFactory
from tests.publishing.repositories.fake_inveniordm import TOKEN
from tests.publishing.repositories.faults import Fault, Kind
from tests.publishing.repositories.serving import Seen, Served

NAME = "zenodo"
TOML = """
[[repository]]
name = "{name}"
kind = "inveniordm"
url = "{url}"
production = {production}
prefix = "{prefix}"
resolver = "{resolver}"
token_env = "REPRISE_TEST_TOKEN"
per_minute = {per_minute}
timeout = 10
"""
STRIKING = tuple(kind for kind in Kind if "killed" not in kind.value)
MOST = 2000
SHORT = 0.01
CLIENT_KILLED = ("client gone before it asked", "client gone after the answer")


class KilledError(BaseException):
    """Stands for a process that is gone: nothing catches it."""


@dataclass
class Lab:
    """One fake, the releases that go there, and a clock.

    Attributes:
        served: the fake.
        push: moves the clock on by some seconds.
        now: tells the time.
        heard: everything that was logged.
    """

    served: Served
    push: Callable[[float], None]
    now: Callable[[], datetime]
    heard: io.StringIO = field(default_factory=io.StringIO)

    def configure(self, **more: Any) -> None:
        """Set what the operator's file says; ``more`` is what it says otherwise."""
        settings.REPOSITORIES = read_repositories(self.file(**more))

    def reset(self) -> None:
        """A repository with nothing in it, at the same address."""
        self.served.reset()

    def file(self, **more: Any) -> str:
        """The operator's file that names the fake."""
        known = {
            "name": NAME, "url": self.served.url, "production": "false",
            "prefix": self.served.fake.prefix, "resolver": self.served.resolver_url,
            "per_minute": 100_000,
        }  # fmt: skip
        return TOML.format(**known | more)

    def begin(self, release: Release) -> Deposit:
        """A deposit that no worker has seen yet."""
        return begin_deposit(release, NAME)

    def drive(self, deposit: Deposit, *, until: datetime | None = None) -> Deposit:
        """Carry on as the sweep does, until the deposit has ended or a time has come."""
        for _ in range(MOST):
            deposit = carry_on(deposit.pk)
            rest = deposit.next_try_at
            if deposit.holder:
                time.sleep(SHORT)
                continue
            if deposit.state in ENDED or (until and (rest or self.now()) > until):
                return deposit
            if rest is not None:
                self.push(max((rest - self.now()).total_seconds(), 0) + 0.01)
        told = f"{deposit.state}, waits for {deposit.waits_for!r} until {deposit.next_try_at}"
        raise AssertionError(f"it never ends: {told}")

    def publish(self, release: Release | None = None) -> Deposit:
        """A release, published."""
        return self.drive(self.begin(release or draft()))

    def strike(self, *faults: Fault) -> None:
        """Set the faults that the next requests meet, and begin the log anew."""
        self.served.forget()
        self.served.plan.set(*faults)

    @contextmanager
    def killed(self, number: int, *, after: bool) -> Iterator[None]:
        """A client that is gone at its n-th request, before it asks or after it was answered."""
        count, real = 0, sending.exchange

        def exchange(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == number and not after:
                raise KilledError
            answer = real(*given, **more)
            if count == number:
                raise KilledError
            return answer

        with patch.object(sending, "exchange", exchange):
            try:
                yield
            except KilledError:
                return


def draft(previous: Release | None = None, **words: Any) -> Release:
    """A release of a run of its own; the next version of another when that is given."""
    if previous is None:
        return draft_release([RunFactory()], **words)
    release = new_version(previous)
    release.runs.set([RunFactory()])
    return release


def requests_of(lab: Lab, release: Release) -> list[Seen]:
    """The requests of an undisturbed deposit."""
    lab.strike()
    lab.publish(release)
    return list(lab.served.log)


def run_struck(lab: Lab, release: Release, fault: Fault) -> Deposit:
    """A deposit that one fault strikes, carried on until it has ended."""
    deposit = lab.begin(release)
    lab.strike(fault)
    return lab.drive(deposit)


def run_killed(lab: Lab, release: Release, number: int, *, after: bool) -> Deposit:
    """A deposit whose worker is gone at a request; another one carries on."""
    deposit = lab.begin(release)
    lab.strike()
    with lab.killed(number, after=after):
        lab.drive(deposit)
    return lab.drive(deposit)


def faults_in(lab: Lab, *deposits: Deposit) -> list[str]:
    """What is wrong after these deposits, which are all versions of one concept; empty: nothing."""
    fake, told = lab.served.fake, []
    dois = [deposit.doi for deposit in deposits]
    for label, found, wanted in (
        ("published DOIs", sorted(fake.published), sorted(str(doi) for doi in dois)),
        ("drafts left", [row.id for row in fake.drafts()], []),
        ("files destroyed", fake.destroyed, []),
        ("reservations lost", fake.dropped, []),
        ("concepts", len({row.parent.id for row in fake.records()}), 1),
        ("states", {deposit.state for deposit in deposits}, {Step.RESOLVES.value}),
        ("secrets told", secrets_told(lab, *deposits), []),
    ):
        if found != wanted:
            told.append(f"{label}: {found} instead of {wanted}")
    for deposit in deposits:
        told += _faults_of_record(lab, deposit)
    return told


def _faults_of_record(lab: Lab, deposit: Deposit) -> list[str]:
    row = lab.served.fake.rows.get(deposit.remote_id)
    if row is None or row.record is None:
        return [f"there is no record {deposit.remote_id!r}"]
    there = {key: (len(item.data or b""), item.checksum) for key, item in row.files.items()}
    sent = {item["name"]: (item["size"], f"md5:{item['md5']}") for item in deposit.files_json}
    crate = row.files[deposit.file_name].data or b""
    pairs = (
        ("its DOI", deposit.doi, row.record.pids["doi"]["identifier"]),
        ("its concept DOI", deposit.concept_doi, row.parent.pids["doi"]["identifier"]),
        ("its files", sent, there),
        ("its crate", deposit.crate, hashlib.sha256(crate).hexdigest()),
        ("the DOI inside", doi_inside(crate), f"https://doi.org/{deposit.doi}"),
    )
    return [f"{label}: {ours} here, {theirs} there" for label, ours, theirs in pairs
            if ours != theirs]  # fmt: skip


def doi_inside(crate: bytes) -> str:
    """The DOI that a crate says it has."""
    with zipfile.ZipFile(io.BytesIO(crate)) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    root = next(item for item in graph if item["@id"] == "./")
    return str(root["identifier"])


def secrets_told(lab: Lab, *deposits: Deposit) -> list[str]:
    """Where the token can be read, though nobody should."""
    places = {
        "the log": lab.heard.getvalue(),
        "an address": " ".join(item.target for item in lab.served.log),
    }
    for deposit in deposits:
        deposit.refresh_from_db()
        places[f"deposit {deposit.pk}"] = repr(
            {name: value for name, value in vars(deposit).items() if name != "_state"}
        )
        places[f"events of {deposit.pk}"] = " ".join(repr(item) for item in deposit.events.values())
    return [place for place, text in places.items() if TOKEN in text]


@contextmanager
def listening(lab: Lab) -> Iterator[None]:
    """Hear all that is logged, however small."""
    handler, root = logging.StreamHandler(lab.heard), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def a_day_after(moment: datetime) -> datetime:
    """A day after."""
    return moment + timedelta(days=1)
