"""Tables of products: one cell is found, or a sentence says why not."""

import io

import numpy as np
import pytest
from astropy import units
from astropy.table import Column, MaskedColumn, Table
from astropy.time import Time

from executor.domain.tabular import read_table
from gallery.domain.compare import Measured, NotThereError
from gallery.domain.tables import cell

FORMATS = {"x.ecsv": "ascii.ecsv", "x.csv": "ascii.csv", "x.fits": "fits", "x.vot": "votable"}


def made() -> Table:
    return Table(
        {
            "year": [2003, 2004, 2004],
            "name": ["Crab", "Vela", "Vela"],
            "flux": Column([1.5, 2.5, 3.5], unit="mJy / d"),
        }
    )


def saved(table: Table, file: str) -> bytes:
    buffer = io.BytesIO() if file.endswith((".fits", ".vot", ".xml")) else io.StringIO()
    table.write(buffer, format=FORMATS.get(file, "votable"))
    content = buffer.getvalue()
    return content if isinstance(content, bytes) else content.encode()


def why_not(table: Table, column: str, row: dict[str, object]) -> str:
    with pytest.raises(NotThereError) as refused:
        cell(table, column, row)
    return str(refused.value)


@pytest.mark.parametrize("file", ["x.ecsv", "x.fits", "x.vot", "x.xml", "X.FITS"])
def test_a_cell_is_found_with_its_unit_in_every_format(file):
    table = read_table(saved(made(), file.lower()), file)

    found = cell(table, "flux", {"year": 2003, "name": "Crab"})

    assert found.value == 1.5
    assert units.Unit(found.unit) == units.Unit("mJy / d")


def test_a_csv_has_no_units():
    table = read_table(b"year,name,flux\n2003,Crab,1.5\n", "x.csv")

    assert cell(table, "flux", {"name": "Crab"}) == Measured(1.5, None)
    assert cell(table, "name", {"year": 2003}) == Measured("Crab", None)


@pytest.mark.parametrize(
    ("column", "row", "sentence"),
    [
        ("flax", {"year": 2003}, "The table has no column 'flax'."),
        ("flux", {"jahr": 2003}, "The table has no column 'jahr'."),
        ("flux", {"year": 1999}, "0 rows of the table have year = 1999, one was expected."),
        (
            "flux",
            {"year": 2004, "name": "Vela"},
            "2 rows of the table have year = 2004, name = Vela, one was expected.",
        ),
        ("flux", {"year": "2003"}, "0 rows of the table have year = 2003, one was expected."),
    ],
)
def test_a_cell_that_is_not_there_is_told_so(column, row, sentence):
    assert why_not(made(), column, row) == sentence


def test_a_masked_cell_is_no_zero():
    table = Table({"year": [2003], "flux": MaskedColumn([0.0], mask=[True])})

    assert why_not(table, "flux", {"year": 2003}) == (
        "The cell of column 'flux' holds no single value."
    )


def test_a_masked_key_chooses_no_row():
    table = Table({"year": MaskedColumn([0], mask=[True]), "flux": [1.0]})

    assert why_not(table, "flux", {"year": 0}).startswith("0 rows of the table have year = 0")


def test_a_cell_with_several_values_is_no_value():
    table = Table({"year": [2003], "flux": [[1.0, 2.0]], "one": [[1.0]]})

    assert why_not(table, "flux", {"year": 2003}) == (
        "The cell of column 'flux' holds no single value."
    )
    assert why_not(table, "one", {"year": 2003}).endswith("holds no single value.")
    assert why_not(table, "year", {"flux": 1.0}).startswith("0 rows")


def test_a_column_of_times_holds_no_number():
    table = Table({"year": [2003], "start": Time([2003.0], format="jyear")})
    again = read_table(saved(table, "x.ecsv"), "x.ecsv")

    assert why_not(again, "start", {"year": 2003}).endswith("holds no single value.")
    assert why_not(again, "year", {"start": 2003.0}).startswith("0 rows")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (np.array([1.5], dtype=np.float32), 1.5),
        (np.array([7], dtype=np.uint8), 7),
        (np.array([True]), True),
        (np.array([b"Crab"]), "Crab"),
        (np.array([np.nan]), None),
    ],
)
def test_a_cell_is_a_plain_value(column, value):
    found = cell(Table({"year": [2003], "x": column}), "x", {"year": 2003}).value

    assert type(found).__module__ == "builtins"
    assert found == value or (value is None and found != found)  # noqa: PLR0124 -- NaN
