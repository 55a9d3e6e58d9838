"""YAML of strangers: plain values with their lines, and nothing that grows or recurses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.yaml_text import BadYamlError, Table, read_yaml

# YAML has no bare control characters, and no halves of surrogate pairs.
texts = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def refusal(text: str | bytes) -> tuple[str, int | None]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(BadYamlError) as caught:
        read_yaml(data, "a.cwl")
    return str(caught.value), caught.value.line


@given(plain)
def test_json_comes_out_as_it_is(value):
    if not (isinstance(value, dict) and "<<" in str(value)):
        assert read_yaml(json.dumps(value, ensure_ascii=False).encode(), "a.cwl") == value


def test_scalars_are_those_of_yaml_1_2():
    text = "[yes, on, ~, true, False, 1_0, 0o17, 0x1F, 1e3, .5, 012, 2020-01-01, '1', !!str 1, '']"

    assert read_yaml(text.encode(), "a.cwl") == [
        "yes", "on", None, True, False, "1_0", 15, 31, 1000.0, 0.5, 12, "2020-01-01", "1", "1", "",
    ]  # fmt: skip


def test_tables_know_their_file_and_the_lines_of_their_keys():
    table = read_yaml(b"# one\na: 1\n\nb:\n  c: 2\n", "a.cwl")

    assert isinstance(table, Table)
    assert (table.file, table.line, table.lines) == ("a.cwl", 2, {"a": 2, "b": 4})
    assert table["b"].lines == {"c": 5}


def test_an_alias_is_what_it_stands_for():
    assert read_yaml(b"a: &x [1, 2]\nb: *x\n", "a.cwl") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: [1", ("It is not YAML: did not find expected ',' or ']'.", 2)),
        ("a: 1\na: 2", ("The key 'a' stands there twice.", 2)),
        ("a: 1\n---\nb: 2", ("There is a second document in the file.", 2)),
        ("a: &a [*a]", ("The alias *a stands for nothing complete.", 1)),
        ("? [1]\n: 2", ("A key is not a plain text.", 1)),
        ("b:\n  <<: {a: 1}", ("A key is not a plain text.", 2)),
        ("[" * 61 + "]" * 61, ("It is nested more than 60 deep.", 1)),
        (b"\xff\xfe\x00", ("It is not text in UTF-8.", None)),
        ("- 1\n" * 50_000, ("It holds more than 50,000 values.", 50_000)),
        ("#" + "x" * 1_000_000, ("It is longer than 1,000,000 bytes.", None)),
    ],
)
def test_what_is_not_read_says_why_and_where(text, what):
    assert refusal(text) == what


def test_an_alias_counts_as_what_it_stands_for():
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    assert refusal("\n".join(lines)) == ("It holds more than 50,000 values.", 5)


def test_tags_build_nothing():
    assert read_yaml(b"!!python/object/apply:os.system [ls]", "a.cwl") == ["ls"]
