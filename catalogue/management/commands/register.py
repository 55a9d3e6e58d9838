"""``manage.py register FOLDER|GIT-URL[@REV]``: register an entry."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.actions import register_source
from lib.problem import ProblemError


class Command(BaseCommand):
    """Register an entry from a folder or a git repository."""

    help = "Register the entry in a folder or a git repository as a version of a workflow."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a folder, or a git address with an optional @REV")
        parser.add_argument(
            "--slug", default="", help="name of the workflow; default: the folder's"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            done = register_source(options["source"], slug=options["slug"], local=True)
        except ProblemError as error:
            more = "".join(f"\n  {place}: {what}" for place, what in error.errors.items())
            raise CommandError(f"{error.detail}{more}") from None
        version = done.version
        state = "draft" if version.is_draft else "registered" if done.created else "unchanged"
        self.stdout.write(
            f"{version.workflow.slug} version {version.number}: {state} ({version.digest[:12]})"
        )
        for finding in version.findings_json:
            self.stdout.write(
                f"  {finding['severity']}: {finding['place']}: {finding['what']} {finding['mend']}"
            )
