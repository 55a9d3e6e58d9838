"""How the web server runs: two processes of four threads, nothing written outside the data."""

from pathlib import Path

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
