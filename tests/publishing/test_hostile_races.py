"""Two ask for the same at the same moment: there is one of it, and nobody meets a fault of ours."""

import json
import threading
from collections.abc import Callable

from django.db import connections
from django.test import Client

from publishing.models import Deposit, Release
from tests.executor.conftest import on_file  # noqa: F401 -- a fixture
from tests.publishing.factories import RunFactory

MANY = 5
Asked = Callable[[], int]


def draft() -> str:
    """The id of a draft of one run."""
    body = json.dumps({"runs": [RunFactory().address]})
    return Client().post("/api/releases/", body, content_type="application/json").json()["id"]


def asking(method: str, path: str, body: object = None) -> Asked:
    """What asks for something when it is called, and gives the status."""

    def ask() -> int:
        answer = Client().generic(method, path, json.dumps(body), "application/json")
        return answer.status_code

    return ask


def at_once(*asked: Asked) -> list[int]:
    """The answers to all of them, which are sent together."""
    barrier, answers = threading.Barrier(len(asked)), [0] * len(asked)

    def send(place: int, ask: Asked) -> None:
        barrier.wait(20)
        try:
            answers[place] = ask()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=item) for item in enumerate(asked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def told(function: Callable[[], object], on_file) -> object:  # noqa: F811 -- the fixture
    """What a function gives on a database that threads can share."""
    (given,) = on_file(function, 1)
    if isinstance(given, Exception):
        raise given
    return given


def test_a_release_that_many_continue_has_one_open_draft(on_file):  # noqa: F811
    def race() -> object:
        pk = draft()
        asking("POST", f"/api/releases/{pk}/freeze/")()
        answers = at_once(*[asking("POST", f"/api/releases/{pk}/versions/")] * MANY)
        numbers = Release.objects.filter(concept=pk).order_by("number").values_list("number")
        return set(answers) <= {200, 201}, [number for (number,) in numbers]

    assert [told(race, on_file) for _try in range(3)] == [(True, [1, 2])] * 3


def test_a_draft_that_is_changed_while_it_is_frozen_stays_complete(on_file):  # noqa: F811
    def race() -> object:
        pk = draft()
        path = f"/api/releases/{pk}/draft/"
        answers = at_once(
            asking("PATCH", path, {"title": "one"}), asking("PATCH", path, {"licence": ""}),
            *[asking("POST", f"/api/releases/{pk}/freeze/")] * 2,
        )  # fmt: skip
        release = Release.objects.get(pk=pk)
        return set(answers) <= {200, 409, 422}, bool(release.licence) or release.frozen_at is None

    assert told(race, on_file) == (True, True)


def test_a_draft_that_is_deleted_while_it_is_published_is_one_or_the_other(on_file):  # noqa: F811
    def race() -> object:
        pk = draft()
        shelf = asking("POST", f"/api/releases/{pk}/deposits/", {"repository": "shelf"})
        answers = at_once(shelf, shelf, asking("DELETE", f"/api/releases/{pk}/draft/"))
        left = Release.objects.filter(pk=pk).count(), Deposit.objects.filter(release=pk).count()
        return max(answers) < 500, left in {(0, 0), (1, 1)}

    assert told(race, on_file) == (True, True)


def test_a_run_that_many_release_has_one_doi(on_file):  # noqa: F811
    def race() -> object:
        run = RunFactory()
        answers = at_once(*[asking("POST", "/api/releases/", {"run": run.address})] * MANY)
        return set(answers) <= {200, 201}, Deposit.objects.filter(release__sole_run=run).count()

    assert told(race, on_file) == (True, 1)
