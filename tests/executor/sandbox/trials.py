"""Trials in a sandbox: probes, and what came of them."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executor.adapters.sandbox import Isolation, run
from executor.domain.job import MEBIBYTE, Ending, Job, Limits

ENVIRON = {"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
INTERPRETER = tuple({Path(sys.prefix), Path(sys.base_prefix)})
SMALL: dict[str, Any] = {"wall_seconds": 20.0, "memory_bytes": 512 * MEBIBYTE, "processes": 24}


@dataclass
class Result:
    """What came of a trial."""

    ending: Ending
    log: str
    events: list[bytes]

    @property
    def said(self) -> Any:
        """What the probe printed, as JSON."""
        return json.loads(self.log)


@dataclass
class Sandbox:
    """Runs probes: small Python programs, or commands of the machine."""

    isolation: Isolation
    folder: Path
    stop: Callable[[], bool] = lambda: False
    readable: list[Path] = field(default_factory=list)
    environ: Mapping[str, str] = field(default_factory=dict)

    def python(self, probe: str, *arguments: object, **limits: float) -> Result:
        """Run a probe in the interpreter of the tests."""
        flags = ("-I", "-S", "-c", probe)
        return self.command(sys.executable, *flags, *map(str, arguments), **limits)

    def command(self, *argv: str, **limits: float) -> Result:
        """Run a command."""
        log, events = bytearray(), list[bytes]()
        ending = run(
            self.job(argv, Limits(**{**SMALL, **limits})),
            isolation=self.isolation,
            on_log=log.extend,
            on_event=events.append,
            should_stop=self.stop,
        )
        return Result(ending, log.decode(), events)

    def job(self, argv: tuple[str, ...], limits: Limits) -> Job:
        """The job for a command."""
        readable = (*INTERPRETER, *self.readable)
        return Job(argv, self.folder, readable, {**ENVIRON, **self.environ}, limits)
