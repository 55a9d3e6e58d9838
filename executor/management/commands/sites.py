"""``manage.py sites``: how the places for runs stand; drain and open them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from executor.actions.sites import Stand, drain_site, open_site, stands
from executor.errors import UnknownSiteError

HEADINGS = ("site", "kind", "rank", "runs", "state", "failures", "reason")


class Command(BaseCommand):
    """List the sites; drain one, or open it again."""

    help = "Lists the places where runs go, and drains or opens one."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--drain", metavar="NAME", help="send no more runs there")
        ways.add_argument("--open", metavar="NAME", help="send runs there again")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["drain"]:
                drain_site(options["drain"])
            if options["open"]:
                open_site(options["open"])
        except UnknownSiteError as error:
            raise CommandError(error.detail) from None
        lines = [HEADINGS, *map(_line, stands())]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _line(stand: Stand) -> tuple[str, ...]:
    site, condition = stand.site, stand.condition
    running = f"{condition.running} of {site.runs}" if site.runs else str(condition.running)
    return (
        site.name, site.kind.value, str(site.rank), running, _state(stand),
        str(condition.failures), condition.reason,
    )  # fmt: skip


def _state(stand: Stand) -> str:
    condition = stand.condition
    if condition.is_open(timezone.now()):
        return "open"
    if condition.is_held or condition.drained_until is None:
        return "drained"
    return f"drained until {condition.drained_until:%Y-%m-%d %H:%M:%S}"
