"""``manage.py register FOLDER|CRATE.zip|GIT-URL[@REV]``: register an entry."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.actions import register_named
from lib.problem import ProblemError


class Command(BaseCommand):
    """Register an entry from a folder, a crate or a git repository."""

    help = (
        "Register the entry in a folder, a crate or a git repository as a version of a workflow. "
        "What the runs of a crate gave becomes the answer to their requests here: register only "
        "crates that you trust."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a folder, a crate (zip), or a git address with @REV")
        parser.add_argument(
            "--slug", default="", help="name of the workflow; default: the folder's"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            done = register_named(options["source"], slug=options["slug"])
        except ProblemError as error:
            more = "".join(f"\n  {place}: {what}" for place, what in error.errors.items())
            raise CommandError(f"{error.detail}{more}") from None
        version = done.version
        state = "draft" if version.is_draft else "registered" if done.created else "unchanged"
        self.stdout.write(
            f"{version.workflow.slug} version {version.number}: {state} ({version.digest[:12]})"
        )
        for address in done.runs:
            self.stdout.write(f"  run taken over: {address}")
        if done.note:
            self.stdout.write(f"  {done.note}")
        for finding in version.findings_json:
            self.stdout.write(
                f"  {finding['severity']}: {finding['place']}: {finding['what']} {finding['mend']}"
            )
