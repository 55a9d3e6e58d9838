"""Progress of an attempt, written down while it runs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import Error, connection

from executor.actions.claim import ROOM_NEEDED, lease
from executor.adapters import folders
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
        self._written = time.monotonic()  # the claim has written just now
        self._held = self._written
        self._stop = False
        self.disk_was_full = False

    def stage(self, text: str, *, at_once: bool = False) -> None:
        """Say in words what is going on; written at once when it may take long, else in time."""
        self._changes["stage"] = text
        if at_once or time.monotonic() - self._written >= PAUSE:
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
            what = "step" if event.get("event") == "step" else "cell"
            self._changes |= {
                "done": index - 1,
                "total": total,
                "stage": f"running {what} {index} of {total}",
            }

    def should_stop(self) -> bool:
        """Whether the job is to be stopped; also writes what has been collected."""
        self.look_at_disk()
        if time.monotonic() - self._written >= PAUSE:
            self._write()
        return self._stop

    def look_at_disk(self) -> None:
        """Notice a full disk: what then fails is the platform's fault, whatever it looks like."""
        if not folders.has_room(settings.DATA_DIR, ROOM_NEEDED):
            self.disk_was_full = True

    def close(self) -> None:
        """Write what is left of the log; a database that is away loses these last lines."""
        with suppress(Error):
            self._write_log()

    def _beat(self, ended: threading.Event) -> None:
        try:
            while not ended.wait(settings.LEASE_SECONDS / 4):
                self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        self._written = time.monotonic()
        try:
            self._write_all()
        except Error:
            # The database may be back before the lease has run out; until then the run goes on.
            connection.close()
            self._stop = self._written - self._held > settings.LEASE_SECONDS

    def _write_all(self) -> None:
        mine = Run.objects.filter(
            pk=self.attempt.run_id, token=self.attempt.run.token, state=Run.States.RUNNING
        )
        going = mine.filter(cancel_asked=False).update(lease_until=lease(), **self._changes)
        self._changes.clear()
        self._write_log()
        self._held, self._stop = self._written, not going

    def _write_log(self) -> None:
        if self._log:
            self.attempt.log += "".join(self._log)
            self._log.clear()
            Attempt.objects.filter(pk=self.attempt.pk).update(log=self.attempt.log)
