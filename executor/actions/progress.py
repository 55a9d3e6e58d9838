"""Progress of an attempt, written down while it runs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from executor.models import Attempt, Run

PAUSE = 0.4


class Progress:
    """Collects the log and the events of a job and writes them now and then.

    Writing is also the heartbeat: it extends the lease, and learns whether the run was asked to
    stop or was taken over by another worker.
    """

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self._log: list[str] = []
        self._changes: dict[str, int | str] = {}
        self._written = 0.0
        self._stop = False

    def stage(self, text: str) -> None:
        """Say in words what is going on, and write it at once."""
        self._changes["stage"] = text
        self._write()

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Extend the lease during long preparations, which tell nothing themselves."""
        ended = threading.Event()
        beat = threading.Thread(target=self._beat, args=(ended,), daemon=True)
        beat.start()
        try:
            yield
        finally:
            ended.set()
            beat.join()

    def on_log(self, data: bytes) -> None:
        """Take what the code printed."""
        self._log.append(data.decode("utf-8", "replace").replace("\0", "\ufffd"))

    def on_event(self, line: bytes) -> None:
        """Take an event of the runner; a line that is none is passed over."""
        try:
            event = json.loads(line)
            index, total = int(event["index"]), int(event["of"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return
        if 0 < index <= total < 10_000:  # noqa: PLR2004 -- no notebook has more cells
            self._changes |= {
                "done": index - 1,
                "total": total,
                "stage": f"running cell {index} of {total}",
            }

    def should_stop(self) -> bool:
        """Whether the job is to be stopped; also writes what has been collected."""
        if time.monotonic() - self._written >= PAUSE:
            self._write()
        return self._stop

    def close(self) -> None:
        """Write what is left of the log."""
        self._write_log()

    def _beat(self, ended: threading.Event) -> None:
        try:
            while not ended.wait(settings.LEASE_SECONDS / 4):
                self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        self._written = time.monotonic()
        lease = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
        mine = Run.objects.filter(pk=self.attempt.run_id, token=self.attempt.run.token)
        kept = mine.filter(state=Run.States.RUNNING).update(lease_until=lease, **self._changes)
        self._changes.clear()
        self._write_log()
        self._stop = not kept or mine.filter(cancel_asked=True).exists()

    def _write_log(self) -> None:
        if self._log:
            self.attempt.log += "".join(self._log)
            self._log.clear()
            Attempt.objects.filter(pk=self.attempt.pk).update(log=self.attempt.log)
