"""Workers on several hosts that share a database, a broker and a store, and no files."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.factories.folders import let_others_in
from tests.many.hosts import hosts

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN = 40.0
LEAST_BEFORE_THE_KILL = 8
LEVELS = range(100, 150)  # of the composed request: fifty counts, a sum and a report
SINGLES = range(200, 208)
RUNS = len(LEVELS) + 2 + len(SINGLES)
ASK = f"""\
from executor.actions import ask
from lib import queue
from tests.factories import chains
ask(chains.report(*{list(LEVELS)}))
for level in {list(SINGLES)}:
    ask(chains.counts(level))
queue._sender().unsent.join()
"""
REGISTER = """\
from tests.factories import chains
chains.register('counts', chains.COUNTS.replace(b"if level == 13",
    b"import time; time.sleep(0.5)\\\\nif level == 13"))
chains.register('sum', chains.SUM)
chains.register('report', chains.REPORT)
"""
LOOK = """\
import hashlib, json
from executor.models import Output
from lib import store
wrong = [o.product_id for o in Output.objects.all()
    if hashlib.sha256(store.get(o.product_id)).hexdigest() != o.product_id]
report = Output.objects.get(run__version__workflow__slug='report', name='n')
print(json.dumps({'wrong': wrong, 'report': json.loads(store.get(report.product_id)),
    'products': Output.objects.filter(role='output').count()}))
"""
BUCKET = """\
import boto3
boto3.client("s3", endpoint_url="http://{hub}:5555", region_name="us-east-1",
    aws_access_key_id="key", aws_secret_access_key="secret").create_bucket(Bucket="reprise")
"""


def clean_environ() -> dict[str, str]:
    """Our environment without anybody's proxy, which no namespace reaches."""
    return {name: text for name, text in os.environ.items() if not name.lower().endswith("_proxy")}


class Service:
    """Database, broker and store on the hub, and what is asked of them."""

    def __init__(self, folder, stack, hub) -> None:
        self.folder, self.stack, self.hub = folder, stack, hub
        self.environ = clean_environ() | {
            "REPRISE_DATABASE_URL": f"postgresql://postgres@{hub.address}/postgres",
            "REPRISE_BROKER_URL": f"redis://{hub.address}:6390/0",
            "REPRISE_STORE_URL": "s3://reprise/store",
            "REPRISE_STORE_ENDPOINT": f"http://{hub.address}:5555",
            "REPRISE_STORE_REGION": "us-east-1",
            "REPRISE_STORE_KEY": "key",
            "REPRISE_STORE_SECRET": "secret",
            "REPRISE_LEASE_SECONDS": "5",
            "REPRISE_ANONYMOUS_RUNS": "100",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
        }

    def start(self) -> None:
        """Start the three servers and make the tables, the bucket and the entries."""
        self.start_postgres()
        self.running(self.hub.command(
            "redis-server", "--bind", self.hub.address, "--port", "6390", "--save", "",
            "--protected-mode", "no",
        ), "redis")  # fmt: skip
        moto = (sys.executable, "-W", "ignore", "-m", "moto.server")
        self.running(self.hub.command(*moto, "-H", self.hub.address, "-p", "5555"), "moto")
        self.wait_for(lambda: self.succeeds(
            sys.executable, "-c", BUCKET.format(hub=self.hub.address)))  # fmt: skip
        self.manage(self.hub, "migrate")
        self.manage(self.hub, "shell", "-c", REGISTER)

    def start_postgres(self) -> None:
        """PostgreSQL on the hub, as its own user and with no socket file."""
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        home = self.folder / "postgres"
        home.mkdir()
        let_others_in(self.folder)
        subprocess.run(("chown", "postgres", str(home)), check=True)
        as_postgres = ("runuser", "-u", "postgres", "--")
        initdb = (str(programs / "initdb"), "-D", str(home / "data"), "-A", "trust", "-E", "UTF8")
        subprocess.run((*as_postgres, *initdb), check=True, capture_output=True)
        with (home / "data/pg_hba.conf").open("a") as file:
            file.write("host all all 10.213.7.0/24 trust\n")
        options = ("-h", self.hub.address, "-k", "", "-F", "-c", "max_connections=200")
        server = (str(programs / "postgres"), "-D", str(home / "data"), *options)
        self.running(self.hub.command(*as_postgres, *server), "postgres")
        self.wait_for(lambda: self.succeeds("psql", *self.database(), "-c", "select 1"))

    def database(self) -> tuple[str, ...]:
        return ("-h", self.hub.address, "-U", "postgres", "-At", "-F", "|")

    def rows(self, query: str) -> list[list[str]]:
        done = subprocess.run(
            self.hub.command("psql", *self.database(), "-c", query),
            check=True, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        return [line.split("|") for line in done.stdout.splitlines()]

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0])

    def succeeds(self, *command: str) -> bool:
        done = subprocess.run(
            self.hub.command(*command), env=self.environ, capture_output=True, check=False
        )
        return not done.returncode

    def running(self, command, name, environ=None) -> subprocess.Popen:
        """Start a program whose end comes with the test's."""
        return self.stack.enter_context(_running(command, self.folder / f"{name}.log",
                                                 environ or self.environ))  # fmt: skip

    def at(self, host) -> dict[str, str]:
        """The environment on a host: its data folder is its own."""
        return self.environ | {"REPRISE_DATA": str(self.folder / host.name)}

    def manage(self, host, *command: str) -> str:
        done = subprocess.run(
            host.machine(sys.executable, "manage.py", *command), cwd=ROOT, env=self.at(host),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert not done.returncode, done.stderr[-3000:]
        return done.stdout

    def worker(self, host, *more: str) -> subprocess.Popen:
        celery = (sys.executable, "-m", "celery", "-A", "config.celery", "worker")
        kind = ("--pool", "threads", "--concurrency", "2", "--queues", "runs,celery", *more)
        return self.running(host.machine(*celery, *kind), host.name, self.at(host))

    def wait_for(self, question, seconds=UP_WITHIN):
        until = time.monotonic() + seconds
        while not (answer := question()) and time.monotonic() < until:
            time.sleep(0.2)
        assert answer, self.logs()
        return answer

    def logs(self) -> str:
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {path.name}\n{path.read_text()[-1500:]}" for path in found)


@contextmanager
def _running(command, file, environ):
    with (
        file.open("ab") as log,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


FINISHED = "SELECT count(*) FROM executor_run WHERE state = 'finished'"
WORKERS = """\
SELECT split_part(worker, '/', 1), outcome, count(*) FROM executor_attempt
GROUP BY 1, 2 ORDER BY 1, 2
"""
HELD = "SELECT count(*) FROM executor_attempt WHERE ended_at IS NULL AND worker LIKE '{name}/%'"


def test_three_hosts_run_sixty_runs_once_each_though_one_is_killed(tmp_path):
    with ExitStack() as stack:
        hub, *others = hosts(stack, "hub", "worker-1", "worker-2", "worker-3")
        service = Service(tmp_path, stack, hub)
        service.start()
        service.worker(others[0], "--beat", "--schedule", str(tmp_path / "beat"))
        service.worker(others[1])
        victim = service.worker(others[2])

        begun = time.monotonic()
        asking = [
            subprocess.Popen(
                host.machine(sys.executable, "manage.py", "shell", "-c", ASK),
                cwd=ROOT, env=service.at(host), stdout=subprocess.DEVNULL,
            )
            for host in others
        ]  # fmt: skip
        assert [process.wait(60) for process in asking] == [0, 0, 0]
        service.wait_for(lambda: service.number(FINISHED) >= LEAST_BEFORE_THE_KILL, 60)
        service.wait_for(lambda: service.number(HELD.format(name="worker-3")))
        victim.kill()
        victim.wait()
        service.wait_for(lambda: service.number(FINISHED) == RUNS, 120)
        seconds = time.monotonic() - begun

        work = service.rows(WORKERS)
        looked = json.loads(service.manage(hub, "shell", "-c", LOOK).splitlines()[-1])
        runs = service.number("SELECT count(*) FROM executor_run")
        twice = service.rows(
            "SELECT run_id FROM executor_attempt WHERE outcome = 'finished' GROUP BY 1 "
            "HAVING count(*) > 1"
        )
        lost = service.number("SELECT count(*) FROM executor_attempt WHERE outcome = 'lost'")
        keep(work, looked, runs, seconds)

    finished = {name: int(count) for name, outcome, count in work if outcome == "finished"}
    assert sorted(finished) == ["worker-1", "worker-2", "worker-3"]
    assert sum(finished.values()) == runs == RUNS
    assert twice == []
    assert lost >= 1
    assert (looked["wrong"], looked["report"]) == ([], float(sum(LEVELS)))


def keep(work, looked, runs, seconds):
    """The transcript, where REPRISE_TRANSCRIPT says."""
    if folder := os.environ.get("REPRISE_TRANSCRIPT"):
        lines = [
            f"{runs} runs on three hosts, one of them killed: {seconds:.1f} s",
            "",
            "host      outcome   attempts",
            *(f"{name:9} {outcome:9} {count}" for name, outcome, count in work),
            "",
            f"products read again from the store: {looked}",
        ]
        Path(folder, "many.txt").write_text("\n".join(lines) + "\n")
