"""A run that takes longer than its broker is patient is run once, and to its end."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.factories import entries
from tests.factories.folders import let_others_in

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 14
PATIENCE = 4  # of the broker
UP_WITHIN = 40.0
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port})).close()"
SLOW = entries.simple_notebook(
    parameters="n = 1  # oda:Integer",
    body=f"import time\ntime.sleep({RUN_SECONDS})",
    outputs="n = n  # oda:Integer",
)


@contextmanager
def running(log, *command, **options):
    # Into a file: RabbitMQ does not come up when what it says goes nowhere.
    with (
        log.open("ab") as said,
        subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, **options) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def wait_for(question, seconds=UP_WITHIN):
    until = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < until:
        time.sleep(0.1)
    return answer


def answers(*command, environ=None):
    return lambda: not subprocess.run(command, env=environ, check=False, **QUIET).returncode


@contextmanager
def redis(folder):
    socket = folder / "redis.sock"
    command = ("redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "")
    with running(folder / "log.txt", *command):
        assert wait_for(answers("redis-cli", "-s", str(socket), "ping"))
        yield f"redis+socket://{socket}"


@contextmanager
def rabbitmq(folder):
    """RabbitMQ that closes the channel of who does not acknowledge within seconds."""
    port = 5690
    settings = {
        "tcp_listeners": f'[{{"127.0.0.1", {port}}}]',
        "consumer_timeout": str(PATIENCE * 1000),
        "channel_tick_interval": "1000",
    }
    rabbit = ", ".join(f"{{{name}, {value}}}" for name, value in settings.items())
    kernel = "{inet_dist_use_interface, {127, 0, 0, 1}}"
    (folder / "advanced.config").write_text(f"[{{rabbit, [{rabbit}]}}, {{kernel, [{kernel}]}}].\n")
    (folder / "plugins").write_text("[].\n")
    environ = os.environ | {
        "RABBITMQ_NODENAME": "patience@localhost",
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": "25690",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "HOME": str(folder),
    }
    if os.geteuid() == 0:  # as the package does, the server runs as a user of its own
        let_others_in(folder)
        subprocess.run(("chown", "-R", "rabbitmq", str(folder)), check=True)
    server = running(folder / "log.txt", "/usr/sbin/rabbitmq-server", env=environ)
    ready = answers("/usr/sbin/rabbitmqctl", "-n", "patience@localhost", "ping", environ=environ)
    with server:
        try:
            assert wait_for(ready)
            assert wait_for(answers(sys.executable, "-c", CONNECT.format(port=port)))
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            stop = ("/usr/sbin/rabbitmqctl", "-n", "patience@localhost", "shutdown")
            subprocess.run(stop, env=environ, check=False, **QUIET)


@pytest.mark.parametrize("broker", [redis, rabbitmq], ids=["redis", "rabbitmq"])
def test_a_run_that_outlasts_the_brokers_patience_is_run_once(tmp_path, broker):
    home, entry = tmp_path / "broker", tmp_path / "slow"
    home.mkdir()
    entry.mkdir()
    files = {**entries.files(without=("paper.toml", "double.ipynb")), "slow.ipynb": SLOW}
    for path, data in files.items():
        (entry / path).write_bytes(data)
    impatient = tmp_path / "impatient.py"
    impatient.write_text(
        "from config.celery import app\n"
        f"app.conf.broker_transport_options = {{'visibility_timeout': {PATIENCE}, "
        "'unacked_restore_interval': 1, 'unacked_restore_throttle': 1}\n"
    )

    with broker(home) as url:
        environ = os.environ | {
            "REPRISE_DATA": str(tmp_path / "data"),
            "REPRISE_BROKER_URL": url,
            "REPRISE_DATABASE_URL": f"sqlite:///{tmp_path / 'slow.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(tmp_path),
        }
        ask = (
            "from catalogue.queries import runnable_version\n"
            "from executor.actions import request_run\n"
            "from lib import queue\n"
            "request_run(runnable_version('slow'), {})\n"
            "queue._sender().unsent.join()\n"
        )
        if url.startswith("amqp"):
            impatient.write_text("from config.celery import app\n")
        commands = (["migrate"], ["register", str(entry)], ["shell", "-c", ask])
        for command in commands:
            manage = [sys.executable, "manage.py", *command]
            subprocess.run(manage, cwd=ROOT, env=environ, check=True, **QUIET)
        worker = (
            *(sys.executable, "-m", "celery", "-A", "impatient", "worker"),
            *("--pool", "threads", "--queues", "runs", "--concurrency", "2"),
        )
        with running(tmp_path / "worker.txt", *worker, env=environ):
            ended = wait_for(lambda: outcomes(tmp_path / "slow.sqlite3"), 60)
            time.sleep(PATIENCE)  # for a second start that would come now

    assert ended == [("finished",)]
    assert outcomes(tmp_path / "slow.sqlite3") == [("finished",)]


def outcomes(database):
    """How the attempts ended; nothing before the first has."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT outcome FROM executor_attempt").fetchall()
    return found if ("finished",) in found else []
