"""What is known of a table before its rows are read: its columns, and how its times count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Keys = Mapping[str, float | str]
NUMERIC = frozenset({"number", "integer"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: its name.
        kind: ``number``, ``integer``, ``boolean``, ``text``, ``list`` (of any length, whose values
            are not read) or ``other``.
        unit: its unit as the file writes it; empty without any.
        description: what the file says of it.
        ucd: its Unified Content Descriptor.
        shape: of what a cell holds; empty for one value.
        scale: time scale, when each value is an instant; ``instant`` how it is written.
        store: where its values lie.
    """

    name: str
    kind: str
    unit: str = ""
    description: str = ""
    ucd: str = ""
    shape: tuple[int, ...] = ()
    scale: str = ""
    instant: str = ""
    store: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_numeric(self) -> bool:
        """Whether a cell is one number, so that it can be plotted, and sorted by."""
        return self.kind in NUMERIC and not self.shape

    @property
    def is_vector(self) -> bool:
        """Whether a cell holds several numbers."""
        return self.kind in NUMERIC and bool(self.shape)


@dataclass(frozen=True, slots=True)
class Extension:
    """A table of a file with several."""

    number: int
    name: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table without its rows.

    Attributes:
        rows: how many there are.
        columns: in the order of the file.
        hdu: number of the table in its file; None when a file holds one.
        hdus: all tables of the file.
        keys: header words on times and origin (``executor.domain.tables.keys``).
        notes: sentences on what is wrong with the file.
    """

    rows: int
    columns: tuple[Column, ...]
    hdu: int | None = None
    hdus: tuple[Extension, ...] = ()
    keys: Keys = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows_text(self) -> str:
        """How many rows there are, as a page shows it."""
        return f"{self.rows:,}"

    def column(self, name: str) -> Column | None:
        """The column of this name, as written or else whatever its case."""
        exact = next((item for item in self.columns if item.name == name), None)
        return exact or next(
            (item for item in self.columns if item.name.lower() == name.lower()), None
        )


def info_from_json(content: Mapping[str, Any]) -> TableInfo:
    """The table that a program of ours described."""
    columns = []
    for item in content["columns"]:
        known = {key: item[key] for key in ("name", "kind", "store")}
        texts = {key: item.get(key, "") for key in
                 ("unit", "description", "ucd", "scale", "instant")}  # fmt: skip
        columns.append(Column(**known, **texts, shape=tuple(item["shape"])))
    return TableInfo(
        rows=content["rows"], columns=tuple(columns), hdu=content["hdu"],
        hdus=tuple(Extension(**item) for item in content["hdus"]), keys=content["keys"],
        notes=tuple(content["notes"]),
    )  # fmt: skip
