"""Ten thousand small runs while everything they stand on is killed again and again.

    .venv/bin/python tests/soak/soak.py --runs 10000 --on sqlite
    .venv/bin/python tests/soak/soak.py --runs 10000 --on postgresql --broker redis

Workers, the scheduler, the broker and the database are killed with SIGKILL at random and started
again; the disk is filled for a while, and the clock jumps by an hour, forward and back. At the end
every run must have ended, done or failed with a reason; none may be lost; no address may have
been run twice to completion; and what a killed worker held must be under way again within a
minute. Exit status 0 says so, 1 says what did not hold. Needs bubblewrap or namespaces; for
``postgresql`` its server, for the brokers theirs, for ``--clock`` gcc, and for ``--disk`` root,
because a small file system is mounted. All traffic stays on this machine.
"""
# ruff: noqa: T201, PLC0415 -- it prints its report; settings are read from what it sets first

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
POLL = 0.5
PATIENCE = 240.0  # after the last kill, for what is left
RESUMED_WITHIN = 60.0
CELERY = (PYTHON, "-m", "celery", "-A", "config.celery")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")


@dataclass
class Server:
    """A program that is killed and started again."""

    name: str
    command: tuple[str, ...]
    environ: dict[str, str]
    log: Path
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environ, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True, user=self.user,
            )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to the process group: no chance to say anything."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def keep(self) -> None:
        """Start it when it is not running, as a supervisor of the system would."""
        if self.process is None or self.process.poll() is not None:
            self.start()


@dataclass
class Soak:
    """One soak: its servers, its clock, and what it saw."""

    options: argparse.Namespace
    folder: Path
    servers: dict[str, Server] = field(default_factory=dict)
    events: list[tuple[float, str]] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    clock_is_there: bool = False

    def prepare(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        self.mount(data)
        self.environ = os.environ | {
            "REPRISE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings",
            "REPRISE_QUEUE": "1000000", "REPRISE_SANDBOX": self.options.sandbox,
        }  # fmt: skip
        self.add_database()
        self.add_broker()
        os.environ.update(self.environ)
        worker_environ = self.environ | self.clock_environ()
        for number in range(self.options.workers):
            self.add(
                f"worker-{number}", *CELERY, "worker", "--pool", "threads", "--queues", "runs",
                "--concurrency", "2", "--hostname", f"runs{number}@soak", *QUIET,
                environ=worker_environ,
            )  # fmt: skip
        self.add(
            "chores", *CELERY, "worker", "--pool", "solo", "--queues", "celery", "--hostname",
            "chores@soak", *QUIET, environ=worker_environ,
        )  # fmt: skip
        self.add(
            "beat", *CELERY, "beat", "--schedule", str(self.folder / "beat"), "--pidfile", "",
            "--loglevel", "WARNING", environ=worker_environ,
        )  # fmt: skip

    def add(self, name: str, *command: str, environ: dict[str, str] | None = None) -> Server:
        log = self.folder / f"{name}.log"
        self.servers[name] = Server(name, command, environ or self.environ, log)
        return self.servers[name]

    def add_database(self) -> None:
        if self.options.on != "postgresql":
            return
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        home = self.folder / "postgresql"
        home.mkdir()
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(home, user)
            self.folder.chmod(0o755)
        subprocess.run(
            (str(programs / "initdb"), "-D", str(home / "data"), "-U", "reprise", "-A", "trust"),
            check=True, stdout=subprocess.DEVNULL, user=user,
        )  # fmt: skip
        server = self.add(
            "database", str(programs / "postgres"), "-D", str(home / "data"), "-k", str(home),
            "-c", "listen_addresses=", "-c", "max_connections=200",
        )  # fmt: skip
        server.user = user
        server.log.touch()
        server.start()
        self.wait_for((str(programs / "createdb"), "-h", str(home), "-U", "reprise", "reprise"))
        self.environ["REPRISE_DATABASE_URL"] = f"postgresql://reprise@/reprise?host={home}"

    def add_broker(self) -> None:
        if self.options.broker != "redis":
            return
        port = self.options.port
        self.environ["REPRISE_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
        self.add(
            "broker", "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", str(self.folder),
        ).start()  # fmt: skip
        self.wait_for(("redis-cli", "-p", str(port), "ping"))

    def wait_for(self, command: tuple[str, ...]) -> None:
        until = time.monotonic() + 30
        while subprocess.run(command, capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                raise SystemExit(f"{command[0]} did not come up")
            time.sleep(0.2)

    def mount(self, data: Path) -> None:
        if self.options.disk:
            size = f"size={self.options.disk_mb}m"
            subprocess.run(
                ("mount", "-t", "tmpfs", "-o", size, "reprise-soak", str(data)), check=True
            )

    def clock_environ(self) -> dict[str, str]:
        if not self.options.clock:
            return {}
        library = self.folder / "clock.so"
        source = str(Path(__file__).with_name("clock.c"))
        subprocess.run(
            ("gcc", "-shared", "-fPIC", "-O1", "-o", str(library), source),
            check=True,
        )
        self.set_clock(0)
        return {"LD_PRELOAD": str(library), "SOAK_CLOCK": str(self.folder / "clock")}

    def set_clock(self, seconds: int) -> None:
        with (self.folder / "clock").open("r+b" if self.clock_is_there else "wb") as handle:
            handle.write(struct.pack("=q", seconds))
        self.clock_is_there = True

    def run(self) -> int:
        self.prepare()
        subprocess.run((PYTHON, "manage.py", "migrate", "-v", "0"), cwd=ROOT, check=True)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        import config.celery  # noqa: F401 -- the queue that actions speak to

        version = register()
        for server in self.servers.values():
            server.keep()
        begun = time.monotonic()
        asked = self.ask_all(version, begun)
        self.until_ended(asked)
        return report(self, asked, time.monotonic() - begun)

    def ask_all(self, version: object, begun: float) -> list[str]:
        """Ask for every run, disturbing meanwhile; an asker asks again when refused by a fault."""
        from django.db import Error, connection

        from executor.actions import request_run

        asked: list[str] = []
        next_fault = begun + self.pause()
        while len(asked) < self.options.runs:
            try:
                done = request_run(version, {"n": len(asked)})  # type: ignore[arg-type]
                asked.append(done.run.address)
            except (Error, OSError):
                connection.close()
                time.sleep(0.2)
            if time.monotonic() > next_fault:
                self.disturb()
                next_fault = time.monotonic() + self.pause()
            if len(asked) % 100 == 0:
                self.keep()
        self.say(f"{len(asked)} asked")
        return asked

    def pause(self) -> float:
        return random.uniform(0.5, 1.5) * self.options.every  # noqa: S311 -- chaos, no secret

    def disturb(self) -> None:
        faults = ["worker", "worker", "worker", "chores", "beat", "all"]
        faults += ["database"] if "database" in self.servers else []
        faults += ["broker"]
        faults += ["disk"] if self.options.disk else []
        faults += ["clock"] if self.options.clock else []
        fault = random.choice(faults)  # noqa: S311
        self.say(f"fault: {fault}")
        special = getattr(self, f"fault_{fault}", None)
        special() if special else self.servers[fault].kill()
        self.keep()

    def fault_worker(self) -> None:
        names = [name for name in self.servers if name.startswith("worker")]
        self.servers[random.choice(names)].kill()  # noqa: S311

    def fault_all(self) -> None:
        for server in self.servers.values():
            server.kill()

    def fault_broker(self) -> None:
        """The broker dies with all messages; of the embedded one the folder is emptied."""
        if "broker" in self.servers:
            self.servers["broker"].kill()
        for message in (Path(self.environ["REPRISE_DATA"]) / "queue" / "messages").glob("*"):
            message.unlink(missing_ok=True)

    def fault_disk(self) -> None:
        """Fill the disk for a few seconds."""
        filler = Path(self.environ["REPRISE_DATA"]) / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as handle:
            while True:
                handle.write(bytes(1024 * 1024))
        time.sleep(5)
        filler.unlink()

    def fault_clock(self) -> None:
        """The clock of all our processes jumps by up to an hour, forward or back."""
        self.set_clock(random.choice([-3600, -120, 0, 120, 3600]))  # noqa: S311

    def keep(self) -> None:
        for server in self.servers.values():
            server.keep()

    def until_ended(self, asked: list[str]) -> None:
        """Wait for the end of all, still disturbing until a tenth is left."""
        from django.db import Error, connection

        from executor.models import Run

        next_fault = time.monotonic() + self.pause()
        deadline = time.monotonic() + PATIENCE
        last = -1
        while True:
            self.keep()
            try:
                left = Run.objects.exclude(state__in=("finished", "failed", "cancelled")).count()
            except Error:
                connection.close()
                left = last
            if left == 0:
                return
            if left != last:
                last, deadline = left, time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                return
            if left > len(asked) * 0.1 and time.monotonic() > next_fault:
                self.say(f"{left} left")
                self.disturb()
                next_fault = time.monotonic() + self.pause()
            time.sleep(POLL)

    def say(self, text: str) -> None:
        self.events.append((time.time(), text))
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)

    def close(self) -> None:
        for server in self.servers.values():
            server.kill()
        if self.options.disk:
            data = str(self.folder / "data")
            subprocess.run(("umount", "-l", data), check=False)


def register() -> object:
    """The entry whose runs are asked for: it adds one."""
    from catalogue.actions import register_entry
    from catalogue.domain.entry import Entry
    from tests.factories import entries

    notebook = entries.simple_notebook(
        parameters="n = 0  # oda:Integer", body="m = n + 1", outputs="m = m  # oda:Integer"
    )
    files = entries.files(without=("paper.toml", "double.ipynb"))
    entry = Entry({**files, "soak.ipynb": notebook})
    return register_entry(entry, slug="soak", source="folder:soak").version


def report(soak: Soak, asked: list[str], seconds: float) -> int:
    """Print what became of the runs; 0 when all held."""
    from executor.models import Attempt, Run

    states = Counter(Run.objects.values_list("state", flat=True))
    reasons = Counter(Run.objects.filter(state="failed").values_list("error_id", flat=True))
    finished = Counter(Attempt.objects.filter(outcome="finished").values_list("run_id", flat=True))
    twice = [run for run, count in finished.items() if count > 1]
    lost = len(set(asked) - set(Run.objects.values_list("address", flat=True)))
    unended = sum(count for state, count in states.items() if state not in {"finished", "failed"})
    silent = Run.objects.filter(state="failed", error="").count()
    wrong = wrong_answers()
    outcomes = Counter(Attempt.objects.values_list("outcome", flat=True))
    slow = resumed(soak)
    print(json.dumps({
        "runs": len(asked), "seconds": round(seconds), "runs_per_second": len(asked) / seconds,
        "states": states, "failures": reasons, "attempts": outcomes,
        "kills": {server.name: server.kills for server in soak.servers.values()},
        "faults": Counter(text for _when, text in soak.events if text.startswith("fault")),
        "lost": lost, "not ended": unended, "failed without a reason": silent,
        "run twice to completion": len(twice), "wrong answers": wrong,
        "longest until resumed, s": round(slow, 1),
    }, indent=1))  # fmt: skip
    held = not (lost or unended or silent or twice or wrong) and slow <= RESUMED_WITHIN
    print("All held." if held else "Something did not hold.")
    return 0 if held else 1


def wrong_answers() -> int:
    """Finished runs whose product is not their question's answer."""
    from executor.models import Output
    from lib import store

    wrong = 0
    chosen = Output.objects.filter(run__state="finished", role="output").select_related("run")
    for output in chosen.iterator():
        wrong += int(store.get(output.product_id)) != output.run.values_json["n"] + 1
    return wrong


def resumed(soak: Soak) -> float:
    """Longest time from the end that a sweep found for a lost attempt to the next attempt.

    Counted from the last sign of life that the lost worker gave, by its lease; a clock that was
    set makes the difference meaningless, so with ``--clock`` only the order is looked at.
    """
    from executor.models import Attempt

    if soak.options.clock:
        return 0.0
    longest = 0.0
    lost = Attempt.objects.filter(outcome__in=("lost", "interrupted")).select_related("run")
    for attempt in lost.iterator():
        later = Attempt.objects.filter(run=attempt.run_id, number=attempt.number + 1).first()
        if later:
            longest = max(longest, (later.started_at - attempt.started_at).total_seconds())
    return longest


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("folder", "redis"), default="folder")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=8.0, help="seconds between two faults")
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--disk", action="store_true", help="fill the disk now and then")
    parser.add_argument("--disk-mb", type=int, default=2000)
    parser.add_argument("--clock", action="store_true", help="set the clock now and then")
    parser.add_argument("--port", type=int, default=6390)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    """Run one soak in a folder of its own."""
    chosen = options()
    random.seed(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="reprise-soak-") as folder:
        soak = Soak(chosen, Path(folder))
        try:
            return soak.run()
        finally:
            soak.close()


if __name__ == "__main__":
    sys.exit(main())
