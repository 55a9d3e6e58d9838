"""Watch the parts: start again what died, give up on what keeps dying, stop everything."""

import ctypes
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from config.up import processes
from config.up.parts import Part, last_lines, log_file, start
from config.up.problem import StartError

if TYPE_CHECKING:
    import subprocess

PATIENCE = 4.0
START_SECONDS = 60.0
DEATHS, WINDOW = 5, 60.0
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def too_often(deaths: Sequence[float], now: float) -> bool:
    """Whether a part that died at these moments (seconds) has died five times in a minute."""
    return len([moment for moment in deaths if now - moment < WINDOW]) >= DEATHS


def delay(deaths: Sequence[float], now: float) -> float:
    """Seconds until a part is started again: none the first time, then 1, 2 and 4."""
    recent = len([moment for moment in deaths if now - moment < WINDOW])
    return 0.0 if recent <= 1 else float(2 ** (recent - 2))


class Watch:
    """The running parts of one start."""

    def __init__(self, parts: Sequence[Part], data: Path, root: Path) -> None:
        self.parts = parts
        self.data = data
        self.root = root
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, list[float]] = {part.name: [] for part in parts}
        self.due: dict[str, float] = {}
        self.asked = 0
        self.settled = False

    def listen(self) -> None:
        """Take the signals that stop the service, and the orphans of its parts."""
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in SIGNALS:
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
        if not self.settled:
            raise KeyboardInterrupt  # in the middle of the preparation
        if self.asked > 1:  # the second Ctrl-C: at once
            processes.send(self._everything(), signal.SIGKILL)

    def start(self, *names: str) -> None:
        """Start the parts of these names."""
        for part in self.parts:
            if part.name in names:
                self.running[part.name] = start(part, self.data, self.root)

    def wait_until_answering(self, url: str) -> None:
        """Wait until the first part, the web server, answers; at most a minute.

        Raises:
            StartError: code 9 when it ends before that, or does not answer.
        """
        self.settled = True
        deadline = time.monotonic() + START_SECONDS
        while not self.asked and not answers(url):
            if self.running[self.parts[0].name].poll() is not None:
                raise self._did_not_start(self.parts[0], "ended")
            if time.monotonic() > deadline:
                raise self._did_not_start(self.parts[0], "did not answer")
            time.sleep(0.05)

    def _did_not_start(self, part: Part, how: str) -> StartError:
        file = log_file(self.data, part)
        return StartError(
            9, f"The {part.name} part {how} at its start; the end of {file}:\n{last_lines(file)}"
        )

    def watch(self, say: Callable[[str], None]) -> None:
        """Keep the parts running until a signal asks to stop.

        Raises:
            StartError: code 1 when a part keeps dying.
        """
        while not self.asked:
            for part in self.parts:
                self._look_at(part, say)
            time.sleep(0.2)

    def _look_at(self, part: Part, say: Callable[[str], None]) -> None:
        now = time.monotonic()
        if part.name in self.due:
            if now >= self.due[part.name]:
                del self.due[part.name]
                self.running[part.name] = start(part, self.data, self.root)
        elif self.running[part.name].poll() is not None:
            self._died(part, now, say)

    def _died(self, part: Part, now: float, say: Callable[[str], None]) -> None:
        deaths = self.deaths[part.name]
        deaths.append(now)
        file = log_file(self.data, part)
        if too_often(deaths, now):
            raise StartError(
                1, f"The {part.name} part ended {DEATHS} times in a minute; {file} says why."
            )
        self.due[part.name] = now + delay(deaths, now)
        say(f"The {part.name} part ended unexpectedly and is started again ({file} says why).")

    def stop(self) -> None:
        """End every part and all that they started; nothing stays behind."""
        self.settled = True
        leaders = {process.pid for process in self.running.values() if process.poll() is None}
        processes.end(leaders, PATIENCE)
        for process in self.running.values():
            process.wait()
        processes.end(self._everything(), 1.0)
        processes.collect()

    def _everything(self) -> set[int]:
        return processes.marked(self.data) | processes.descendants(os.getpid())


def answers(url: str) -> bool:
    """Whether the service answers 200 there; no proxy is asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (OSError, urllib.error.URLError):
        return False


def end_with_parent() -> None:
    """Stop when the process that started this one ends (``make``, even when it is killed)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
