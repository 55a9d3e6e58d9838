"""``manage.py register_bundled``: register the workflows that come with the project."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalogue.actions import register_source
from lib.problem import ProblemError


class Command(BaseCommand):
    """Register every folder of workflows/; what is registered already is left alone."""

    help = "Register the bundled workflows and the figures that their papers state."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for folder in sorted(settings.WORKFLOWS_DIR.iterdir()):
            if folder.is_dir() and not folder.name.startswith((".", "_")):
                self._register(str(folder), folder.name)

    def _register(self, folder: str, name: str) -> None:
        try:
            done = register_source(folder, slug=name, local=True, bundled=True)
        except ProblemError as error:
            self.stderr.write(f"{name}: {error.detail}")
            return
        if done.created:
            self.stdout.write(f"{name}: version {done.version.number}")
