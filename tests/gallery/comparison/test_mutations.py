"""A corpus of mutated outputs: none is called reproduced that is not, and nearly none different."""

import pytest

from benchmarks.mutation import plots, series
from benchmarks.mutations import example_cases, judged, picture_cases
from gallery.domain.comparison.plots import read
from tests.gallery.comparison.samples import drawn

pytestmark = pytest.mark.filterwarnings("ignore")  # mutating makes libraries warn, as it should


def test_no_mutation_of_an_example_file_is_judged_wrongly():
    results = list(judged(example_cases(fewer=True)))

    assert len(results) >= 300
    assert [_told(item) for item in results if item.is_false_reproduced] == []
    assert [_told(item) for item in results if item.is_false_different] == []
    assert [_told(item) for item in results if not item.is_right] == []


def test_no_mutation_of_a_picture_is_judged_wrongly():
    results = list(judged(picture_cases({"a spectrum": drawn().plot})))

    assert len(results) >= 40
    assert [_told(item) for item in results if not item.is_right] == []


def test_the_light_curve_of_the_corpus_has_moments():
    assert series.light_curve().table["TIME"].unit == "d"


def test_what_was_plotted_is_drawn_again():
    plot = drawn().plot

    assert [item["label"] for item in plots.numbers_of(read(plot))] == ["line", "points"]


def _told(result):
    return (result.case.kind, result.case.base, result.outcome.verdict, result.outcome.sentence)
