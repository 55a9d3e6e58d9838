"""``manage.py check_figures``: run and judge every figure that has no verdict yet."""

from typing import Any

from django.core.management.base import BaseCommand

from gallery.actions import check_figure, judge_ended_runs
from gallery.queries import unjudged
from lib.problem import ProblemError


class Command(BaseCommand):
    """Ask for the run of every figure that has no verdict."""

    help = "Queue the runs of all figures without a verdict; the worker judges them."

    def handle(self, *_args: Any, **_options: Any) -> None:
        judge_ended_runs()
        for figure in unjudged():
            try:
                self.stdout.write(f"{figure.slug}: {check_figure(figure).state}")
            except ProblemError as error:
                self.stderr.write(f"{figure.slug}: {error.detail}")
