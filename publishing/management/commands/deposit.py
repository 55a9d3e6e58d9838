"""``manage.py deposit``: bring a release to a repository, or show what that would send."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lib.problem import ProblemError
from publishing.actions import (
    abandon_deposit,
    begin_deposit,
    carry_on,
    rehearse_deposit,
    retry_deposit,
)
from publishing.domain.steps import DONE, ENDED, Step
from publishing.models import Deposit, Release
from publishing.queries.deposits import deposit_at
from publishing.queries.drafts import draft_of
from publishing.queries.health import stand_of

SLEEP_AT_MOST = 30.0


class Command(BaseCommand):
    """Deposit a release; the same command again takes up what was left."""

    help = "Deposits a release at a repository, from wherever an earlier try was left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", help="id of the release")
        parser.add_argument("repository", help="name of the repository, or shelf")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--dry-run", action="store_true",
            help="print every request that would be sent; nothing is sent or written",
        )  # fmt: skip
        ways.add_argument("--retry", action="store_true", help="try again what failed")
        ways.add_argument("--abandon", action="store_true", help="take it back; deletes our draft")
        parser.add_argument(
            "--wait", type=float, default=0.0, metavar="MINUTES",
            help="stay for so long when something is to be waited for",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            release, name = draft_of(options["release"]), options["repository"]
            if options["dry_run"]:
                self._rehearse(release, name)
            elif options["abandon"]:
                self._show(abandon_deposit(deposit_at(release, name)))
            else:
                self._deposit(release, name, options)
        except ProblemError as error:
            told = "".join(f"\n  {field}: {text}" for field, text in error.errors.items())
            raise CommandError(f"{error.detail}{told}") from None

    def _rehearse(self, release: Release, name: str) -> None:
        count = 0

        def tell(planned: Any) -> None:  # noqa: ANN401 -- of the adapter, which says how it looks
            nonlocal count
            count += 1
            self.stdout.write(f"{planned}\n\n")

        deposit = rehearse_deposit(release, name, tell)
        self.stdout.write(f"{count} requests would be sent; nothing was sent, nothing was written")
        if deposit.state not in DONE:
            self.stdout.write(f"and then it would stop: {deposit.error or deposit.waits_for}")

    def _deposit(self, release: Release, name: str, options: dict[str, Any]) -> None:
        deposit = begin_deposit(release, name)
        if options["retry"]:
            deposit = retry_deposit(deposit)
        until = time.monotonic() + 60 * options["wait"]
        deposit = carry_on(deposit.pk)
        while deposit.state not in ENDED and time.monotonic() < until:
            time.sleep(_pause(deposit))
            deposit = carry_on(deposit.pk)
        self._show(deposit)
        if deposit.state in {Step.FAILED, Step.ABANDONED}:
            raise CommandError(deposit.error)

    def _show(self, deposit: Deposit) -> None:
        health = stand_of(deposit, timezone.now()).health
        self.stdout.write(f"{deposit.release_id} at {deposit.repository}: {health.word}")
        if deposit.doi:
            self.stdout.write(f"DOI: {deposit.doi}")
        if deposit.concept_doi:
            self.stdout.write(f"DOI of all versions: {deposit.concept_doi}")
        if health.waits_for:
            self.stdout.write(f"waits for {health.waits_for}")
        self.stdout.write(f"to do: {health.to_do}")


def _pause(deposit: Deposit) -> float:
    if deposit.next_try_at is None:
        return 1.0
    left = (deposit.next_try_at - timezone.now()).total_seconds()
    return min(max(left, 0.1), SLEEP_AT_MOST)
