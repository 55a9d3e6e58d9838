"""Tables made for tests, and opening them as the service does, without a program apart."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from executor.adapters.programs.open_table import open_table
from executor.domain.tables.column import info_from_json
from executor.domain.tables.opened import Opened

WRITTEN = {"fits": "fits", "ecsv": "ascii.ecsv", "csv": "ascii.csv", "vot": "votable"}


def saved(table: Table, file: str) -> bytes:
    """The bytes of a table in the form of a file's ending."""
    form = WRITTEN[file.rsplit(".", 1)[-1]]
    out: Any = io.BytesIO() if form in {"fits", "votable"} else io.StringIO()
    table.write(out, format=form)
    content = out.getvalue()
    return content if isinstance(content, bytes) else content.encode()


def opened(table: Table | bytes, folder: Path, file: str = "x.fits", hdu: int | None = None):
    """A table as the pages have it."""
    path = folder / file
    path.write_bytes(table if isinstance(table, bytes) else saved(table, file))
    columns = folder / "columns"
    columns.mkdir(exist_ok=True)
    asked = {"path": str(path), "name": file, "hdu": hdu, "folder": str(columns)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in the program apart
        return Opened(info_from_json(open_table(asked)), path, columns)


def light_curve(rows: int = 5) -> Table:
    """Times, rates with errors, names, a vector, masked numbers."""
    table = Table({
        "TIME": 54000.5 + np.arange(rows), "RATE": np.arange(rows, dtype="f4") + 0.5,
        "RATE_ERR": np.full(rows, 0.25, dtype="f4"), "NAME": [f"src {n:03}" for n in range(rows)],
        "BANDS": np.arange(rows * 3.0).reshape(rows, 3),
        "COUNT": MaskedColumn(np.arange(rows), mask=[n == 1 for n in range(rows)]),
        "GOOD": np.arange(rows) % 2 == 0,
    })  # fmt: skip
    table["TIME"].unit, table["RATE"].unit, table["RATE_ERR"].unit = "d", "ct/s", "ct/s"
    table["RATE"].description = "rate of events"
    table.meta = {"TELESCOP": "Swift", "TIMESYS": "TT"}
    return table


def timed(rows: int = 3) -> Table:
    """A table whose times are instants."""
    return Table(
        {"t": Time(54000.25 + np.arange(rows), format="mjd", scale="tt"), "f": [1.0, 2.0, 3.0]}
    )
