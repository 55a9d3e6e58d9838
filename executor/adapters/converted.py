"""Tables in other forms, made once by a program apart and kept in the folder of opened tables."""

import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from executor.adapters.apart import ApartError, run_apart
from executor.adapters.opened import make_room, tables_folder
from executor.domain.tabular import form_of
from lib import store

FORMAT = "1"  # raise it when a form is written differently


def converted(digest: str, name: str, hdu: int | None, form: str) -> Path:
    """A file with the table of a product in another form.

    Args:
        digest: of the product.
        name: its file name.
        hdu: number of the table in its file; None for the first.
        form: one of ``executor.domain.conversion.FORMS``.

    Raises:
        ApartError: it is no table, or more than is converted.
        FileNotFoundError: the store does not hold the product.
    """
    product = store.local_copy(digest)
    source = "csv" if form_of(name) == "ascii.csv" else "any"
    key = f"{digest}-{source}-{'first' if hdu is None else hdu}-as-{form}-{FORMAT}"
    folder = tables_folder() / key[:2] / key
    if not (folder / "lost.json").exists():
        _convert({"path": str(product), "name": name, "hdu": hdu, "form": form}, folder)
    with suppress(FileNotFoundError):
        os.utime(folder)
    return folder / "table"


def _convert(asked: dict[str, object], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_room()
    made = Path(tempfile.mkdtemp(prefix="incoming-", dir=tables_folder()))
    try:
        found = run_apart("convert_table", asked | {"target": str(made / "table")})
        (made / "lost.json").write_text(json.dumps(found["lost"]))
        with suppress(OSError):  # somebody else may have made it meanwhile
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    if not (folder / "table").exists():
        raise ApartError("the service could not keep what it wrote")
