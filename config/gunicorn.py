"""How the web server runs: two processes of four threads, nothing written outside the data."""

import gc
from pathlib import Path
from typing import Any

from config import settings

_host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST

bind = f"{_host}:{settings.PORT}"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
keepalive = 5
limit_request_line = 8190
timeout = 60
graceful_timeout = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# The heartbeat of a worker is a file; in memory it cannot wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes its own file there


def pre_fork(_server: Any, _worker: Any) -> None:  # noqa: ANN401 -- gunicorn has no types
    """Keep the collector from looking through the code again and again, and from copying it.

    What is loaded before the fork stays for good: a full collection leaves it out from now on, so
    it takes a tenth of the time, and its pages stay shared between the processes.
    """
    gc.collect()
    gc.freeze()
