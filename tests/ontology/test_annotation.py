import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.domain import namespaces, terms
from ontology.domain.annotation import Annotation, parse_output, parse_parameter
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind, ProductKind
from ontology.domain.tokens import LONGEST

HERE = Where("x.ipynb", 2, 3)
ODA = namespaces.ODA
FLOAT = Annotation(iri=ODA + "Float", term="Float", kind=ParameterKind.FLOAT)


def expect(
    iri: str, term: str, kind: ParameterKind | ProductKind | None, **more: object
) -> Annotation:
    fields: dict[str, Any] = more
    return Annotation(iri=namespaces.expand(iri), term=term, kind=kind, **fields)


REAL = {
    "http://odahub.io/ontology#StartTime": expect("oda:StartTime", "StartTime", ParameterKind.TIME),
    'oda:String ; oda:allowed_value "North","South"': expect(
        "oda:String", "String", ParameterKind.STRING, choices=("North", "South")
    ),
    "oda:Float ; oda:unit unit:keV ; oda:lower_limit 0": expect(
        "oda:Float", "Float", ParameterKind.FLOAT, unit="keV", minimum=0.0
    ),
    "oda:Float ; oda:optional": expect("oda:Float", "Float", ParameterKind.FLOAT, optional=True),
    "oda:Float ; oda:unit unit:keV ; oda:lower_limit 15 ; oda:upper_limit 500 ;"
    ' oda:label "lower energy" ; oda:description "…"': expect(
        *("oda:Float", "Float", ParameterKind.FLOAT),
        unit="keV",
        minimum=15.0,
        maximum=500.0,
        label="lower energy",
        description="…",
    ),
    "oda:Integer": expect("oda:Integer", "Integer", ParameterKind.INTEGER),
    "oda:Boolean": expect("oda:Boolean", "Boolean", ParameterKind.BOOLEAN),
    "oda:AngleDegrees": expect("oda:AngleDegrees", "Angle", ParameterKind.FLOAT, unit="deg"),
    "oda:AngleMinutes": expect("oda:AngleMinutes", "Angle", ParameterKind.FLOAT, unit="arcmin"),
    "oda:POSIXPath": expect("oda:POSIXPath", "FilePath", ParameterKind.STRING),
    "oda:FileURL": expect("oda:FileURL", "FileURL", ParameterKind.STRING),
    "oda:LongString": expect("oda:LongString", "LongText", ParameterKind.STRING),
    "oda:Energy_TeV": expect("oda:Energy_TeV", "Energy", ParameterKind.FLOAT, unit="TeV"),
    "oda:AstrophysicalObject": expect(
        "oda:AstrophysicalObject", "SourceName", ParameterKind.STRING
    ),
    "oda:PointOfInterestRA": expect(
        "oda:PointOfInterestRA", "RightAscension", ParameterKind.FLOAT, unit="deg"
    ),
    "oda:PointOfInterestDEC": expect(
        "oda:PointOfInterestDEC", "Declination", ParameterKind.FLOAT, unit="deg"
    ),
    "oda:TimeInstantISOT": expect(
        "oda:TimeInstantISOT", "TimeInstant", ParameterKind.TIME, time_format="isot"
    ),
    "oda:TimeInstantMJD": expect(
        "oda:TimeInstantMJD", "TimeInstant", ParameterKind.TIME, time_format="mjd"
    ),
    "oda:StructuredParameter": expect(
        "oda:StructuredParameter", "StructuredParameter", ParameterKind.STRUCTURE
    ),
    "oda:VisibleBand": expect(
        *("oda:VisibleBand", "PhotometricBand", ParameterKind.STRING),
        choices=("b", "g", "r", "v"),
    ),
}


@pytest.mark.parametrize("comment", REAL)
def test_real_annotations_of_parameters_are_understood(comment: str) -> None:
    assert parse_parameter(f"# {comment}", HERE) == (REAL[comment], ())


@pytest.mark.parametrize(
    ("comment", "term", "kind"),
    [
        ("oda:ODAPictureProduct", "Picture", ProductKind.PICTURE),
        ("oda:ODAAstropyTable", "Table", ProductKind.TABLE),
        ("oda:ODATextProduct", "Text", ProductKind.TEXT),
        ("oda:ODABinaryProduct", "Binary", ProductKind.BINARY),
        ("oda:NumpyDataProduct", "DataArray", ProductKind.STRUCTURE),
        ("oda:Image", "Image", ProductKind.IMAGE),
        ("oda:LightCurve", "LightCurve", ProductKind.LIGHT_CURVE),
        ("oda:Spectrum", "Spectrum", ProductKind.SPECTRUM),
        ("oda:Float", "Float", ProductKind.NUMBER),
        ("oda:Boolean", "Boolean", ProductKind.BOOLEAN),
        ("oda:TimeInstant", "TimeInstant", ProductKind.TEXT),
        ("oda:WorkflowResultComment", "Text", ProductKind.TEXT),
        ("oda:ParameterProduct", "Value", None),
    ],
)
def test_real_annotations_of_outputs_are_understood(
    comment: str, term: str, kind: ProductKind | None
) -> None:
    assert parse_output(comment, HERE) == (expect(comment, term, kind), ())


@pytest.mark.parametrize(
    "comment",
    [
        "a oda:Float ; oda:unit unit:keV",
        "oda:Float ; oda:unit unit:keV .",
        "oda:Float; oda:unit unit:keV.",
        "oda:unit unit:keV ; a oda:Float ;",
        "oda:Float, oda:keV",
        'oda:Float ;; oda:unit "keV"',
        "<http://odahub.io/ontology#Float> ; oda:unit <http://odahub.io/ontology/unit#keV>",
        "the lower edge # oda:Float ; oda:unit unit:keV",
        "## oda:Float ; reprise:unit unit:keV",
        'oda:Float ; oda:unit unit:keV, "keV"',
    ],
)
def test_one_meaning_may_be_written_in_many_ways(comment: str) -> None:
    found, findings = parse_parameter(f"# {comment}", HERE)
    assert (found, findings) == (expect("oda:Float", "Float", ParameterKind.FLOAT, unit="keV"), ())


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "#",
        "in keV",
        "lower edge; see the paper, section 3.2",
        "see https://example.org/manual for more",
        "don't change: it's used twice",
        'a "quoted" word and 3.5 numbers',
    ],
)
def test_plain_prose_says_nothing_and_is_no_fault(comment: str) -> None:
    assert parse_parameter(comment, HERE) == (Annotation(), ())


def finding(severity: Severity, name: str, what: str, mend: str) -> Finding:
    return Finding(severity, f"ontology/{name}", HERE, what, mend)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (
            "oda:Float ; oda:allowed_values 1, 2",
            finding(
                Severity.SHOULD,
                "unknown-predicate",
                "The predicate oda:allowed_values in 'oda:allowed_values 1 , 2' is not known.",
                "Did you mean oda:allowed_value?",
            ),
        ),
        (
            "oda:Flaot",
            finding(
                Severity.SHOULD,
                "unknown-term",
                "The class oda:Flaot is not a known term.",
                "Did you mean oda:Float?",
            ),
        ),
        (
            "odda:Float",
            finding(
                Severity.SHOULD,
                "unknown-prefix",
                "The prefix odda: in 'odda:Float' is not known, so it was not read.",
                "Did you mean oda?",
            ),
        ),
        (
            "oda:Float ; oda:unit unit:kev",
            finding(
                Severity.SHOULD,
                "unknown-unit",
                "The unit 'unit:kev' is not known.",
                "Did you mean unit:keV?",
            ),
        ),
        (
            "oda:Float ; oda:lower_limit 3 ; oda:upper_limit 1",
            finding(
                Severity.MUST,
                "limits-crossed",
                "The lower limit 3 is above the upper limit 1: no value is accepted.",
                "Swap the limits, or correct one of them.",
            ),
        ),
        (
            "oda:Float ; oda:upper_limit 1 ; oda:allowed_value 0.5, 2",
            finding(
                Severity.SHOULD,
                "choice-outside-limits",
                "The choice 2 lies outside the limits.",
                "Take it out, or widen the limits.",
            ),
        ),
        (
            "oda:Energy ; oda:unit unit:Second",
            finding(
                Severity.SHOULD,
                "unit-mismatch",
                "The unit s does not fit the term Energy.",
                "Use a unit that converts to keV.",
            ),
        ),
        (
            "oda:Energy_keV ; oda:unit unit:MeV",
            finding(
                Severity.SHOULD,
                "unit-conflict",
                "Its class says keV and its unit says MeV; MeV is kept.",
                "Leave out the unit, or name a class without one.",
            ),
        ),
        (
            "oda:Energy_keV, oda:MeV",
            finding(
                Severity.SHOULD,
                "unit-conflict",
                "Its classes have different units: keV, MeV; keV is kept.",
                "Name one class with a unit.",
            ),
        ),
        (
            "oda:Energy ; oda:unit unit:keV, unit:MeV",
            finding(
                Severity.SHOULD,
                "annotation-repeated",
                "'oda:unit unit:keV , unit:MeV' gives a second value; 'keV' is kept.",
                "Give one value.",
            ),
        ),
        (
            "oda:Energy, oda:Boolean",
            finding(
                Severity.SHOULD,
                "several-terms",
                "It is called both Energy and Boolean; Energy is kept.",
                "Name one class, the narrowest that fits.",
            ),
        ),
        (
            'oda:Float ; oda:lower_limit "low"',
            finding(
                Severity.SHOULD,
                "limit-not-number",
                "The limit in 'oda:lower_limit \"low\"' is not a number, so it was not read.",
                "Write the limit as a number, without quotes.",
            ),
        ),
    ],
)
def test_what_is_wrong_is_a_finding_that_says_what_to_write(
    comment: str, expected: Finding
) -> None:
    _, findings = parse_parameter(f"# {comment}", HERE)
    assert findings == (expected,)


@pytest.mark.parametrize(
    ("comment", "id_"),
    [
        ("oda:Float oda:unit unit:keV", "annotation-unparsed"),
        ("oda:Float ; oda:label", "annotation-unparsed"),
        ("oda:Float ; oda:label lower energy", "annotation-unparsed"),
        ('oda:Float ; oda:label "lower', "annotation-unparsed"),
        ('oda:Float ; oda:label "bad \\q escape"', "annotation-unparsed"),
        ("lower energy, oda:Float", "annotation-unparsed"),
        ("oda:Float ; oda:lower_limit 1e999", "annotation-unparsed"),
        ("oda:Float ; oda:lower_limit nan", "annotation-unparsed"),
        ("oda:Float ; oda:allowed_value true", "annotation-unparsed"),
        ("oda:Float ; oda:optional 3", "annotation-unparsed"),
        ("oda:Float . oda:Integer", "annotation-unparsed"),
        ("oda:Float ; oda:label [ oda:x oda:y ]", "annotation-unparsed"),
        ("oda:Flo@t", "annotation-unparsed"),
        ("oda:TimeInstant ; reprise:scale oda:Lunar", "unknown-scale"),
        ("oda:TimeInstant ; oda:format oda:Roman", "unknown-format"),
        ("oda:Float ; schema:banana 3", "unknown-predicate"),
        ("https://example.org/NotATerm", "unknown-term"),
        ("note:Float", "unknown-prefix"),
    ],
)
def test_every_dropped_part_leaves_a_finding(comment: str, id_: str) -> None:
    for parse in (parse_parameter, parse_output):
        _, findings = parse(comment, HERE)
        assert [found.id for found in findings] == [f"ontology/{id_}"]


def test_the_parts_around_a_bad_one_are_still_read() -> None:
    found, findings = parse_parameter("oda:Float ; oda:bad ((( ; oda:upper_limit 3", HERE)
    assert found == Annotation(FLOAT.iri, "Float", ParameterKind.FLOAT, maximum=3.0)
    assert len(findings) == 1


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("'single'", "single"),
        ('"share"@en', "share"),
        ('"""a "quoted"; word"""', 'a "quoted"; word'),
        ('"caf\\u00e9 \\"au lait\\""', 'café "au lait"'),
        ('"a # b . c, d"', "a # b . c, d"),
        ("7", "7"),
        ('""', ""),
    ],
)
def test_texts_are_read_as_turtle_reads_them(text: str, label: str) -> None:
    found, findings = parse_parameter(f"oda:Float ; oda:label {text}", HERE)
    assert (found.label, findings) == (label, ())


@pytest.mark.parametrize(
    ("number", "value"),
    [("15", 15.0), ("-.5", -0.5), ("1.5e3", 1500.0), ("15.", 15.0), ('"5"^^xsd:float', 5.0)],
)
def test_numbers_are_read_as_turtle_and_python_write_them(number: str, value: float) -> None:
    for comment in (
        f"oda:Float ; oda:lower_limit {number}",
        f"oda:lower_limit {number} ; a oda:Float",
    ):
        found, findings = parse_parameter(comment, HERE)
        assert (found.minimum, findings) == (value, ())


def test_a_typed_truth_value_is_one() -> None:
    found, _ = parse_parameter('oda:Float ; oda:optional "true"^^xsd:boolean', HERE)
    assert found.optional is True


def test_the_narrowest_class_counts_whatever_the_order() -> None:
    for comment in ("oda:Float, oda:Energy_keV", "oda:Energy_keV, oda:Float"):
        found, findings = parse_parameter(comment, HERE)
        assert (found.iri, found.term, found.unit, findings) == (
            *(ODA + "Energy_keV", "Energy", "keV"),
            (),
        )


def test_limits_of_the_class_and_of_the_author_both_hold() -> None:
    found, _ = parse_parameter("oda:ISGRIEnergy ; oda:lower_limit 5 ; oda:upper_limit 60", HERE)
    assert (found.minimum, found.maximum) == (15.0, 60.0)


def test_limits_of_the_class_do_not_hold_in_another_unit() -> None:
    found, _ = parse_parameter("oda:ISGRIEnergy ; oda:unit unit:MeV", HERE)
    assert (found.minimum, found.maximum, found.unit) == (None, None, "MeV")


def test_an_annotation_beyond_the_bound_is_not_read_but_reported() -> None:
    comment = 'oda:Float ; oda:label "' + "x" * LONGEST + '"'
    found, findings = parse_parameter(comment, HERE)
    assert (found, [each.id for each in findings]) == (
        Annotation(),
        ["ontology/annotation-too-long"],
    )


def test_prose_may_be_as_long_as_it_likes() -> None:
    assert parse_parameter("word " * LONGEST, HERE) == (Annotation(), ())


@pytest.mark.parametrize(
    "attack",
    [
        "oda:Float ; oda:description " + "(" * 1900,
        "oda:Float ; oda:description " + "[" * 1900,
        'oda:Float ; oda:label "x"^^rdf:XMLLiteral',
        'oda:Float ; oda:label "<!DOCTYPE x>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML>',
        'oda:Float ; oda:label "\\ud800"',
        'oda:Float ; oda:label "\\u0000"',
        "oda:Float ; @prefix oda: <http://evil.example/> ; oda:unit unit:keV ; @base <x:y>",
        "oda:Float ; oda:lower_limit " + "9" * 1900,
    ],
)
def test_an_attack_is_dropped_with_a_finding(attack: str) -> None:
    found, findings = parse_parameter(attack, HERE)
    assert (found.iri, found.label, found.description, found.minimum) == (FLOAT.iri, "", "", None)
    assert {each.id for each in findings} == {"ontology/annotation-unparsed"}


def test_no_iri_is_ever_fetched_or_made_a_path() -> None:
    found, findings = parse_parameter("oda:Float ; oda:label <file:///etc/passwd>", HERE)
    assert (found.label, findings) == ("file:///etc/passwd", ())


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for comment in (text, f"oda:Float ; {text}", f'oda:Float ; oda:label "{text}" ; oda:optional'):
        annotation, findings = parse_parameter(comment, HERE)
        json.dumps([annotation.label, *(each.to_dict() for each in findings)]).encode()


MARKS = st.sampled_from(
    [
        *"a.,;#\"'<>[]()@\\ \n",
        *('"""', "oda:Float", "oda:label", "oda:unit", "unit:keV", "x:y", "true", "1e3", "-.5"),
        *("http://odahub.io/ontology#Float", "^^xsd:float", "@en", "\\u00e9"),
    ]
)


@given(st.lists(MARKS, max_size=20))
def test_any_mixture_of_tokens_is_survived(marks: list[str]) -> None:
    for comment in ("".join(marks), " ".join(marks)):
        assert isinstance(parse_output(comment, HERE)[0], Annotation)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
LIMITS = st.floats(-1e6, 1e6)
ANY_UNIT = sorted(
    name
    for name, term in terms.vocabulary().items()
    if term.parameter_kind and not term.reference_unit
)


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    """Annotations in which nothing is wrong."""
    term = terms.vocabulary()[draw(st.sampled_from(ANY_UNIT))]
    low, high = sorted(draw(st.tuples(LIMITS, LIMITS)))
    return Annotation(
        iri=term.iri,
        term=term.name,
        kind=term.parameter_kind,
        unit=draw(st.sampled_from(["keV", "deg", "s", "Jy"])),
        minimum=low,
        maximum=high,
        choices=tuple(draw(st.lists(WORDS, unique=True, min_size=1, max_size=4))),
        optional=draw(st.booleans()),
        label=draw(WORDS),
        description=draw(WORDS),
        group=draw(WORDS),
    )


def quoted(text: object) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(annotation: Annotation) -> list[str]:
    return [
        f"a reprise:{annotation.term}",
        f"oda:unit unit:{annotation.unit}",
        f"oda:lower_limit {annotation.minimum!r}",
        f"oda:upper_limit {annotation.maximum!r}",
        f"oda:allowed_value {', '.join(map(quoted, annotation.choices))}",
        f"oda:optional {str(annotation.optional).lower()}",
        f"oda:label {quoted(annotation.label)}",
        f"oda:description {quoted(annotation.description)}",
        f"oda:group {quoted(annotation.group)}",
    ]


@given(annotations(), st.permutations(range(9)))
def test_what_is_written_is_what_is_read(annotation: Annotation, order: list[int]) -> None:
    parts = written(annotation)
    comment = " ; ".join(parts[place] for place in order)
    assert parse_parameter(f"# {comment}", HERE) == (annotation, ())
