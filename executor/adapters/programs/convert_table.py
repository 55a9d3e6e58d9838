"""Writes a table in another form.

Asked: ``path``, ``name``, ``hdu`` (or None), ``form``, ``target``. Answers with what was lost.
"""
# ruff: noqa: ANN401, PLC0415 -- a program of its own; astropy has no types

import tempfile
from pathlib import Path
from typing import Any

from executor.adapters.programs import fits_layout
from executor.adapters.programs.open_table import FITS, HEAD, TEXT_BYTES, read_text
from executor.adapters.programs.talk import RefusedError, answer
from executor.domain import tabular
from executor.domain.conversion import TooLargeError, convert


def convert_table(asked: dict[str, Any]) -> dict[str, Any]:
    """Read the table, write it in the form asked for."""
    path = Path(asked["path"])
    with tempfile.TemporaryDirectory() as folder:
        if _head(path).startswith(tabular.GZIP):
            packed, path = path, Path(folder) / "data"
            with packed.open("rb") as source, path.open("wb") as target:
                tabular.unpack(source, target)
        try:
            data, lost = convert(_read(path, asked), asked["form"])
        except TooLargeError as error:
            raise RefusedError(str(error)) from None
    Path(asked["target"]).write_bytes(data)
    return {"lost": list(lost)}


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(HEAD)


def _read(path: Path, asked: dict[str, Any]) -> Any:
    from astropy.table import Table

    head = _head(path)
    if head.startswith(FITS):
        number = fits_layout.number_of(path, asked["hdu"])
        return _with_ucds(Table.read(path, hdu=number, format="fits", memmap=True))
    if path.stat().st_size > TEXT_BYTES:
        raise RefusedError(
            f"it is text of more than {TEXT_BYTES // 1024**2} MB; only FITS may be larger"
        )
    if head.lstrip().startswith(b"<"):
        return _read_votable(path, asked["hdu"])
    return read_text(path, str(asked["name"]), head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _read_votable(path: Path, hdu: int | None) -> Any:
    from astropy.io import votable

    tabular.forbid_streams()
    with path.open("rb") as handle:
        document = votable.parse(handle)
    tables = list(document.iter_tables())
    if not 0 <= (hdu or 0) < len(tables):
        raise RefusedError(f"it has no table {hdu}: it has {len(tables)}, from 0")
    found = tables[hdu or 0].to_table(use_names_over_ids=True)
    for resource in document.resources:
        for info in resource.infos:
            found.meta.setdefault(info.name, info.value)
    return found


def _with_ucds(table: Any) -> Any:
    """Columns told what the header says of them, which astropy leaves in the metadata."""
    for number, name in enumerate(table.colnames, 1):
        column = table[name]
        comment, ucd = table.meta.pop(f"TCOMM{number}", ""), table.meta.pop(f"TUCD{number}", "")
        if comment and not column.info.description:
            column.info.description = str(comment)
        if ucd:
            column.info.meta = (column.info.meta or {}) | {"ucd": str(ucd)}
    table.meta.pop("comments", None)
    return table


if __name__ == "__main__":
    answer(convert_table)
