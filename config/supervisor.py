"""The parent of the whole service: ``python -m config.supervisor --port 8000 --data var``.

Looks first, prepares the database, starts web server, worker and scheduler, prints the address,
watches them, and leaves no process behind when it is asked to stop.

Exit codes: 0 stopped as asked; 1 a part kept dying; 2 wrong use; 3 the port or address cannot be
taken; 4 the data folder cannot be written; 5 the disk is full; 6 Reprise already runs on this
folder; 7 the database is damaged or newer; 8 the preparation failed; 9 a part did not start.
"""

import argparse
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

from config.up import preflight, processes, watch
from config.up.parts import parts
from config.up.problem import StartError, of_preparation

ROOT = Path(__file__).resolve().parent.parent


def say(line: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def options(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="make up", description="Start Reprise here.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default=8000, type=int)
    parser.add_argument("--data", default="var", type=Path)
    parser.add_argument("--end-with-parent", action="store_true")
    return parser.parse_args(arguments)


def look(host: str, port: int, data: Path) -> int:
    """Look at everything that could stand in the way; the handle that holds the data folder.

    Raises:
        StartError: with the sentence to show.
    """
    preflight.check_data(data)
    handle = preflight.hold(data)
    processes.end(processes.marked(data), 5.0)
    preflight.check_port(host, port)
    if not os.environ.get("REPRISE_DATABASE_URL"):
        preflight.check_database(data / "reprise.sqlite3")
    return handle


def serve(data: Path) -> None:
    """Prepare, start and watch, until a signal asks to stop.

    Raises:
        StartError: with the sentence to show.
    """
    settings = _settings()
    preparing = importlib.import_module("config.up.prepare")
    keeper = watch.Watch(
        parts(data, settings.WORKERS, deposits=bool(settings.REPOSITORIES)), data, ROOT
    )
    keeper.listen()
    try:
        keeper.start("web")  # reads its code while the database is prepared: that saves two seconds
        preparing.prepare(data)
        keeper.wait_until_answering(_probe(settings.HOST, settings.PORT))
        if not keeper.asked:
            _greet(preparing.address(), data)
            keeper.start("worker", "chores", "beat", "deposits")
            preparing.start_checks()
            keeper.watch(say)
    finally:
        keeper.stop()


def _settings() -> ModuleType:
    """The settings, which read what main() has set; a wrong one is a sentence."""
    try:
        return importlib.import_module("config.settings")
    except ImproperlyConfigured as error:
        raise StartError(2, str(error)) from error


def _probe(host: str, port: int) -> str:
    """Where the service's health is asked: an address for all is asked on the loopback."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{own}]:{port}/healthz" if ":" in own else f"http://{own}:{port}/healthz"


def _greet(address: str, data: Path) -> None:
    queries = importlib.import_module("executor.queries")  # needs Django set up
    say(f"Reprise is at {address}")
    say(f"Its data is in {data}")
    say(queries.isolation_line())
    say("The bundled figures are being checked; the pages show how far. Ctrl-C stops everything.")


def main(arguments: list[str]) -> int:
    """Run the service; the exit code."""
    chosen = options(arguments)
    if chosen.end_with_parent:
        watch.end_with_parent()
    data = chosen.data.expanduser().resolve()
    os.environ.update(
        REPRISE_HOST=chosen.host,
        REPRISE_PORT=str(chosen.port),
        REPRISE_DATA=str(data),
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    try:
        look(chosen.host, chosen.port, data)
        serve(data)
    except StartError as error:
        say(str(error))
        return error.code
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        problem = of_preparation(error, data)
        say(str(problem))
        return problem.code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
