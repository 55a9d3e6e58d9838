"""``manage.py minted``: record DOIs that people had minted at registries of workflows."""

from typing import Any

from django.core.management.base import BaseCommand

from publishing.actions.minted import read_minted


class Command(BaseCommand):
    """Read back DOIs that no program may ask for."""

    help = (
        "Ask WorkflowHub for the DOIs that people had minted there for what was submitted from "
        "here, and write them down. Changes nothing there."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{read_minted()} found")
