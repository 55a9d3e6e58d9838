"""With Redis as the broker: what is registered is run by a worker and judged."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.factories import entries

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@contextmanager
def running(*command, **options):
    with subprocess.Popen(command, cwd=ROOT, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


def verdict(database):
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT verdict FROM gallery_check")]


def wait_for(question):
    until = time.monotonic() + SECONDS
    while not (answer := question()) and time.monotonic() < until:
        time.sleep(0.1)
    return answer


def test_a_worker_on_redis_runs_and_judges_what_is_registered(tmp_path):
    socket, folder = tmp_path / "redis.sock", tmp_path / "doubling"
    folder.mkdir()
    for path, data in entries.files().items():
        (folder / path).write_bytes(data)
    environ = os.environ | {
        "REPRISE_DATA": str(tmp_path / "data"),
        "REPRISE_BROKER_URL": f"redis+socket://{socket}",
        "REPRISE_DATABASE_URL": f"sqlite:///{tmp_path / 'redis.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    redis = ("redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "")
    worker = (
        *(sys.executable, "-m", "celery", "-A", "config.celery", "worker"),
        *("--pool", "threads", "--queues", "runs,celery"),
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    with running(*redis, **quiet):
        assert wait_for(socket.exists)
        for command in (["migrate"], ["register", str(folder)]):
            manage = [sys.executable, "manage.py", *command]
            subprocess.run(manage, cwd=ROOT, env=environ, check=True)
        with running(*worker, env=environ, **quiet):
            assert wait_for(lambda: verdict(tmp_path / "redis.sqlite3")) == ["identical"]
