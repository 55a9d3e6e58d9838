"""Two checks of one figure, the second different, whose trials end as a test says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.domain.lock import packages
from executor.actions import plan_run
from executor.models import Run
from gallery.actions import go_on
from gallery.models import Check, Diagnosis, Figure
from tests.factories import rows

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW = {"one": "1.0", "other": "1.0"}, {"one": "2.0", "other": "1.1"}


def lock(pinned: dict[str, str]) -> str:
    return "".join(
        f"{name}=={version} --hash=sha256:{version[0] * 64}\n" for name, version in pinned.items()
    )


class World:
    """A figure that was checked twice; nobody works on the runs but the test.

    ``gives`` says what a run gives: a function of the packages, ``name==version``, and the run.
    """

    def __init__(self, gives: Callable[[set[str], Run], object]) -> None:
        self.gives = gives
        workflow = rows.WorkflowFactory(slug="doubling")
        self.versions = [
            rows.VersionFactory(workflow=workflow, lock=lock(pinned)) for pinned in (OLD, NEW)
        ]
        self.figure = rows.FigureFactory(version=self.versions[1], slug="doubled")
        self.checks = [
            self.check(self.versions[0], LONG_AGO, "identical"),
            self.check(self.versions[1], LONG_AGO + DAY, "different"),
        ]

    def check(self, version, moment: datetime, verdict: str) -> Check:
        plan = plan_run(version, {})
        run = rows.RunFactory(
            version=version, address=plan.address, environment=plan.root.environment,
            typed_json=plan.root.typed, values_json={"energy": 20.0}, state="queued",
        )  # fmt: skip
        self.end(run)
        return rows.CheckFactory(
            figure=self.figure, run=run, verdict=verdict, checked_at=moment, sentence="as said"
        )

    def end(self, run: Run) -> None:
        value = self.gives(set(packages(run.version.lock)), run)
        if isinstance(value, Exception):
            Run.objects.filter(pk=run.pk).update(
                state="failed", error_id="executor:user:raised", error=str(value)
            )
            return
        product = rows.ProductFactory(data=json.dumps(value).encode())
        rows.OutputFactory(run=run, product=product)
        Run.objects.filter(pk=run.pk).update(state="finished", ended_at=LONG_AGO)

    def work(self, diagnosis: Diagnosis, steps: int = 40) -> Diagnosis:
        """Let the diagnosis go on, and end whatever it waits for, so many times."""
        for _step in range(steps):
            go_on(diagnosis.pk)
            diagnosis.refresh_from_db()
            if diagnosis.waits_for is None:
                break
            self.end(diagnosis.waits_for)
        return diagnosis


@pytest.fixture
def world(db, sent) -> Callable[..., World]:
    """Makes a world in which package ``one`` 2.0 adds 1, unless it is said otherwise."""
    return lambda gives=by_one: World(gives)


def by_one(pinned: set[str], _run: Run) -> object:
    return 41.0 if "one==2.0" in pinned else 40.0


@pytest.fixture
def doubled(world) -> Figure:
    """The figure of that world."""
    return world().figure
