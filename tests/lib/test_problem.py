"""Problems speak RFC 9457 and say whose move it is."""

from importlib import import_module

import pytest

from lib.problem import ProblemError


class NoSuchStarError(ProblemError):
    id = "sky:user:no-such-star"
    status = 404
    title = "No such star"


def test_a_problem_has_the_members_of_the_standard():
    assert NoSuchStarError("There is no star HD 0; names begin at 1.").to_dict() == {
        "type": "/docs/errors#sky:user:no-such-star",
        "title": "No such star",
        "status": 404,
        "detail": "There is no star HD 0; names begin at 1.",
        "id": "sky:user:no-such-star",
    }


def test_faults_of_fields_are_listed():
    errors = {"energy": "0 is too small."}
    error = NoSuchStarError("Mend the fields.", errors=errors)
    assert (str(error), error.to_dict()["errors"]) == ("Mend the fields.", errors)


def test_the_base_is_a_fault_of_ours():
    known = ProblemError("The disk is full.").to_dict()
    assert (known["id"], known["status"]) == ("reprise:platform:error", 500)


@pytest.mark.parametrize("app", ["ontology", "catalogue", "executor", "publishing", "gallery"])
def test_every_error_of_an_app_says_whose_move_it_is(app):
    found = [
        item
        for item in vars(import_module(f"{app}.errors")).values()
        if isinstance(item, type) and issubclass(item, ProblemError) and item is not ProblemError
    ]
    names = [item.id for item in found]
    for item in found:
        owner, whose, name = item.id.split(":")
        assert (owner, name == name.lower(), item.title != ProblemError.title) == (app, True, True)
        assert whose == "user" or (whose == "platform" and item.status >= 500)
    assert len(names) == len(set(names))
