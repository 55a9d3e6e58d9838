"""Requests over three workflows that nobody runs: tests say what their runs gave."""

from collections.abc import Callable
from typing import Any

from catalogue.models import Version
from executor.actions import ask
from executor.actions.claim import claim
from executor.actions.ending import end_attempt
from executor.actions.request import Requested
from executor.domain.states import State
from executor.errors import RunFailedError
from executor.models import Run
from lib import store
from tests.factories import rows

COUNTS = {
    "parameters": [
        {"name": "level", "kind": "integer", "default": 1, "minimum": 0},
        {"name": "sign", "kind": "integer", "default": 1},
    ],
    "outputs": [
        {"name": "counts", "kind": "table"},
        {"name": "energy", "kind": "number", "unit": "keV"},
        {"name": "seconds", "kind": "number", "unit": "s"},
    ],
}
SUM = {
    "parameters": [
        {"name": "tables", "kind": "product", "product": "table", "many": True},
        {"name": "threshold", "kind": "float", "default": 0.0, "unit": "MeV"},
    ],
    "outputs": [{"name": "table", "kind": "table"}, {"name": "total", "kind": "number"}],
}
REPORT = {
    "parameters": [
        {"name": "table", "kind": "product", "product": "table"},
        {"name": "factor", "kind": "float", "default": 1.0},
    ],
    "outputs": [{"name": "n", "kind": "number"}, {"name": "picture", "kind": "picture"}],
}
VIEW = {
    "parameters": [
        {"name": "table", "kind": "product", "product": "table", "default": "example.csv"},
        {"name": "more", "kind": "product", "product": "table", "many": True, "default": ["a.csv"]},
        {"name": "mask", "kind": "product", "optional": True},
    ],
    "outputs": [{"name": "n", "kind": "number"}],
}
GIVES = {
    "counts": {"counts": "counts.csv", "energy": "energy.json", "seconds": "seconds.json"},
    "sum": {"table": "sum.csv", "total": "total.json"},
    "report": {"n": "n.json", "picture": "n.png"},
    "view": {"n": "n.json"},
}


def register() -> dict[str, Version]:
    """The versions, with digests that never change."""
    interfaces = {"counts": COUNTS, "sum": SUM, "report": REPORT, "view": VIEW}
    return {
        slug: rows.VersionFactory(
            workflow__slug=slug, number=1, digest=f"{place:x}" * 64, interface_json=interface
        )
        for place, (slug, interface) in enumerate(interfaces.items(), start=10)
    }


def counts(level: int, **more: Any) -> dict[str, Any]:
    return {"workflow": "counts", "parameters": {"level": level, **more}, "output": "counts"}


def total(*levels: int, **more: Any) -> dict[str, Any]:
    return {
        "workflow": "sum", "parameters": {"tables": [counts(level) for level in levels], **more},
        "output": "table",
    }  # fmt: skip


def report(*levels: int, **more: Any) -> dict[str, Any]:
    return {"workflow": "report", "parameters": {"table": total(*levels), **more}}


class Tree:
    """Asks, and says how runs ended; whatever waits for a commit happens."""

    def __init__(self, committed: Callable[[], Any]) -> None:
        self.committed = committed
        self.versions = register()

    def ask(self, content: Any, **more: Any) -> Requested:
        with self.committed():
            return ask(content, **more)

    def run(self, slug: str, **values: Any) -> Run:
        """The one run of a workflow with these plain values."""
        known = Run.objects.filter(version__workflow__slug=slug)
        (found,) = [run for run in known if values.items() <= run.values_json.items()]
        return found

    def states(self, slug: str) -> list[str]:
        known = Run.objects.filter(version__workflow__slug=slug)
        return list(known.order_by("pk").values_list("state", flat=True))

    def finish(self, run: Run, **data: bytes) -> Run:
        """Let a queued run end with these bytes; other outputs hold the run's own number."""
        attempt = claim(run.pk)
        assert attempt is not None, run.state
        found = []
        for name, file in GIVES[run.version.workflow.slug].items():
            content = data.get(name, b"%d" % run.pk)
            found.append((name, "output", file, store.put(content), len(content)))
        with self.committed():
            assert end_attempt(attempt, State.FINISHED, None, found)
        run.refresh_from_db()
        return run

    def fail(self, run: Run, sentence: str = "Cell 1 raised ValueError") -> Run:
        attempt = claim(run.pk)
        assert attempt is not None, run.state
        with self.committed():
            end_attempt(attempt, State.FAILED, RunFailedError("raised", sentence))
        run.refresh_from_db()
        return run

    def finish_all(self) -> int:
        """Let all runs end, one after another; how many ran."""
        count = 0
        while run := Run.objects.filter(state="queued").order_by("due_at", "pk").first():
            self.finish(run)
            count += 1
        return count
