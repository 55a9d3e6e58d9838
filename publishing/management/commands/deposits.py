"""``manage.py deposits``: how every deposit stands, and what somebody has to do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lib.problem import ProblemError
from publishing.actions import check_repository
from publishing.queries.health import Stand, budgets, deposits, going, stands

MOMENT = "%Y-%m-%d %H:%M"


class Command(BaseCommand):
    """List the deposits; check that the token of a repository works."""

    help = "Lists every deposit: its state, what it waits for, and the one thing to do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that are over")
        parser.add_argument(
            "--check", metavar="REPOSITORY", help="ask this repository whether the token works"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(options["check"])
            return
        known = deposits() if options["all"] else going(deposits())
        for stand in stands(known):
            self._show(stand)
        if not known:
            self.stdout.write("no deposit waits for anything")
        for left in budgets():
            pause = f", closed until {left.closed_until:%H:%M:%S} UTC" if left.closed_until else ""
            kind = "production" if left.is_production else "sandbox"
            self.stdout.write(
                f"{left.name} ({kind}, {left.url}): {left.requests} requests may be sent now, "
                f"{left.per_minute} a minute{pause}"
            )

    def _show(self, stand: Stand) -> None:
        deposit, health = stand.deposit, stand.health
        doi = f", {deposit.doi}" if deposit.doi else ""
        self.stdout.write(f"{deposit.release_id} at {deposit.repository}: {health.word}{doi}")
        self.stdout.write(f"  since      {stand.since:{MOMENT}} UTC")
        if health.waits_for:
            self.stdout.write(f"  waits for  {health.waits_for}")
        if deposit.error:
            self.stdout.write(f"  wrong      {deposit.error}")
        self.stdout.write(f"  to do      {health.to_do}")

    def _check(self, name: str) -> None:
        try:
            check_repository(name)
        except ProblemError as error:
            raise CommandError(f"{name}: {error.detail}") from None
        self.stdout.write(f"{name}: token, address and prefix fit together")
