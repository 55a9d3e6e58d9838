"""Running what the figures ask for, several at once, and judging each run when it has ended."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

from executor.actions import cancel_run, sweep_runs, work
from executor.domain.states import ENDED, State
from executor.models import Run
from gallery.actions import check_figure, judge_run
from gallery.models import Figure
from lib.problem import ProblemError

POLL_SECONDS = 0.05
SWEEP_SECONDS = 2.0
LONGEST_END = 20.0  # seconds that a cancelled run may take to end
Told = Callable[[str, bool], None]
"""Takes a line, and whether it stands for good: others are overwritten on a terminal."""


@dataclass(slots=True)
class Work:
    """The runs of some figures.

    Attributes:
        figures: to be checked.
        tell: what is told while they run.
        refused: slug of a figure → the error that kept its run from being asked for.
    """

    figures: list[Figure]
    tell: Told
    refused: dict[str, ProblemError] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    told: dict[int, str] = field(default_factory=dict)

    def carry_out(self) -> None:
        """Ask for all runs, and come back when each has ended or waits for what is not here."""
        self._ask()
        workers = [threading.Thread(target=self._work) for _ in range(os.cpu_count() or 1)]
        for worker in workers:
            worker.start()
        try:
            self._watch()
        except KeyboardInterrupt:
            self._cancel()
            raise
        finally:
            self.over.set()
            for worker in workers:
                worker.join(LONGEST_END)

    def _ask(self) -> None:
        for figure in self.figures:
            try:
                check_figure(figure, in_worker=True)
            except ProblemError as error:
                self.refused[figure.slug] = error

    def _work(self) -> None:
        """Do what the worker of a service does, until there is nothing more to come."""
        try:
            while not self.over.is_set():
                work()
                self.over.wait(POLL_SECONDS)
        finally:
            connections.close_all()

    def _watch(self) -> None:
        wanted = {figure.run_id for figure in self.figures if figure.run_id}
        swept = time.monotonic()
        while True:
            rows = list(Run.objects.filter(pk__in=wanted).select_related("version__workflow"))
            self._tell(rows)
            if all(_stands(run) for run in rows):
                break
            time.sleep(POLL_SECONDS)
            if time.monotonic() - swept > SWEEP_SECONDS:
                sweep_runs()
                swept = time.monotonic()
        for run in rows:
            judge_run(run.pk)

    def _tell(self, rows: list[Run]) -> None:
        ended = sum(run.has_ended for run in rows)
        for run in rows:
            words = run.state if run.has_ended or not run.stage else run.stage
            if self.told.get(run.pk) == words:
                continue
            self.told[run.pk] = words
            names = [figure.slug for figure in self.figures if figure.run_id == run.pk]
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            self.tell(f"{names[0]}{more}: {words} ({ended} of {len(rows)} done)", run.has_ended)

    def _cancel(self) -> None:
        for run in Run.objects.exclude(state__in=ENDED):
            try:
                cancel_run(run)
            except ProblemError:
                continue


def _stands(run: Run) -> bool:
    """Whether waiting longer would bring nothing: it has ended, or what feeds it is not here."""
    if run.has_ended or run.state == State.WAITING:
        return True
    waiting = Run.objects.filter(state=State.WAITING).exists()
    going = Run.objects.filter(state__in=[State.QUEUED, State.RUNNING]).exists()
    return run.state == State.BLOCKED and waiting and not going
