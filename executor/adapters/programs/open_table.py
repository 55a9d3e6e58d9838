"""Opens a table of a stranger: says where each column of a FITS lies, or writes columns out.

Asked: ``path``, ``name``, ``hdu`` (or None), ``folder`` to write into. Answers with the JSON of
``executor.domain.tables.column.TableInfo``.
"""
# ruff: noqa: ANN401, PLC0415 -- a program of its own; astropy has no types

from pathlib import Path
from typing import Any

from executor.adapters.programs import columns, fits_layout
from executor.adapters.programs.talk import RefusedError, answer
from executor.domain import tabular

TEXT_BYTES = tabular.BYTES_AT_MOST
HEAD = 4096
FITS = b"SIMPLE  ="
TABLES_AT_MOST = 200


def open_table(asked: dict[str, Any]) -> dict[str, Any]:
    """The layout of the table that was asked for."""
    path, folder = Path(asked["path"]), Path(asked["folder"])
    where = ""
    if _head(path).startswith(tabular.GZIP):
        where, packed = "data", path
        path = folder / where
        with packed.open("rb") as source, path.open("wb") as target:
            tabular.unpack(source, target)
    if _head(path).startswith(FITS):
        return fits_layout.layout(path, asked["hdu"], where, folder)
    if path.stat().st_size > TEXT_BYTES:
        raise RefusedError(
            f"it is text of more than {TEXT_BYTES // 1024**2} MB; only FITS may be larger"
        )
    found = _read(path, str(asked["name"]), asked["hdu"], folder)
    if where:
        path.unlink()
    return found


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(HEAD)


def _read(path: Path, name: str, hdu: int | None, folder: Path) -> dict[str, Any]:
    head = _head(path).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise RefusedError("it is empty")
    if head.startswith(b"<"):
        return _read_votable(path, hdu, folder)
    if b"\0" in head:
        raise RefusedError("its bytes are neither FITS, VOTable nor text")
    return columns.written(read_text(path, name, head), folder)


def read_text(path: Path, name: str, head: bytes) -> Any:
    """The table of a text: ECSV by its first line, CSV by its name, else what astropy guesses."""
    from astropy.table import Table

    if head.startswith(b"# %ECSV"):
        return Table.read(path, format="ascii.ecsv")
    if tabular.form_of(name) == "ascii.csv":
        comment = {"comment": "#"} if head.startswith(b"#") else {}
        return Table.read(path, format="ascii.csv", **comment)
    return columns.named_by_comments(Table.read(path, format="ascii", guess=True), head)


def _read_votable(path: Path, hdu: int | None, folder: Path) -> dict[str, Any]:
    from astropy.io import votable

    tabular.forbid_streams()
    with path.open("rb") as handle:
        found = list(votable.parse(handle).iter_tables())[:TABLES_AT_MOST]
    number = hdu or 0
    if not 0 <= number < len(found):
        raise RefusedError(f"it has no table {number}: it has {len(found)}, from 0")
    hdus = [{"number": i, "name": item.name or item.ID or "", "rows": item.nrows,
             "columns": len(item.fields)} for i, item in enumerate(found)]  # fmt: skip
    table = found[number].to_table(use_names_over_ids=True)
    return columns.written(table, folder) | {"hdu": number, "hdus": hdus}


if __name__ == "__main__":
    answer(open_table)
