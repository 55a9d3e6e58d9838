"""Runs on Slurm: from the request to the product, and what happens when the cluster fails."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import entries
from tests.slurm.cluster import slurm

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
SITES = """\
[[site]]
name = "cluster"
kind = "slurm"
address = "127.0.0.1"
partition = "short"
walltime = "00:10:00"
blocks = 1
runs_per_node = 2
wait_seconds = {wait}

[[site]]
name = "here"
kind = "local"
runs = 1
"""
ASK = """\
from catalogue.queries import runnable_version
from executor.actions import request_run
from lib import queue
for n in {numbers}:
    request_run(runnable_version('squares'), {{'n': n}})
queue._sender().unsent.join()
"""
SQUARES = entries.simple_notebook(
    parameters="n = 1  # oda:Integer",
    body="import time\nprint('squaring', n)\ntime.sleep(20 if n == 20 else 0)",
    outputs="square = n * n  # oda:Integer",
)
RUNNING = """\
SELECT a.site FROM executor_attempt a JOIN executor_run r ON r.id = a.run_id
WHERE r.stage LIKE 'running%' AND a.log LIKE '%squaring%'
"""
ATTEMPTS = """\
SELECT r.state, a.number, a.site, a.outcome, a.error FROM executor_attempt a
JOIN executor_run r ON r.id = a.run_id ORDER BY a.id
"""


class Service:
    """A service without its web part: asked by the command line, worked on by one worker."""

    def __init__(self, folder: Path, environ: dict[str, str], wait: int) -> None:
        self.folder = folder
        self.database = folder / "service.sqlite3"
        (folder / "sites.toml").write_text(SITES.format(wait=wait))
        self.environ = environ | {
            "REPRISE_DATA": str(folder / "data"),
            "REPRISE_DATABASE_URL": f"sqlite:///{self.database}",
            "REPRISE_SITES": str(folder / "sites.toml"),
            "REPRISE_RUN_SECONDS": "60",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def manage(self, *command: str) -> str:
        return subprocess.run(
            (sys.executable, "manage.py", *command), cwd=ROOT, env=self.environ, check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip

    def prepare(self) -> None:
        entry = self.folder / "squares"
        entry.mkdir()
        files = {**entries.files(without=("paper.toml", "double.ipynb")), "squares.ipynb": SQUARES}
        for path, data in files.items():
            (entry / path).write_bytes(data)
        self.manage("migrate")
        self.manage("register", str(entry))

    def ask(self, numbers: range) -> None:
        self.manage("shell", "-c", ASK.format(numbers=list(numbers)))

    def rows(self, query: str = ATTEMPTS) -> list[tuple]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def finished(self, count: int, seconds: float = 150) -> bool:
        until = time.monotonic() + seconds
        query = "SELECT count(*) FROM executor_run WHERE state = 'finished'"
        while self.rows(query) != [(count,)] and time.monotonic() < until:
            time.sleep(0.2)
        return self.rows(query) == [(count,)]

    def worker(self):
        command = (
            *(sys.executable, "-m", "celery", "-A", "config.celery", "worker"),
            *("--pool", "threads", "--queues", "runs,celery", "--concurrency", "4", "--beat"),
            *("--schedule", str(self.folder / "beat")),
        )
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)


@pytest.fixture
def told(request):
    """Lines for the transcript, kept where REPRISE_TRANSCRIPT says."""
    lines: list[str] = []
    yield lines
    if folder := os.environ.get("REPRISE_TRANSCRIPT"):
        Path(folder, f"{request.node.name}.txt").write_text("\n".join(lines) + "\n")


def note(told, title, text):
    told += [f"$ {title}", text.rstrip(), ""]


def as_text(rows):
    return "\n".join("  ".join(str(cell)[:110] for cell in row) for row in rows)


def log_of(service):
    return (service.folder / "worker.log").read_text()[-4000:]


def ended(worker):
    worker.terminate()
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def test_runs_go_to_slurm_and_their_products_come_back(tmp_path, told):
    with slurm(tmp_path / "slurm") as cluster:
        service = Service(tmp_path, cluster.environ, wait=120)
        service.prepare()
        worker = service.worker()
        try:
            begun = time.monotonic()
            service.ask(range(2, 3))
            assert service.finished(1), log_of(service)
            note(told, "the first run, with its pilot", f"{time.monotonic() - begun:.1f} s")
            begun = time.monotonic()
            service.ask(range(3, 11))
            assert service.finished(9), log_of(service)
            note(told, "eight more, on the same pilot", f"{time.monotonic() - begun:.1f} s")
            note(told, "sinfo", cluster.ask("sinfo"))
            note(told, "squeue", cluster.ask("squeue"))
            pilots = cluster.jobs()
            note(told, "manage.py sites", service.manage("sites"))
        finally:
            ended(worker)
        cluster.wait_for(lambda: cluster.jobs() == [])
        note(told, "squeue, after the worker was stopped", cluster.ask("squeue"))

    attempts = service.rows()
    note(told, "attempts: run, number, site, outcome", as_text(attempts))
    facts = service.rows("SELECT facts_json FROM executor_attempt LIMIT 1")[0][0]
    logs = service.rows("SELECT log FROM executor_attempt LIMIT 1")[0][0]
    note(told, "facts of the first attempt", facts)
    note(told, "log of the first attempt", logs)
    assert attempts == [("finished", 1, "cluster", "finished", "")] * 9
    assert len(pilots) == 1
    assert f"({cluster.host})" in facts
    values = service.rows(
        "SELECT p.digest FROM executor_output o JOIN executor_product p ON p.digest = "
        "o.product_id WHERE o.name = 'square' AND o.role = 'output'"
    )
    assert sorted(product(service, digest) for (digest,) in values) == [n * n for n in range(2, 11)]


def product(service, digest):
    path = service.folder / "data/store/sha256" / digest[:2] / digest[2:4] / digest
    return int(path.read_text())


def test_a_cluster_that_fails_is_drained_and_its_runs_go_on_elsewhere(tmp_path, told):
    with slurm(tmp_path / "slurm") as cluster:
        service = Service(tmp_path, cluster.environ, wait=8)
        service.prepare()
        cluster.kill_node()
        note(told, "sinfo, after slurmd was killed", cluster.ask("sinfo"))
        worker = service.worker()
        try:
            service.ask(range(2, 5))
            assert service.finished(3), log_of(service)
            note(told, "squeue", cluster.ask("squeue"))
            note(told, "manage.py sites", service.manage("sites"))
            service.ask(range(5, 6))
            assert service.finished(4), log_of(service)
        finally:
            ended(worker)

    attempts = service.rows()
    note(told, "attempts: run, number, site, outcome, error", as_text(attempts))
    failed = ("finished", 1, "cluster", "queued", "")
    assert [row[:4] for row in attempts[:3]] == [failed[:4]] * 3
    assert [row[:4] for row in attempts[3:6]] == [("finished", 2, "here", "finished")] * 3
    assert [row[:4] for row in attempts[6:]] == [("finished", 1, "here", "finished")]
    (site,) = service.rows("SELECT failures, drained_until > changed_at FROM executor_site "
                           "WHERE name = 'cluster'")  # fmt: skip
    assert site == (3, 1)


def test_a_run_whose_pilot_is_cancelled_is_run_again_elsewhere(tmp_path, told):
    with slurm(tmp_path / "slurm") as cluster:
        service = Service(tmp_path, cluster.environ, wait=60)
        service.prepare()
        worker = service.worker()
        try:
            service.ask(range(20, 21))
            cluster.wait_for(lambda: service.rows(RUNNING) == [("cluster",)], 120)
            note(told, "squeue, while the run is on its node", cluster.ask("squeue"))
            (pilot,) = cluster.jobs()
            begun = time.monotonic()
            note(told, f"scancel {pilot}", cluster.ask("scancel", pilot))
            cluster.wait_for(lambda: len(service.rows()) == 2, 120)
            note(told, "until it was tried again", f"{time.monotonic() - begun:.1f} s")
            assert service.finished(1), log_of(service)
            note(told, "manage.py sites", service.manage("sites"))
        finally:
            ended(worker)

    attempts = service.rows()
    note(told, "attempts: run, number, site, outcome, error", as_text(attempts))
    assert [row[:4] for row in attempts] == [
        ("finished", 1, "cluster", "queued"),
        ("finished", 2, "here", "finished"),
    ]
    assert attempts[0][4].startswith("The site cluster failed: ")
