"""Mutations of tables: FITS, ECSV, VOTable and CSV."""

# ruff: noqa: E501, TID253 -- tables of mutations, one a line; a benchmark imports what it needs

import gzip
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from astropy import units
from astropy.table import Column, MaskedColumn, Table, vstack

from benchmarks.mutation.case import (
    BROKEN,
    EQUAL,
    EXACT,
    MILLIONTH,
    NEAR,
    NOT_SAME,
    OTHER,
    SAME,
    UNKNOWN,
    Case,
)  # fmt: skip
from gallery.domain.comparison import Sample, Tolerance, Tolerances
from ontology.domain.kinds import ProductKind

FORMATS = {"fits": "fits", "ecsv": "ascii.ecsv", "vot": "votable", "csv": "ascii.csv"}
UNITS = {"keV": "MeV", "cm2": "m2", "deg": "arcmin", "1 / s": "1 / h", "s": "ks", "d": "h"}
NOISE = 1e-8  # relative, far below the declared millionth and far above rounding


@dataclass(frozen=True)
class Base:
    """A table, how it is written, and what its author says of it.

    Attributes:
        name: of the base.
        table: as it was made.
        form: ending of the file.
        keys: columns that name a row.
        kind: what it is declared to be.
    """

    name: str
    table: Table
    form: str
    keys: tuple[str, ...] = ()
    kind: ProductKind = ProductKind.TABLE

    def sample(self, table: Table, form: str = "") -> Sample:
        """A table as it would be published."""
        chosen = form or self.form
        return Sample(written(table, chosen), f"{self.name}.{chosen}", kind=self.kind)

    @property
    def floats(self) -> list[str]:
        """Columns of numbers with a fraction that are not all alike."""
        return [
            name for name in self.table.colnames
            if self.table[name].dtype.kind == "f" and np.ptp(np.asarray(self.table[name]))
        ]  # fmt: skip

    @property
    def values(self) -> list[str]:
        """Those that are neither keys nor moments."""
        return [name for name in self.floats if name not in (*self.keys, "TIME")]


def written(table: Table, form: str) -> bytes:
    """A table as bytes of one format."""
    copied = table.copy()
    if form == "csv":
        copied.meta.clear()
        buffer = io.StringIO()
        copied.write(buffer, format="ascii.csv")
        return buffer.getvalue().encode()
    if form == "ecsv":
        buffer = io.StringIO()
        copied.write(buffer, format="ascii.ecsv")
        return buffer.getvalue().encode()
    binary = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copied.write(binary, format=FORMATS[form])
    return binary.getvalue()


Change = Callable[[Base], Table | None]
"""Makes the mutated table; None where it does not apply."""


def cases(base: Base) -> Iterator[Case]:
    """All mutations of a table."""
    published = base.sample(base.table)
    for kind, right, change in PLAIN:
        made = change(base)
        if made is not None:
            yield Case(kind, base.name, published, base.sample(made), right)
    yield from _strict(base, published)
    yield from _by_row(base, published)
    yield from _with_blanks(base)
    yield from _of_bytes(base, published)
    yield from _of_units(base, published)
    yield from _of_formats(base, published)
    yield from _of_sigmas(base, published)


def _changed(base: Base, name: str, values: object) -> Table:
    table = base.table.copy()
    column = table[name]
    table.replace_column(
        name, Column(values, name=name, unit=column.unit, description=column.description)
    )
    return table


def _scaled(base: Base, factor: Callable[[np.ndarray], np.ndarray]) -> Table | None:
    if not base.values:
        return None
    table = base.table.copy()
    for name in base.values:
        table[name][:] = factor(np.asarray(table[name]))
    return table


def _noise(size: float) -> Change:
    def change(base: Base) -> Table | None:
        random = np.random.default_rng(7)
        return _scaled(base, lambda x: x * (1 + size * random.uniform(0.2, 1, x.shape)))

    return change


def _last_digit(base: Base) -> Table | None:
    return _scaled(base, lambda x: np.nextafter(x, np.inf))


def _cell(factor: float, row: int, column: int) -> Change:
    def change(base: Base) -> Table | None:
        if not base.values:
            return None
        name = base.values[column % len(base.values)]
        values = np.array(base.table[name])
        filled = np.flatnonzero(values)
        place = filled[row % len(filled)]
        values[place] *= factor
        return _changed(base, name, values)

    return change


def _integer(base: Base) -> Table | None:
    names = [name for name in base.table.colnames
             if base.table[name].dtype.kind == "i" and name not in base.keys]  # fmt: skip
    if not names:
        return None
    values = np.array(base.table[names[0]])
    values[len(values) // 2] += 1
    return _changed(base, names[0], values)


def _word(base: Base) -> Table | None:
    names = [name for name in base.table.colnames
             if base.table[name].dtype.kind == "U" and name not in base.keys]  # fmt: skip
    if not names:
        return None
    values = [str(item) for item in base.table[names[0]]]
    values[0] += "x"
    return _changed(base, names[0], values)


def _reordered_columns(base: Base) -> Table:
    return base.table[base.table.colnames[::-1]]


def _swapped(base: Base) -> Table | None:
    pairs = [(a, b) for a in base.values for b in base.values
             if a < b and not np.allclose(base.table[a], base.table[b])]  # fmt: skip
    if not pairs:
        return None
    one, other = pairs[0]
    table = base.table.copy()
    table.rename_columns([one, other], ["swapped", one])
    table.rename_column("swapped", other)
    return table


def _rolled(base: Base) -> Table | None:
    return (
        _changed(base, base.values[0], np.roll(base.table[base.values[0]], 1))
        if (base.values and len(base.table) > 1)
        else None
    )


def _sorted_alone(base: Base) -> Table | None:
    for name in base.values:
        values = np.sort(np.asarray(base.table[name]))
        if not np.array_equal(values, base.table[name]):
            return _changed(base, name, values)
    return None


def _rounded(base: Base) -> Table | None:
    for name in base.values:
        values = np.asarray(base.table[name])
        short = np.array([float(f"{item:.2g}") for item in values])
        if not np.allclose(short, values, rtol=1e-4, atol=0):
            return _changed(base, name, short)
    return None


def _extra_column(base: Base) -> Table:
    table = base.table.copy()
    table["note_of_the_run"] = np.arange(len(table))
    return table


def _without(base: Base) -> Table | None:
    if not base.values:
        return None
    table = base.table.copy()
    table.remove_column(base.values[0])
    return table


def _renamed(base: Base) -> Table | None:
    if not base.values:
        return None
    table = base.table.copy()
    table.rename_column(base.values[0], "another_name")
    return table


def _header_only(base: Base) -> Table:
    table = base.table.copy()
    table.meta["comments"] = ["made again on another day"]
    table.meta["DATE"] = "2031-01-01"
    return table


def _zero_point(base: Base) -> Table | None:
    name = next((name for name in base.values if "mag" in name.lower()), None)
    return _changed(base, name, np.asarray(base.table[name]) + 0.05) if name else None


PLAIN: tuple[tuple[str, frozenset, Change], ...] = (  # type: ignore[type-arg]
    ("written again", SAME, lambda base: base.table),
    ("last-digit noise", NEAR, _last_digit),
    ("noise below the tolerance", NEAR, _noise(NOISE)),
    ("noise above the tolerance", OTHER, _noise(1e-3)),
    *((f"one cell changed by 1 % ({i + 1})", OTHER, _cell(1.01, 3 * i + 1, i)) for i in range(4)),
    ("one cell with the other sign", OTHER, _cell(-1.0, 2, 1)),
    ("one cell ten times as large", OTHER, _cell(10.0, 4, 0)),
    ("all values 1 % larger", OTHER, lambda base: _scaled(base, lambda x: x * 1.01)),
    ("one whole number one larger", OTHER, _integer),
    ("one letter more", OTHER, _word),
    ("column order", SAME, _reordered_columns),
    ("swapped columns", NOT_SAME, _swapped),
    ("one column a row further", OTHER, _rolled),
    ("one column sorted by itself", OTHER, _sorted_alone),
    ("rounded to two digits", OTHER, _rounded),
    ("a column more", SAME, _extra_column),
    ("a column missing", NOT_SAME, _without),
    ("a column renamed", NOT_SAME, _renamed),
    ("header only", SAME, _header_only),
    ("mag zero point", OTHER, _zero_point),
)


def _strict(base: Base, published: Sample) -> Iterator[Case]:
    """The same with no tolerance declared: what is not equal is different."""
    for kind, change in (
        ("last-digit noise", _last_digit),
        ("one cell changed by 1 %", _cell(1.01, 1, 0)),
    ):
        made = change(base)
        if made is not None:
            yield Case(
                f"{kind}, no tolerance", base.name, published, base.sample(made), OTHER, EXACT
            )
    if not base.values:
        return
    single = base.table.copy()
    for name in base.values:
        single[name][:] = np.asarray(single[name]).astype(np.float32).astype(float)
    moved = any(not np.array_equal(single[name], base.table[name]) for name in base.values)
    made32 = base.sample(single)
    right = (NEAR, OTHER) if moved else (SAME, SAME)
    yield Case("float32", base.name, published, made32, right[0])
    yield Case("float32, no tolerance", base.name, published, made32, right[1], EXACT)


def _by_row(base: Base, published: Sample) -> Iterator[Case]:
    """Orders and numbers of rows."""
    table, count = base.table, len(base.table)
    mixed = np.random.default_rng(3).permutation(count)
    keyed = replace_keys(base)
    is_series = base.kind in (ProductKind.SPECTRUM, ProductKind.LIGHT_CURVE)
    for kind, order in (("rows shuffled", mixed), ("rows reversed", np.arange(count)[::-1])):
        if base.keys:
            yield Case(
                f"{kind}, keys given", base.name, published, base.sample(table[order]), SAME, keyed
            )
        right = SAME if is_series else UNKNOWN
        yield Case(f"{kind}, no keys", base.name, published, base.sample(table[order]), right)
    some = {
        "last row missing": table[:-1], "first row missing": table[1:], "half the rows": table[::2],
        "no rows": table[:0], "a row twice": vstack([table, table[:1]], metadata_conflicts="silent"),
        "all rows twice": vstack([table, table], metadata_conflicts="silent"),
    }  # fmt: skip
    for kind, made in some.items():
        yield Case(kind, base.name, published, base.sample(made), NOT_SAME)
        if base.keys and kind != "no rows":
            yield Case(
                f"{kind}, keys given", base.name, published, base.sample(made), NOT_SAME, keyed
            )
    if base.keys:
        twice = base.sample(vstack([table[mixed], table[:1]], metadata_conflicts="silent"))
        yield Case("shuffled with a row twice", base.name, published, twice, NOT_SAME, keyed)


def replace_keys(base: Base) -> Tolerances:
    """The declared tolerances with the keys."""
    return replace(MILLIONTH, keys=base.keys)


def _with_blanks(base: Base) -> Iterator[Case]:
    if not base.values:
        return
    name = base.values[0]
    numbers = np.array(base.table[name])
    numbers[1] = np.nan
    nan = _changed(base, name, numbers)
    masked = base.table.copy()
    mask = np.arange(len(masked)) == 1
    masked[name] = MaskedColumn(base.table[name], mask=mask, unit=base.table[name].unit)
    published = base.sample(base.table)
    yield Case("a NaN", base.name, published, base.sample(nan), OTHER)
    yield Case("a masked cell", base.name, published, base.sample(masked), OTHER)
    yield Case(
        "a NaN in both", base.name, base.sample(nan), base.sample(nan[nan.colnames[::-1]]), SAME
    )
    yield Case(
        "masked in both",
        base.name,
        base.sample(masked),
        base.sample(masked[masked.colnames[::-1]]),
        SAME,
    )
    yield Case("NaN instead of masked", base.name, base.sample(masked), base.sample(nan), SAME)
    moved = nan.copy()
    column = np.array(moved[name])
    column[[0, 1]] = column[[1, 0]]
    moved[name][:] = column
    yield Case("the NaN in another row", base.name, base.sample(nan), base.sample(moved), OTHER)


def _of_bytes(base: Base, published: Sample) -> Iterator[Case]:
    data = published.data
    packed = replace(published, data=gzip.compress(data, mtime=5), file=f"{published.file}.gz")
    yield Case("gzipped", base.name, published, packed, SAME)
    yield Case("empty file", base.name, published, replace(published, data=b""), BROKEN)
    half = data[: len(data) // 2]
    cut = BROKEN if base.form in ("fits", "vot") else NOT_SAME
    yield Case(
        "truncated file", base.name, published, replace(published, data=half), cut | NOT_SAME
    )
    half_packed = replace(packed, data=packed.data[: len(packed.data) // 2])
    yield Case("truncated gzip", base.name, published, half_packed, BROKEN)
    noise = np.random.default_rng(1).bytes(2000)
    yield Case("other bytes", base.name, published, replace(published, data=noise), NOT_SAME)


def _of_units(base: Base, published: Sample) -> Iterator[Case]:
    if base.form == "csv":
        return
    for name in base.values:
        unit = base.table[name].unit
        target = UNITS.get(str(unit)) if unit is not None else None
        if target is None:
            continue
        factor = units.Unit(unit).to(target)
        swapped, relabelled, dropped = (base.table.copy() for _ in range(3))
        swapped[name] = Column(np.asarray(base.table[name]) * factor, unit=target)
        relabelled[name].unit = target
        dropped[name].unit = None
        yield Case("unit swap, values converted", base.name, published, base.sample(swapped), EQUAL)
        yield Case(
            "unit swap, values not converted", base.name, published, base.sample(relabelled), OTHER
        )
        yield Case("unit dropped", base.name, published, base.sample(dropped), NOT_SAME)
        silent = base.table.copy()
        silent[name] = Column(np.asarray(base.table[name]) * factor, unit=unit)
        yield Case("values converted, unit not", base.name, published, base.sample(silent), OTHER)
        return


def _of_formats(base: Base, published: Sample) -> Iterator[Case]:
    for form in FORMATS:
        if form == base.form:
            continue
        right = SAME
        if base.form == "csv":
            plain = base.sample(Table(base.table, copy=True, meta={}), form)
            yield Case(f"written as {form}", base.name, published, plain, right)
        else:
            yield Case(
                f"written as {form}", base.name, published, base.sample(base.table, form), right
            )
            made = _cell(1.01, 2, 0)(base)
            if made is not None:
                found = base.sample(made, form)
                yield Case(
                    "another format, one cell changed by 1 %", base.name, published, found, OTHER
                )
    if base.form == "vot":
        for form in ("binary", "binary2"):
            buffer = io.BytesIO()
            base.table.write(buffer, format="votable", tabledata_format=form)
            found = replace(published, data=buffer.getvalue())
            yield Case("byte order and packing (VOTable binary)", base.name, published, found, SAME)


def _of_sigmas(base: Base, published: Sample) -> Iterator[Case]:
    lower = {name.lower(): name for name in base.table.colnames}
    pairs = [(name, lower[f"{name.lower()}_{end}"]) for name in base.values
             for end in ("err", "error") if f"{name.lower()}_{end}" in lower]  # fmt: skip
    if not pairs:
        return
    allowed = Tolerances(Tolerance(relative=1e-6, sigmas=3.0))
    name, error = pairs[0]
    values, sigma = np.asarray(base.table[name]), np.asarray(base.table[error])
    random = np.random.default_rng(11).uniform(-2, 2, values.shape)
    yield Case("within 3 sigma", base.name, published,
               base.sample(_changed(base, name, values + random * sigma)), NEAR, allowed)  # fmt: skip
    far = values.copy()
    far[0] += 5 * sigma[0]
    yield Case("one value 5 sigma off", base.name, published,
               base.sample(_changed(base, name, far)), OTHER, allowed)  # fmt: skip
    yield Case("one error 5 % larger", base.name, published,
               base.sample(_changed(base, error, sigma * 1.05)), OTHER, allowed)  # fmt: skip
