"""Crates whose recipe is any JSON: refused in words, and nothing is registered."""

import json

import pytest

from catalogue.domain.crate import BadCrateError
from catalogue.domain.crate_recipe import PLAIN, read_recipe

VERSION = {"slug": "half", "number": 1, "digest": "0" * 64}
RECIPE = {"format": PLAIN, "version": VERSION, "data": [], "runs": []}
ANY = [None, True, 0, -1, 1.5, 10**30, "", "x", "../x", "\0", [], {}, [[]], [None], {"@id": []}]


@pytest.mark.parametrize("strange", ANY, ids=repr)
@pytest.mark.parametrize("name", ["format", "version", "data"])
def test_a_recipe_with_any_json_in_a_member_is_no_recipe(name, strange):
    try:
        found = read_recipe(json.dumps(RECIPE | {name: strange}).encode())
    except BadCrateError:
        return
    assert (name, found.versions[0].data) == ("data", {})  # nothing is a list of no files, too


@pytest.mark.parametrize(
    ("name", "strange"),
    [(name, any_) for name in VERSION for any_ in ANY if (name, any_) != ("slug", "x")],
)
def test_a_recipe_with_any_json_in_its_version_is_no_recipe(name, strange):
    with pytest.raises(BadCrateError):
        read_recipe(json.dumps(RECIPE | {"version": VERSION | {name: strange}}).encode())
