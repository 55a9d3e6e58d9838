"""Plots of columns: curves, spectra, histograms; units; what they become as SVG, JSON and CSV."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain.plot import read_plot
from executor.domain.plot_json import plot_csv, plot_json
from executor.domain.plot_svg import plot_svg
from executor.domain.plot_ticks import ticks
from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.drawn import draw
from executor.domain.tables.question import plot_question
from executor.domain.tables.roles import roles
from executor.domain.tables.units import choices, unit_of
from tests.executor.tables import light_curve, opened

pytestmark = pytest.mark.filterwarnings("ignore")  # FITS would rather have other names
HC = 12.398419843320026  # keV Å: the Planck constant times the speed of light (CODATA 2018)


def plotted(found, **query):
    asked = plot_question({key.strip("_"): [value] for key, value in query.items()})
    return draw(found, asked, roles(found.info), None)


@pytest.fixture(scope="module")
def curve(tmp_path_factory):
    return opened(light_curve(), tmp_path_factory.mktemp("curve"))


@pytest.fixture(scope="module")
def spectrum(tmp_path_factory):
    table = Table({"E_MIN": [1.0, 10.0], "E_MAX": [10.0, 100.0], "FLUX": [4.0, 1.0],
                   "FLUX_ERR": [0.5, 0.25]})  # fmt: skip
    table["E_MIN"].unit = table["E_MAX"].unit = "keV"
    table["FLUX"].unit = table["FLUX_ERR"].unit = "erg / (s cm2)"
    return opened(table, tmp_path_factory.mktemp("spectrum"))


def test_a_light_curve_has_its_errors_and_units(curve):
    axes = plotted(curve).axes[0]

    assert (axes.xlabel, axes.ylabel) == ("TIME [d]", "RATE [ct s⁻¹]")
    assert axes.series[0].y == (0.5, 1.5, 2.5, 3.5, 4.5)
    assert axes.series[0].yerr == ((0.25,) * 5, (0.25,) * 5)


def test_a_range_and_a_unit_are_those_of_the_axis_that_is_shown(curve):
    axes = plotted(curve, xunit="s", from_="4665729600", to="4665816000").axes[0]

    assert axes.series[0].x == ((54000.5 + 1) * 86400, (54000.5 + 2) * 86400)
    assert axes.xlabel == "TIME [s]"


def test_a_spectrum_stands_in_the_middle_of_its_bins(spectrum):
    axes = plotted(spectrum).axes[0]

    assert axes.series[0].x == pytest.approx((np.sqrt(10), np.sqrt(1000)))
    assert (axes.xscale, axes.xlabel) == ("log", "E_MIN..E_MAX [keV]")


def test_energies_become_wavelengths_with_their_bins(spectrum):
    series = plotted(spectrum, xunit="Angstrom").axes[0].series[0]
    below, above = (np.array(side) for side in series.xerr)

    assert series.x == pytest.approx((HC / np.sqrt(10), HC / np.sqrt(1000)))
    assert np.array(series.x) - below == pytest.approx([HC / 10, HC / 100])
    assert np.array(series.x) + above == pytest.approx([HC / 1, HC / 10])


def test_only_units_that_convert_are_offered_and_taken(curve, spectrum):
    assert {"Hz", "Angstrom", "TeV"} < set(choices("keV"))
    assert "Hz" not in choices("d")
    assert {"Jy", "W / m2"} < set(choices("erg / (s cm2)", "keV"))
    with pytest.raises(BadQuestionError, match="RATE is in count s-1: it cannot be shown in keV"):
        plotted(curve, yunit="keV")


@pytest.mark.parametrize(
    "unit", ["m**99999999", "10**(10**10) m", "(" * 5000, "x" * 100, "\x00", ""]
)
def test_a_unit_that_nobody_writes_is_none(unit):
    assert unit_of(unit) is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"y": "NAME"}, "NAME holds no numbers"),
        ({"x": "NOPE"}, "The table has no column 'NOPE'."),
        ({"y": "BANDS[9]"}, "BANDS has 3 places"),
        ({"kind": "pie"}, "kind is 'pie': write one of curve, spectrum, histogram."),
        ({"from_": "inf"}, "from is 'inf': write a number"),
        ({"bins": "1000000"}, "write a whole number from 1 to 500"),
    ],
)
def test_a_plot_that_is_none_is_told_in_words(curve, query, words):
    with pytest.raises(BadQuestionError) as refused:
        plotted(curve, **query)

    assert words in str(refused.value)


def test_one_place_of_a_vector_can_be_drawn(curve):
    assert plotted(curve, y="BANDS[2]").axes[0].series[0].y == (2.0, 5.0, 8.0, 11.0, 14.0)


def test_a_histogram_counts_every_number_once(curve):
    series = plotted(curve, kind="histogram", x="RATE", bins="4").axes[0].series[0]

    assert (series.kind, sum(series.y), len(series.y)) == ("bar", 5, 4)


def test_steps_change_half_way(curve):
    series = plotted(curve, style="step", from_="54000", to="54002").axes[0].series[0]

    assert (series.x, series.y) == ((54000.5, 54001.0, 54001.0, 54001.5), (0.5, 0.5, 1.5, 1.5))


FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=30),
    st.sampled_from(["curve", "spectrum", "histogram"]), st.sampled_from(["yes", "no", ""]),
)  # fmt: skip
def test_any_numbers_become_a_plot_that_reads_back_and_draws(tmp_path_factory, points, kind, log):
    x, y = zip(*points, strict=True)
    found = opened(Table({"x": x, "y": y}), tmp_path_factory.mktemp("any"))
    plot = plotted(found, kind=kind, x="x", y="y", xlog=log, ylog=log)

    assert read_plot(plot_json(plot)) == plot
    svg = plot_svg(plot)
    ET.fromstring(svg)  # noqa: S314 -- we made it
    assert "nan" not in svg
    assert "inf" not in svg


def test_names_of_strangers_stay_text_in_a_picture(tmp_path):
    table = Table({"<script>": [1.0, 2.0], '"&': [1.0, 2.0]})
    svg = plot_svg(plotted(opened(table, tmp_path), x="<script>", y='"&'), "</title><script>")

    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


def test_numbers_of_a_plot_are_a_table_no_spreadsheet_runs(tmp_path):
    table = Table({"x": [1.0], "=HYPERLINK": [2.0]})
    text = plot_csv(plotted(opened(table, tmp_path), x="x", y="=HYPERLINK"))

    assert text.splitlines()[1] == "1,1,'=HYPERLINK,1.0,2.0,,,,"


@pytest.mark.parametrize(
    ("low", "high", "log", "words"),
    [
        (0.0, 10.0, False, ["0", "2", "4", "6", "8", "10"]),
        (0.5, 2000.0, True, ["1", "10", "100", "1000"]),
        (1e-12, 1e-8, True, ["10⁻¹²", "10⁻¹¹", "10⁻¹⁰", "10⁻⁹", "10⁻⁸"]),
        (1.0, 1.0, False, ["1"]),
    ],
)
def test_axes_are_marked_at_round_numbers(low, high, log, words):
    assert [text for _place, text in ticks(low, high, log=log)] == words
