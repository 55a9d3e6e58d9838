"""Make the database ready: in this process, for a second start must take seconds."""

import importlib
import io
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.up.problem import StartError, of_preparation


def prepare(data: Path) -> None:
    """Migrate, load vocabularies and bundled workflows, recover runs; quick when all is there.

    Raises:
        StartError: code 5 for a full disk, 7 for the database, 8 for the rest.
    """
    try:
        django.setup()
        importlib.import_module("config.celery")  # the queue that the actions below speak to
        migrate()
        _quietly("load_vocabularies")
        _quietly("register_bundled")
        importlib.import_module("executor.actions").recover_runs()
    except StartError:
        raise
    # Whatever a preparation raises, a reader of the terminal gets a sentence and not a traceback.
    except Exception as error:
        raise of_preparation(error, data) from error
    finally:
        connections.close_all()


def migrate() -> None:
    """Bring the database up to date, and refuse one that a newer Reprise made."""
    executor = MigrationExecutor(connection)
    check_not_newer(set(executor.loader.applied_migrations), set(executor.loader.disk_migrations))
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def check_not_newer(applied: set[tuple[str, str]], known: set[tuple[str, str]]) -> None:
    """Refuse a database with migrations, given as (app, name), that this Reprise does not know.

    Raises:
        StartError: code 7.
    """
    newer = sorted(applied - known)
    if newer:
        raise StartError(
            7,
            f"The database was made by a newer Reprise ({'.'.join(newer[0])} is unknown here): "
            "update Reprise, or start with another folder: make up DATA=…",
        )


def start_checks() -> None:
    """Ask for the checks of the bundled figures; the worker runs them."""
    try:
        _quietly("check_figures")
    finally:
        connections.close_all()


def _quietly(command: str) -> None:
    """Run a command whose report nobody at this terminal asked for; its errors still come."""
    call_command(command, verbosity=0, stdout=io.StringIO())


def address() -> str:
    """The address to print."""
    return f"{settings.PUBLIC_URL}/"
