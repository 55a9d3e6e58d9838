"""``manage.py collect_environments``: remove environments that nobody uses."""

from typing import Any

from django.core.management.base import BaseCommand

from executor.actions.collection import collect_environments

MEGABYTE = 1_000_000


class Command(BaseCommand):
    """Remove environments that were not used for long, or do not fit into the budget."""

    help = "Remove environments that nobody used for long; kept wheels stay."

    def handle(self, *_args: Any, **_options: Any) -> None:
        done = collect_environments()
        self.stdout.write(
            f"removed {len(done.removed)} environments, freed {done.freed / MEGABYTE:.0f} MB; "
            f"{done.left / MEGABYTE:.0f} MB are left, and {done.wheels / MEGABYTE:.0f} MB of wheels"
        )
