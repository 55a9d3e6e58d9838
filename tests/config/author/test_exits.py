"""What a report comes to for the program that asked: four numbers, each with its meaning."""

import pytest

from config.author.exits import exit_code
from tests.factories.reports import figure, finding, item, report

DIFFERENT = figure(item(verdict="different"))
UNCLEAR = item(verdict="not comparable")
AWAY = figure(problem="no x.fits", problem_id="executor:platform:data-unreachable")
BROKEN = figure(problem="no disk", problem_id="executor:platform:disk-full")


@pytest.mark.parametrize(
    "verdict", ["identical", "within tolerance", "same data drawn differently"]
)
def test_what_is_reproduced_is_0(verdict):
    assert exit_code(report(figure(item(verdict=verdict)))) == 0


@pytest.mark.parametrize("verdict", ["different", "failed"])
def test_what_is_different_or_failed_is_1(verdict):
    assert exit_code(report(figure(item()), figure(item(verdict=verdict)))) == 1


def test_a_failed_run_without_values_is_1():
    assert exit_code(report(figure(verdict="failed"))) == 1


def test_a_report_without_figures_is_2():
    assert exit_code(report()) == 2


def test_data_out_of_reach_and_drafts_are_2():
    draft = report(problems=[{"id": "author:user:draft", "sentence": "Mend it."}])

    assert [exit_code(report(AWAY)), exit_code(draft)] == [2, 2]


def test_what_the_platform_did_wrong_is_3():
    assert exit_code(report(BROKEN, AWAY)) == 3


def test_a_difference_weighs_more_than_a_broken_platform():
    assert exit_code(report(BROKEN, DIFFERENT)) == 1


def test_a_figure_of_which_nothing_compares_is_2_and_1_when_strict():
    unclear = report(figure(UNCLEAR))

    assert [exit_code(unclear), exit_code(unclear, strict=True)] == [2, 1]


def test_one_value_that_does_not_compare_spoils_only_a_strict_check():
    mixed = report(figure(UNCLEAR, item()))

    assert [exit_code(mixed), exit_code(mixed, strict=True)] == [0, 1]


def test_a_value_left_as_todo_is_not_judged():
    assert exit_code(report(figure(item(), UNCLEAR | {"todo": True}))) == 2


@pytest.mark.parametrize(("severity", "strict"), [("should", 1), ("may", 0)])
def test_a_should_finding_counts_in_a_strict_check_alone(severity, strict):
    found = report(figure(item()), findings=[finding(severity)])

    assert [exit_code(found), exit_code(found, strict=True)] == [0, strict]
