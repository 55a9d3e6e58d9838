"""Struck at any request, by any fault: one record, one DOI, no draft, no file destroyed.

A lost answer strikes every request here, each other fault every fourth of those that change
something, each kind beginning at another one. ``benchmarks.deposit_faults`` strikes every request
by every fault, and its table is in docs/deposits-faults.md.
"""

import pytest

from tests.publishing.repositories.faults import UPLOADS_ONLY, Fault, Kind
from tests.publishing.repositories.lab import (
    STRIKING,
    draft,
    faults_in,
    requests_of,
    run_killed,
    run_struck,
)
from tests.publishing.repositories.storm import storm

pytestmark = pytest.mark.system  # needs a minute
NONE: dict[int, list[str]] = {}


def fresh(lab):
    """A draft, and the same fake with nothing in it."""
    lab.reset()
    return draft()


def writes(requests):
    """Numbers of the requests that change something."""
    return [number for number, item in enumerate(requests, 1) if item.is_write]


def numbers(requests, kind):
    """Numbers of the requests that a fault strikes."""
    if kind in UPLOADS_ONLY:
        return [item.number for item in requests if item.target.endswith("/content")]
    if kind is Kind.AFTER:
        return range(1, len(requests) + 1)
    return writes(requests)[STRIKING.index(kind) % 4 :: 4]


@pytest.mark.parametrize("kind", STRIKING, ids=lambda kind: kind.name)
def test_a_fault_at_any_request_leaves_one_record_with_one_doi(lab, kind):
    requests, wrong = requests_of(lab, fresh(lab)), {}
    for number in numbers(requests, kind):
        deposit = run_struck(lab, fresh(lab), Fault(kind, at=number))
        assert lab.served.plan.is_over
        if told := faults_in(lab, deposit):
            wrong[number, requests[number - 1].target] = told
    assert wrong == NONE


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_gone_at_any_request_leaves_one_record_with_one_doi(lab, after):
    requests, wrong = requests_of(lab, fresh(lab)), {}
    for number in range(1, len(requests) + 1, 2) if after else writes(requests):
        deposit = run_killed(lab, fresh(lab), number, after=after)
        if told := faults_in(lab, deposit):
            wrong[number, requests[number - 1].target] = told
    assert wrong == NONE


@pytest.mark.parametrize("kind", [Kind.AFTER, Kind.LATE_504], ids=lambda kind: kind.name)
def test_versions_that_are_struck_are_of_one_concept_with_one_doi_each(lab, kind):
    requests = requests_of(lab, draft(lab.publish(draft()).release))
    deposits = [lab.publish(fresh(lab))]
    for number in writes(requests):
        release = draft(deposits[-1].release)
        deposits.append(run_struck(lab, release, Fault(kind, at=number)))
        assert faults_in(lab, *deposits) == []


def test_versions_whose_worker_is_gone_are_of_one_concept_with_one_doi_each(lab):
    requests = requests_of(lab, draft(lab.publish(draft()).release))
    deposits = [lab.publish(fresh(lab))]
    for number in writes(requests):
        release = draft(deposits[-1].release)
        deposits.append(run_killed(lab, release, number, after=True))
        assert faults_in(lab, *deposits) == []


@pytest.mark.parametrize("lag", [0, 60, 600])
def test_a_search_that_lags_behind_makes_no_second_draft(lab, lag):
    wrong = {}
    for kind in (Kind.AFTER, Kind.DONE_504, Kind.LATE_504):
        release = fresh(lab)
        lab.served.fake.index.lag = lag
        deposit = run_struck(lab, release, Fault(kind, where=r"POST /api/records$"))
        if told := faults_in(lab, deposit):
            wrong[kind] = told
    assert wrong == NONE


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_of_faults_leaves_one_record_with_one_doi(lab, seed):
    release = fresh(lab)
    deposit = storm(lab, release, seed)
    assert faults_in(lab, deposit) == []
