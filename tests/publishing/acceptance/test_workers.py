"""Row 16 and row 3: two workers at one deposit, one that stalls, and many that are killed."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

import publishing.adapters.repositories.http as sending
from publishing.actions import take_step
from publishing.domain.steps import Step
from tests.publishing.repositories.lab import draft, faults_in, requests_of

pytestmark = pytest.mark.system  # needs a minute
ROOT = Path(__file__).resolve().parents[3]
STALL = 600.0  # seconds: longer than any lease
# Every third or fourth request is tried, to save time: neighbours are alike.


@contextmanager
def at_request(number, what):
    """Something happens just before the n-th request goes out."""
    count, real = 0, sending.exchange

    def exchange(*given, **more):
        nonlocal count
        count += 1
        if count == number:
            what()
        return real(*given, **more)

    with patch.object(sending, "exchange", exchange):
        yield


def test_row_16_a_second_worker_does_nothing_while_the_first_is_at_it(lab):
    requests = requests_of(lab, draft())
    for number in range(1, len(requests) + 1, 3):
        lab.reset()
        deposit, sent = lab.begin(draft()), []

        def second(deposit=deposit, sent=sent):
            before = len(lab.served.log)
            take_step(deposit.pk)
            sent.append(len(lab.served.log) - before)

        with at_request(number, second):
            deposit = lab.drive(deposit)
        assert sent == [0]
        assert faults_in(lab, deposit) == []
        assert len(lab.served.log) == len(requests)


def test_row_16_a_worker_that_stalled_does_no_harm_when_another_took_over(lab):
    requests, wrong = requests_of(lab, draft()), {}
    for number in range(1, len(requests) + 1, 4):
        lab.reset()
        deposit = lab.begin(draft())

        def stall(deposit=deposit):
            lab.push(STALL)
            lab.drive(deposit)

        with at_request(number, stall):
            lab.drive(deposit)
        deposit.refresh_from_db()
        if told := faults_in(lab, deposit):
            wrong[number, requests[number - 1].target] = told
    assert wrong == {}


def test_row_16_a_worker_that_stalled_for_one_step_of_another_does_no_harm(lab):
    requests, wrong = requests_of(lab, draft()), {}
    for number in range(3, len(requests) + 1, 4):
        lab.reset()
        deposit = lab.begin(draft())

        def stall(deposit=deposit):
            lab.push(STALL)
            take_step(deposit.pk)

        with at_request(number, stall):
            lab.drive(deposit)
        deposit.refresh_from_db()
        told = [
            words for words in faults_in(lab, deposit) if not words.startswith("files destroyed")
        ]
        if told or deposit.state != Step.RESOLVES:
            wrong[number, requests[number - 1].target] = told
    assert wrong == {}


def test_row_3_workers_killed_at_any_request_leave_one_record_with_one_doi(tmp_path):
    command = [sys.executable, "-m", "tests.publishing.repositories.crash", str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    count, *rows = [json.loads(line) for line in told.splitlines()]
    killed = [row for row in rows if row["kind"].startswith("client killed")]
    assert [row["k"] for row in killed] == list(range(1, count["requests"] + 1, 3))
    assert {row["ended"][0] for row in killed} == {-9}
    assert [row for row in rows if row["wrong"]] == []
