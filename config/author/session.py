"""A throw-away service in one process: its environment, its lock and its database.

The cache folder holds what is worth keeping (products, environments, wheels, a template of the
database); all of it may be deleted while no check runs. One check at a time uses it, the next
waits; what an interrupted one left behind is cleared away.
"""

import fcntl
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from config.author.kept import of_code
from config.author.options import Checking
from lib.problem import ProblemError

DATABASE = "reprise.sqlite3"
TEMPLATES_AT_MOST = 3
TEMPLATE_OF = ("ontology", "catalogue", "executor", "publishing", "gallery")


class CacheError(ProblemError):
    """The cache folder cannot be used."""

    id = "author:platform:cache"
    title = "The cache folder cannot be used"


@contextmanager
def session(options: Checking, say: Callable[[str], None]) -> Iterator[None]:
    """Django set up on a database of this check alone, in the cache folder.

    Raises:
        CacheError: the folder cannot be written.
    """
    try:
        options.cache.mkdir(parents=True, exist_ok=True)
        lock = (options.cache / "check.lock").open("a")
    except OSError as error:
        raise CacheError(
            f"The cache folder {options.cache} cannot be written ({error.strerror}): "
            "choose another with --cache."
        ) from None
    with lock:
        _take(lock.fileno(), say)
        _clear(options.cache)
        with tempfile.TemporaryDirectory(dir=options.cache, prefix="check-") as folder:
            database = Path(folder) / DATABASE
            set_environment(options, database)
            _fill(options.cache, database, say)
            yield
            _let_go()


def _take(handle: int, say: Callable[[str], None]) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another check uses the same cache folder: waiting for it …")
        fcntl.flock(handle, fcntl.LOCK_EX)


def _clear(cache: Path) -> None:
    """Remove what interrupted checks left: their databases, and the work folders of their runs."""
    for left in (*cache.glob("check-*"), *(cache / "work").glob("*")):
        shutil.rmtree(left, ignore_errors=True)


def set_environment(options: Checking, database: Path) -> None:
    """Say to the settings what this check needs, and nothing of what a service here was told."""
    for name in [name for name in os.environ if name.startswith("REPRISE_")]:
        del os.environ[name]
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        REPRISE_DATA=str(options.cache),
        REPRISE_DATABASE_URL=f"sqlite:///{quote(str(database))}",
        REPRISE_MIRRORS=":".join(map(str, options.mirrors)),
        REPRISE_BROKER_URL="memory://localhost/",
        REPRISE_NAMES="none",
        REPRISE_ATTEMPTS="2",
        REPRISE_WORKERS=str(os.cpu_count() or 1),
        REPRISE_WARM="no",
        REPRISE_SANDBOX="auto" if options.sandbox else "off",
        REPRISE_NETWORK=",".join(options.network),
        REPRISE_RUN_SECONDS=str(options.seconds),
        REPRISE_RUN_MEMORY_MB=str(options.memory),
    )


def _fill(cache: Path, database: Path, say: Callable[[str], None]) -> None:
    """Make the database: a copy of the template, which is made when it is not there yet."""
    template = cache / "templates" / f"{_template_name()}.sqlite3"
    if template.is_file():
        shutil.copyfile(template, database)
        _set_up()
        return
    say("Preparing the database, once for this version of Reprise …")
    _set_up()
    _migrate()
    template.parent.mkdir(parents=True, exist_ok=True)
    part = template.with_suffix(".part")
    shutil.copyfile(database, part)
    part.replace(template)
    kept = sorted(template.parent.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-TEMPLATES_AT_MOST]:
        old.unlink(missing_ok=True)


def _template_name() -> str:
    """By the tables and the terms that are in it, and the Django that made it."""
    django = importlib.import_module("django")
    parts = [f"{app}/migrations" for app in TEMPLATE_OF]
    parts += ["ontology/vocabulary", "ontology/domain", "ontology/adapters"]
    return f"{of_code(parts).hex()[:32]}-django-{django.__version__}"


def _set_up() -> None:
    importlib.import_module("django").setup()
    importlib.import_module("config.celery")
    # A nudge says that there is work, which is known here; papers and checks are asked for by name.
    signals = importlib.import_module("catalogue.signals")
    signals.version_registered.disconnect(dispatch_uid="gallery.welcome")
    importlib.import_module("executor.signals").run_ended.disconnect(dispatch_uid="gallery.judge")


def _migrate() -> None:
    management = importlib.import_module("django.core.management")
    management.call_command("migrate", interactive=False, verbosity=0)
    actions = importlib.import_module("ontology.actions")
    actions.load_vocabularies(
        importlib.import_module("ontology.adapters.vocabularies").declared(())
    )
    db = importlib.import_module("django.db")
    with db.connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.connections.close_all()


def _let_go() -> None:
    """Close what is open on the database before its folder goes."""
    importlib.import_module("django.db").connections.close_all()
    sys.stdout.flush()
