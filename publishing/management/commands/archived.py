"""``manage.py archived SLUG [NUMBER] [IDENTIFIER]``: where the source of a version is archived."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.queries import version_of
from lib.problem import ProblemError
from publishing.actions.archived import record_archived_source


class Command(BaseCommand):
    """List or tell where the source of a version is archived."""

    help = (
        "List where the source of a version is archived, or tell of one more place: a SWHID, or "
        "the https address at a forge. Nothing is sent there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="of the workflow")
        parser.add_argument("number", nargs="?", type=int, help="of the version; default: newest")
        parser.add_argument("identifier", nargs="?", default="", help="swh:1:rev:… or https://…")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            version = version_of(options["slug"], options["number"])
            if options["identifier"]:
                record_archived_source(version, options["identifier"])
        except ProblemError as error:
            raise CommandError(error.detail) from None
        for row in version.archived_sources.all():
            self.stdout.write(row.identifier)
