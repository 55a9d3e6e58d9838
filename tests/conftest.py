"""Fixtures for every test: a store, a queue and a data folder of its own."""

from functools import cache
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from celery import current_app

import config.celery  # noqa: F401 -- makes our Celery application the current one

# Tasks run where they are sent, and their errors are seen.
current_app.conf.task_always_eager = True
current_app.conf.task_eager_propagates = True


# Enough to find what is wrong within a few changes; `pytest --hypothesis-profile=long` looks on.
hypothesis.settings.register_profile("short", max_examples=40)
hypothesis.settings.register_profile("long", max_examples=1000)
hypothesis.settings.load_profile("short")
NUMBERS = count()
NEEDING = ("shared", "system")  # marks of what only CI has for certain


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test whose mark ``.ci/run`` would not find by reading its file."""
    for item in items:
        for name in NEEDING:
            if item.get_closest_marker(name) and not spelled_out(name, item.path):
                raise pytest.UsageError(f"{item.path} has tests marked {name}: say so in the file.")


@cache
def spelled_out(name: str, path: Path) -> bool:
    """Whether a file, or a conftest beside or above it, names a mark."""
    above = [folder / "conftest.py" for folder in path.parents if (folder / "conftest.py").exists()]
    return any(f"mark.{name}" in file.read_text() for file in (path, *above))


@pytest.fixture(autouse=True)
def _own_data(request, tmp_path_factory, settings) -> None:
    """Each test writes into a folder of its own and runs its tasks in its own process.

    The folder is made by what writes there: most tests do not, and a folder costs a millisecond
    when it is made and another when it goes.
    """
    if "tmp_path" in request.fixturenames:
        data = request.getfixturevalue("tmp_path") / "data"
    else:
        data = tmp_path_factory.getbasetemp() / f"own-{next(NUMBERS)}" / "data"
    settings.DATA_DIR = data
    settings.WARM = False  # no interpreter outlives the test that wanted it
    settings.MIRRORS = ()
    settings.STORAGES = settings.STORAGES | {
        "products": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": data / "store"},
        }
    }


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A context in which what waits for a commit happens: messages are sent, tasks run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
