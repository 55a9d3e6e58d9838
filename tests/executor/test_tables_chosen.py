"""Rows of a table: filters, orders, pages; numbers on columns; what columns are for."""

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain.tables import choosing
from executor.domain.tables.choosing import BadQuestionError, filtered, order_by, page_of
from executor.domain.tables.roles import roles
from executor.domain.tables.summary import summary
from executor.domain.tables.thinning import thinned
from tests.executor.tables import light_curve, opened


@pytest.fixture(scope="module")
def curve(tmp_path_factory):
    return opened(light_curve(), tmp_path_factory.mktemp("curve"))


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"RATE": ">1.5"}, [2, 3, 4]),
        ({"RATE": "1.5..2.5"}, [1, 2]),
        ({"RATE": "..1.5"}, [0, 1]),
        ({"RATE": "!=0.5", "COUNT": "<=3"}, [2, 3]),
        ({"COUNT": "none"}, [1]),
        ({"COUNT": "!none"}, [0, 2, 3, 4]),
        ({"COUNT": "0"}, [0]),
        ({"NAME": "SRC 003"}, [3]),
        ({"NAME": "=src 003"}, [3]),
        ({"NAME": "!=src 003"}, [0, 1, 2, 4]),
        ({"NAME": "z" * 50}, []),
        ({"GOOD": "no"}, [1, 3]),
    ],
)
def test_filters_keep_what_they_say(curve, filters, kept):
    assert list(filtered(curve, filters)) == kept


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"RATE": "bright"}, "The filter 'bright' on RATE is no number"),
        ({"RATE": ">"}, "is no number"),
        ({"NOPE": "1"}, "The table has no column 'NOPE'."),
        ({"BANDS": "1"}, "BANDS holds several values in a cell: it has no filter."),
        ({"GOOD": "perhaps"}, "GOOD is yes or no"),
        ({"NAME": "x" * 201}, "longer than 200 letters"),
        ({str(n): "1" for n in range(21)}, "There are 21 filters; 20 are taken."),
    ],
)
def test_a_filter_that_is_none_is_told_in_words(curve, filters, words):
    with pytest.raises(BadQuestionError) as refused:
        filtered(curve, filters)

    assert words in str(refused.value)


def test_missing_and_nameless_values_come_last_whichever_the_order(tmp_path):
    table = Table({
        "f": [2.0, np.nan, 1.0, np.inf, -np.inf],
        "i": MaskedColumn([3, 1, 2, 0, 9], mask=[0, 0, 0, 1, 0]),
        "s": ["b", "", "ab", "abc def ghi", "abc def ghj"],
    })  # fmt: skip
    found = opened(table, tmp_path)

    def order(name, *, desc):
        return list(order_by(found, name, None, desc=desc))

    assert order("f", desc=False) == [4, 2, 0, 3, 1]
    assert order("f", desc=True) == [3, 0, 2, 4, 1]
    assert order("i", desc=False) == [1, 2, 0, 4, 3]
    assert order("i", desc=True) == [4, 0, 2, 1, 3]
    assert order("s", desc=False) == [2, 3, 4, 0, 1]
    assert order("s", desc=True) == [0, 4, 3, 2, 1]


@pytest.mark.parametrize(("page", "rows"), [(1, [0, 1]), (3, [4]), (99, [4]), (-5, [0, 1])])
def test_a_page_beyond_the_last_is_the_last(curve, page, rows):
    chosen = page_of(curve, None, page, 2)

    assert (list(chosen.rows), chosen.found, chosen.pages) == (rows, 5, 3)


def test_of_a_longer_table_the_first_rows_are_looked_at(curve, monkeypatch):
    monkeypatch.setattr(choosing, "WHOLE_ROWS", 3)

    assert list(filtered(curve, {"RATE": ">0"})) == [0, 1, 2]


def test_numbers_on_a_column_leave_out_what_is_no_number(tmp_path):
    found = opened(Table({"f": [1.0, np.nan, 3.0, np.inf], "s": ["a"] * 4}), tmp_path)
    told = summary(found, found.info.column("f"), None)

    assert (told.count, told.missing, told.infinite) == (2, 1, 1)
    assert (told.minimum, told.maximum, told.mean, sum(told.counts)) == (1.0, 3.0, 2.0, 2)
    assert summary(found, found.info.column("s"), None) is None


@pytest.mark.parametrize("values", [[1e308, -1e308], [5.0, 5.0], [np.nan], [0.0, 5e-324]])
def test_numbers_at_the_ends_of_what_floats_hold(tmp_path, values):
    found = opened(Table({"f": values}), tmp_path)

    assert summary(found, found.info.column("f"), None).count == np.isfinite(values).sum()


def told(**units):
    table = Table({name: [1.0, 2.0] for name in units})
    for name, unit in units.items():
        table[name].unit = unit
    return table


@pytest.mark.parametrize(
    ("units", "kind", "x", "y", "errors"),
    [
        ({"TIME": "d", "FLUX": "Jy", "FLUX_ERR": "Jy"}, "curve", "TIME", "FLUX", ("FLUX_ERR",)),
        ({"mjd": "d", "mag": "mag", "e_mag": "mag"}, "curve", "mjd", "mag", ("e_mag",)),
        ({"TIME": "", "RATE": "ct/s", "ERROR": "ct/s"}, "curve", "TIME", "RATE", ("ERROR",)),
        ({"energy": "TeV", "dnde": "", "dnde_errn": "", "dnde_errp": ""}, "spectrum", "energy",
         "dnde", ("dnde_errn", "dnde_errp")),
        ({"E_MIN": "keV", "E_MAX": "keV", "RATE": "ct/s"}, "spectrum", "E_MIN..E_MAX", "RATE", None),  # noqa: E501 -- a case on a line
        ({"Pivot_Energy": "MeV", "Flux_Density": "", "Unc_Flux_Density": ""}, "spectrum",
         "Pivot_Energy", "Flux_Density", ("Unc_Flux_Density",)),
        ({"TIME": "s", "PHA": ""}, "histogram", "TIME", "PHA", None),
        ({"a": "", "b": ""}, "curve", "a", "b", None),
    ],
)  # fmt: skip
def test_what_columns_are_for(tmp_path, units, kind, x, y, errors):  # noqa: PLR0913, PLR0917 -- cases
    found = roles(opened(told(**units), tmp_path, "x.ecsv").info)

    assert (found.kind, found.x, found.y, found.errors.get(y)) == (kind, x, y, errors)


FLOATS = st.floats(allow_nan=True, allow_infinity=True, width=64)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=400), st.integers(5, 60), st.booleans()
)
def test_thinning_never_loses_an_extreme(points, at_most, log):
    x, y = (np.array(values) for values in zip(*points, strict=True))
    kept = thinned(x, y, at_most, log=log)
    drawn = np.isfinite(np.log(np.where(x > 0, x, np.nan)) if log else x) & np.isfinite(y)

    assert len(kept) <= at_most
    assert list(kept) == sorted(set(kept))
    if drawn.any():
        assert (y[kept][drawn[kept]].min(), y[kept][drawn[kept]].max()) == (
            y[drawn].min(),
            y[drawn].max(),
        )
        assert (x[kept][drawn[kept]].min(), x[kept][drawn[kept]].max()) == (
            x[drawn].min(),
            x[drawn].max(),
        )


def test_every_strip_of_a_plot_keeps_its_lowest_and_highest():
    x = np.arange(10_000.0)
    y = np.random.default_rng(7).normal(size=10_000)
    y[5000:5100] = np.nan
    kept = thinned(x, y, 500)

    for start in range(0, 10_000, 100):
        strip, left = y[start : start + 100], y[kept[(kept >= start) & (kept < start + 100)]]
        if np.isfinite(strip).any():
            assert (np.nanmin(left), np.nanmax(left)) == (np.nanmin(strip), np.nanmax(strip))
    assert np.isnan(y[kept]).any()
