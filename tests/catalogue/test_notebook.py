"""Notebooks are read as data; whatever they hold, nothing of them is run."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.notebook import (
    Assignment,
    Cell,
    Remark,
    UnreadableNotebookError,
    assignments,
    read_cells,
    remarks,
    tagged,
)
from tests.factories.entries import cell, notebook

NOT_JSON = "It is not JSON: save it again with Jupyter."
NOT_FORMAT_4 = "It is not a notebook of format 4: save it again with a current Jupyter."


def code(source, *tags):
    return Cell(1, "code", source, tags)


def read(source):
    return list(assignments(code(source)))


def test_cells_have_a_number_a_kind_a_source_and_tags():
    data = notebook(cell("# Title", kind="markdown"), cell("energy = 20.0", "parameters", "x"))
    assert read_cells(data) == (
        Cell(1, "markdown", "# Title", ()),
        Cell(2, "code", "energy = 20.0", ("parameters", "x")),
    )


def test_a_source_may_be_a_list_of_lines():
    data = notebook(cell("") | {"source": ["a = 1\n", "b = 2"]})
    assert read_cells(data)[0].source == "a = 1\nb = 2"


def test_only_code_cells_are_found_by_their_tag():
    cells = read_cells(notebook(cell("x", "outputs", kind="raw"), cell("y", "outputs"), cell("z")))
    assert [item.number for item in tagged(cells, "outputs")] == [2]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", NOT_JSON),
        (b"{", NOT_JSON),
        (b"\x89PNG\r\n", NOT_JSON),
        (b"\xff\xfe\xff", NOT_JSON),
        (b"[" * 100_000, NOT_JSON),
        (b'{"cells": ' * 50_000, NOT_JSON),
        (b"[" + b"9" * 5000 + b"]", NOT_JSON),
        (b"[]", "It is JSON but not a notebook: an object was expected."),
        (b'"text"', "It is JSON but not a notebook: an object was expected."),
        (b"{}", NOT_FORMAT_4),
        (b'{"nbformat": 4}', NOT_FORMAT_4),
        (b'{"nbformat": 4, "cells": {}}', NOT_FORMAT_4),
        (b'{"nbformat": 3, "worksheets": [{"cells": []}]}', NOT_FORMAT_4),
        (b'{"nbformat": "4", "cells": []}', NOT_FORMAT_4),
        (b'{"nbformat": 4, "cells": [7]}', "Cell 1 is not an object: save it again with Jupyter."),
        (notebook(*[{}] * 2001), "It has more than 2,000 cells: split it."),
        (
            notebook({}, cell("") | {"source": "x" * 1_000_001}),
            "Cell 2 is longer than 1,000,000 characters.",
        ),
    ],
    ids=lambda item: None if isinstance(item, bytes) else "",
)
def test_what_is_no_notebook_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(UnreadableNotebookError) as caught:
        read_cells(data)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "broken",
    [
        {}, {"cell_type": 5, "source": 7}, {"source": None}, {"metadata": []},
        {"metadata": {"tags": "parameters"}}, {"metadata": {"tags": {"parameters": 1}}},
        {"source": [1, None, {}]},
    ],
)  # fmt: skip
def test_a_cell_with_odd_members_is_read_as_far_as_it_goes(broken):
    assert [(item.number, item.tags) for item in read_cells(notebook(broken))] == [(1, ())]


def test_characters_that_cannot_be_kept_are_replaced():
    data = notebook(cell("") | {"source": "a = 1  # \x00 \ud800"})
    assert read_cells(data)[0].source == "a = 1  # ? ?"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["cell_type", "source", "metadata", "tags", "cells"]), x
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_in_the_place_of_cells_is_read_or_refused(content):
    data = json.dumps({"nbformat": 4, "cells": content}).encode()
    try:
        cells = read_cells(data)
    except UnreadableNotebookError:
        return
    assert [item.number for item in cells] == list(range(1, len(content) + 1))


# Assignments


def test_an_assignment_has_its_value_comment_and_place():
    assert read('energy = 20.0  # oda:Float ; oda:label "a # b"\n\nname = "x"') == [
        Assignment("energy", 20.0, True, "", 'oda:Float ; oda:label "a # b"', 1, 1),  # noqa: FBT003
        Assignment("name", "x", True, "", "", 1, 3),  # noqa: FBT003 -- the fields in order
    ]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = -2.5", -2.5), ("x = None", None), ("x = (1, 2)", [1, 2]), ("x = 1 - 2j", None),
        ("x = {'a': [True]}", {"a": [True]}), ("x = 1e999", None), ("x = {1, 2}", None),
        ("x = b'a'", None), ("x = 2 * 3", None), ("x = open('/etc/passwd')", None),
        ("x = 'a' 'b'", "ab"), ("x = f'{y}'", None), ("x = '\\ud800'", None), ("x = '\\0'", None),
        ("x = 0x" + "f" * 5000, None), ("x = '''\n1'''", "\n1"),
    ],
)  # fmt: skip
def test_only_literals_that_json_can_hold_are_values(source, value):
    [found] = read(source)
    assert (found.value, found.literal) == (value, value is not None or source == "x = None")


def test_the_comment_of_a_value_over_several_lines_is_the_one_behind_it():
    [found] = read("x = [\n  1,  # one\n  2,\n]  # oda:Integer")
    assert (found.value, found.comment, found.line) == ([1, 2], "oda:Integer", 1)


def test_type_hints_are_kept_as_written():
    found = read("a: float = 1\nb: Optional[int] = None\nc: str\nd")
    assert [(item.name, item.hint, item.literal) for item in found] == [
        ("a", "float", True), ("b", "Optional[int]", True), ("c", "str", False), ("d", "", False),
    ]  # fmt: skip


def test_other_statements_are_no_assignments():
    source = "a, b = 1, 2\nc = d = 3\ne.f = 4\ng[0] = 5\nh += 1\nimport i\nprint(j)\nk.l: int = 6"
    assert read(source) == []


@pytest.mark.parametrize("source", ["%matplotlib inline", "!rm -rf /", "x = (", "  x = 1", "\0"])
def test_what_is_no_python_is_a_syntax_error(source):
    with pytest.raises((SyntaxError, ValueError), match=r".+"):
        read(source)


@pytest.mark.parametrize(
    "attack",
    ["x = " + "-" * 20_000 + "1", "x = a" + ".b" * 20_000, "x = 1" + "+1" * 20_000,
     "x = f" + "()" * 20_000, "x = " + "(" * 20_000, "x: a" + "[0]" * 20_000 + " = 1"],
)  # fmt: skip
def test_source_nested_to_exhaust_the_parser_is_a_syntax_error(attack):
    started = time.process_time()
    with pytest.raises(SyntaxError):
        read(attack)
    assert time.process_time() - started < 2


def test_a_hint_nested_too_deeply_is_no_hint():
    assert [item.hint for item in read("x: a" + "[0]" * 600 + " = 1")] in (
        [""],
        ["a" + "[0]" * 600],
    )


def test_remarks_are_comments_on_their_own_line_of_any_code_cell():
    cells = read_cells(
        notebook(
            cell("# not Python", kind="markdown"),
            cell('%matplotlib inline\n# oda:version "1.0"\nx = 1  # beside'),
            cell("if x:\n    #### deep\n    pass"),
            cell("'unfinished\n# after"),
            cell("x = (  # beside\n# inside\n"),
        )
    )  # fmt: skip
    assert list(remarks(cells)) == [
        Remark('oda:version "1.0"', 2, 2), Remark("deep", 3, 2), Remark("after", 4, 2),
        Remark("inside", 5, 2),
    ]  # fmt: skip
