"""Tables opened once and kept: a bounded folder of layouts and columns, beside the store.

What is kept says where each column of a product lies, or holds the columns themselves where they
had to be unpacked. Losing it loses nothing; what was not used for longest goes first.
"""

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from executor.adapters.apart import ApartError, BusyError, run_apart
from executor.domain.tables.column import info_from_json
from executor.domain.tables.opened import Opened
from executor.domain.tabular import form_of
from lib import store

FORMAT = "1"  # raise it when layouts are written differently
FOLDER = "tables"
KEPT_BYTES = 4 * 1000**3
IN_USE_SECONDS = 600
LEFT_SECONDS = 3600
REFUSED_SECONDS = 600


def open_table(digest: str, name: str, hdu: int | None) -> Opened:
    """A product as a table; the first time takes a second, later ones a few milliseconds.

    Args:
        digest: of the product.
        name: its file name, which tells a CSV from other text.
        hdu: number of the table in its file; None for the first.

    Raises:
        ApartError: it is no table, or more than is opened; the message says why.
        FileNotFoundError: the store does not hold the product.
    """
    product = store.local_copy(digest)
    form = "csv" if form_of(name) == "ascii.csv" else "any"
    key = f"{digest}-{form}-{'first' if hdu is None else hdu}-{FORMAT}"
    folder = tables_folder() / key[:2] / key
    found = _known(product, folder)
    if found is None:
        refused = cache.get(f"table:{key}")
        if refused:
            raise ApartError(refused)
        found = _opened(product, name, hdu, folder, f"table:{key}")
    return found


def tables_folder() -> Path:
    """Where opened and converted tables are kept."""
    return Path(settings.DATA_DIR) / FOLDER


def _known(product: Path, folder: Path) -> Opened | None:
    with suppress(FileNotFoundError):
        content = json.loads((folder / "table.json").read_bytes())
        os.utime(folder)
        return Opened(info_from_json(content), product, folder)
    return None


def _opened(product: Path, name: str, hdu: int | None, folder: Path, key: str) -> Opened:
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_room()
    made = Path(tempfile.mkdtemp(prefix="incoming-", dir=tables_folder()))
    asked = {"path": str(product), "name": name, "hdu": hdu, "folder": str(made)}
    try:
        content = run_apart("open_table", asked)
        (made / "table.json").write_text(json.dumps(content))
        with suppress(OSError):  # somebody else may have opened it meanwhile
            made.rename(folder)
    except BusyError:
        raise
    except ApartError as error:
        cache.set(key, str(error), REFUSED_SECONDS)
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    found = _known(product, folder)
    if found is None:
        raise ApartError("the service could not keep what it read of it")
    return found


def make_room() -> None:
    """Remove what was not used for longest, and what a killed process left."""
    now = time.time()
    for left in tables_folder().glob("incoming-*"):
        with suppress(FileNotFoundError):
            if now - left.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    known = sorted(_sized())
    total = sum(size for _used, size, _folder in known)
    for used, size, folder in known:
        if total <= KEPT_BYTES or now - used < IN_USE_SECONDS:
            return
        shutil.rmtree(folder, ignore_errors=True)
        total -= size


def _sized() -> list[tuple[float, int, Path]]:
    """When each table was last used, its bytes, and where it is."""
    found = []
    for folder in tables_folder().glob("??/*"):
        with suppress(FileNotFoundError):
            size = sum(path.stat().st_size for path in folder.iterdir())
            found.append((folder.stat().st_mtime, size, folder))
    return found
