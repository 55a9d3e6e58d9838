import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.domain import namespaces
from ontology.domain.annotation import Statement, parse_statements
from ontology.domain.findings import Where

HERE = Where("x.ipynb", 1, 1)
ODA = namespaces.ODA
MY_S3 = ODA + "MyS3"


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (
            '# oda:version "v0.1.1"',
            [Statement(ODA + "version", "v0.1.1", is_iri=False, where=HERE)],
        ),
        (
            '# oda:reference "https://doi.org/10.1000/1"',
            [Statement(ODA + "reference", "https://doi.org/10.1000/1", is_iri=False, where=HERE)],
        ),
        (
            "# oda:oda_token_access oda:InOdaContext .",
            [Statement(ODA + "oda_token_access", ODA + "InOdaContext", is_iri=True, where=HERE)],
        ),
        (
            '# schema:author "Ada", "Grace" ; schema:version 2',
            [
                Statement("https://schema.org/author", "Ada", is_iri=False, where=HERE),
                Statement("https://schema.org/author", "Grace", is_iri=False, where=HERE),
                Statement("https://schema.org/version", "2", is_iri=False, where=HERE),
            ],
        ),
        (
            (
                "# oda:usesRequiredResource oda:MyS3 . # oda:MyS3 a oda:S3 ."
                ' # oda:MyS3 oda:resourceBindingEnvVarName "KEYS" .'
            ),
            [
                Statement(ODA + "usesRequiredResource", MY_S3, is_iri=True, where=HERE),
                Statement(namespaces.TYPE, ODA + "S3", is_iri=True, where=HERE, subject=MY_S3),
                Statement(
                    *(ODA + "resourceBindingEnvVarName", "KEYS"),
                    is_iri=False,
                    where=HERE,
                    subject=MY_S3,
                ),
            ],
        ),
    ],
)
def test_statements_about_the_workflow_are_read(comment: str, expected: list[Statement]) -> None:
    assert parse_statements([(HERE, comment)]) == (tuple(expected), ())


@pytest.mark.parametrize(
    "comment",
    [
        *("", "# plain words", "# x:int = 3", "# for i in data: print(i)"),
        *("# https://example.org/x", "# see oda:version below", "# if x > 3: y = a[1:2]"),
        "# " + "long prose " * 400,
    ],
)
def test_prose_and_disused_code_say_nothing(comment: str) -> None:
    assert parse_statements([(HERE, comment)]) == ((), ())


@pytest.mark.parametrize(
    ("comment", "id_", "mend"),
    [
        ('# oda:referense "x"', "unknown-predicate", "Did you mean oda:reference?"),
        ('# odda:version "x"', "unknown-prefix", "Did you mean oda?"),
        ("# odda:MyS3 a oda:S3", "annotation-unparsed", None),
        ("# oda:version v1", "annotation-unparsed", None),
        ('# oda:version "' + "x" * 2000 + '"', "annotation-too-long", None),
    ],
)
def test_what_is_not_understood_is_a_finding(comment: str, id_: str, mend: str | None) -> None:
    _, findings = parse_statements([(HERE, comment)])
    assert [(found.id, found.where) for found in findings] == [(f"ontology/{id_}", HERE)]
    assert mend in {None, findings[0].mend}


def test_a_statement_with_an_unknown_predicate_is_kept() -> None:
    statements, _ = parse_statements([(HERE, '# oda:referense "x"')])
    assert statements == (Statement(ODA + "referense", "x", is_iri=False, where=HERE),)


def test_each_statement_knows_its_place() -> None:
    lines = [(Where("x.ipynb", 1, line), '# oda:version "1"') for line in (1, 4)]
    statements, _ = parse_statements(lines)
    assert [found.where.line for found in statements] == [1, 4]


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for comment in (text, f"oda:version {text}", f"oda:a oda:b {text}"):
        statements, _ = parse_statements([(HERE, comment)])
        assert all(isinstance(found.value, str) for found in statements)
