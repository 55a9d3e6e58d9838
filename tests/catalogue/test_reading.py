"""From annotated cells to an Interface, with a Finding for all that is not understood."""

import pytest

from catalogue.domain.interface import Interface, Output, Parameter
from catalogue.domain.notebook import Cell, read_cells
from catalogue.domain.reading import read_interface
from ontology.domain.annotation import Statement
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind, ProductKind
from tests.factories.entries import simple_notebook

ODA = "http://odahub.io/ontology#"
FILE = "x.ipynb"


def read(parameters="", outputs="total = 1"):
    return read_interface(
        (Cell(1, "code", parameters, ("parameters",)), Cell(2, "code", outputs, ("outputs",))), FILE
    )


def parameter(source):
    [found] = read(source).interface.parameters
    return found


def output(source):
    [found] = read(outputs=source).interface.outputs
    return found


def ids(reading):
    return [(item.severity.value, item.id, str(item.where)) for item in reading.findings]


def test_an_annotated_notebook_gives_its_interface():
    reading = read_interface(read_cells(simple_notebook()), "double.ipynb")
    energy, times = reading.interface.parameters
    assert energy == Parameter(
        "energy", ParameterKind.FLOAT, default=20.0, term=energy.term, iri=f"{ODA}Energy_keV",
        unit="keV", minimum=1.0, maximum=500.0, label="energy",
    )  # fmt: skip
    assert (times.kind, times.default, times.minimum, times.label) == ("integer", 2, 1.0, "times")
    assert [(item.name, item.kind, item.unit) for item in reading.interface.outputs] == [
        ("total", "number", "keV")
    ]
    assert reading.places == {
        "energy": Where("double.ipynb", 2, 1),
        "times": Where("double.ipynb", 2, 2),
        "total": Where("double.ipynb", 4, 1),
    }
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("oda:Float", "float"), ("oda:Integer", "integer"), ("oda:String", "string"),
        ("oda:Boolean", "boolean"), ("oda:StartTimeISOT", "time"), ("oda:EndTimeMJD", "time"),
        ("oda:Energy_keV", "float"), ("oda:StructuredParameter", "structure"),
        (f"{ODA}Float", "float"),
    ],
)  # fmt: skip
def test_the_annotations_class_says_the_kind(annotation, kind):
    assert parameter(f"x = None  # {annotation}").kind == kind


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("x = 1", "integer"), ("x = 1.0", "float"), ("x = True", "boolean"), ("x = 'a'", "string"),
        ("x = [1]", "list"), ("x = (1, 2)", "list"), ("x = {}", "structure"),
        ("x = None", "string"),
        ("x: float = 1", "float"), ("x: int = None", "integer"), ("x: list[int] = []", "list"),
        ("x: Optional[float] = None", "float"), ("x: float | None = None", "float"),
        ("x: Optional[dict[str, int]] = None", "structure"), ("x: Path = 'a'", "string"),
    ],
)  # fmt: skip
def test_without_a_class_the_hint_or_the_value_says_the_kind(source, kind):
    assert parameter(source).kind == kind


@pytest.mark.parametrize(
    ("source", "optional"),
    [
        ("x: Optional[float] = None", True), ("x: float | None = 1", True), ("x: float = 1", False),
        ("x = None  # oda:Float ; oda:optional true", True),
    ],
)  # fmt: skip
def test_a_hint_or_an_annotation_says_whether_none_is_a_value(source, optional):
    assert parameter(source).optional is optional


def test_choices_limits_and_words_are_read():
    band = parameter('band = "hard"  # oda:String ; oda:allowed_value "soft","hard"')
    assert (band.default, band.choices) == ("hard", ("soft", "hard"))
    energy = parameter(
        "e_min = 20.0  # oda:Float ; oda:unit unit:keV ; oda:lower_limit 15 ; "
        'oda:upper_limit 500 ; oda:label "lower energy" ; oda:description "where the band begins"'
    )
    assert (energy.unit, energy.minimum, energy.maximum, energy.label, energy.description) == (
        "keV", 15.0, 500.0, "lower energy", "where the band begins",
    )  # fmt: skip


def test_times_have_their_format():
    assert parameter('t = "2003-03-15"  # oda:StartTimeISOT').time_format == "isot"
    assert parameter("t = 52713.5  # oda:StartTimeMJD").time_format == "mjd"


@pytest.mark.parametrize(
    ("source", "declared", "is_"),
    [
        ('x = "20"  # oda:Float', "float", "string"),
        ("x = 2.5  # oda:Integer", "integer", "float"),
        ("x = 1  # oda:Boolean", "boolean", "integer"),
        ("x = 5  # oda:String", "string", "integer"),
        ("x: int = 2.5", "integer", "float"), ("x = True  # oda:Float", "float", "boolean"),
    ],
)  # fmt: skip
def test_a_default_of_another_kind_must_be_mended(source, declared, is_):
    shown = source.split("=", 1)[1].split("#")[0].strip().replace('"', "'")
    assert read(source).findings == (
        Finding(
            Severity.MUST,
            "catalogue/default-of-other-kind",
            Where(FILE, 1, 1),
            f"x is declared as {declared} but its default {shown} is {is_}.",
            "Change the annotation or the default so that both agree.",
        ),
    )


@pytest.mark.parametrize(
    "source",
    ["x = 20  # oda:Float", "x = 52713.5  # oda:StartTimeMJD",
     "x = '2003-03-15'  # oda:StartTimeISOT",
     "x = [1]  # oda:StructuredParameter", "x = None  # oda:Float"],
)  # fmt: skip
def test_a_default_that_its_kind_can_read_is_no_fault(source):
    assert read(source).findings == ()


def test_a_default_that_is_no_literal_is_left_out_with_a_finding():
    reading = read("import os\nx = os.getcwd()\ny = 1\nz")
    assert [item.name for item in reading.interface.parameters] == ["y"]
    assert ids(reading) == [
        ("should", "catalogue/default-not-literal", "x.ipynb, cell 1, line 2"),
        ("should", "catalogue/default-not-literal", "x.ipynb, cell 1, line 4"),
    ]


def test_the_last_of_several_assignments_counts():
    reading = read("x = 1\nx = 2")
    assert [item.default for item in reading.interface.parameters] == [2]


def test_several_cells_with_a_tag_are_read_together():
    cells = [Cell(1, "code", "x = 1", ("parameters",)), Cell(2, "code", "y = 2", ("parameters",)),
             Cell(3, "code", "z = 1", ("outputs",))]  # fmt: skip
    reading = read_interface(tuple(cells), FILE)
    assert [item.name for item in reading.interface.parameters] == ["x", "y"]


def test_cells_without_tags_are_findings():
    reading = read_interface((Cell(1, "code", "x = 1", ()),), FILE)
    assert reading.interface == Interface()
    assert reading.findings == (
        Finding(
            Severity.SHOULD,
            "catalogue/no-parameters-cell",
            Where(FILE),
            "No code cell has the tag 'parameters', so nothing can be changed.",
            "Add the tag 'parameters' to the cell that assigns the parameters.",
        ),
        Finding(
            Severity.MUST,
            "catalogue/no-outputs-cell",
            Where(FILE),
            "No code cell has the tag 'outputs', so no product is kept.",
            "Add the tag 'outputs' to the cell that assigns the outputs.",
        ),
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = 1\ny = (", 2), ("x = 1\n%matplotlib inline", 2), ("!pip install x", 1), ("x = '", 1),
     ("x = " + "-" * 20_000 + "1", None)],
)  # fmt: skip
def test_a_cell_that_is_no_python_must_be_mended_and_says_where(source, line):
    reading = read(source)
    [finding] = reading.findings
    assert (finding.severity, finding.id, finding.where) == (
        Severity.MUST, "catalogue/cell-syntax", Where(FILE, 1, line),
    )  # fmt: skip
    assert finding.mend == "Mend the line; magics and shell commands cannot stand in this cell."
    assert [item.name for item in reading.interface.outputs] == ["total"]


def test_an_annotation_that_is_not_understood_is_a_finding_with_its_place():
    reading = read("a = 1\nx = 1.0  # oda:Flaot")
    [finding] = reading.findings
    assert (finding.severity, finding.where) == (Severity.SHOULD, Where(FILE, 1, 2))


def test_statements_of_the_whole_notebook_are_read():
    reading = read('# oda:version "1.0"\nx = 1')
    assert reading.statements == (
        Statement(f"{ODA}version", "1.0", is_iri=False, where=Where(FILE, 1, 1)),
    )


# The classes of the ODA ontology that outputs are annotated with


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("oda:ODAPictureProduct", ProductKind.PICTURE), ("oda:ODAAstropyTable", ProductKind.TABLE),
        ("oda:ODATextProduct", ProductKind.TEXT), ("oda:Float", ProductKind.NUMBER),
        ("oda:Integer", ProductKind.NUMBER), ("oda:Boolean", ProductKind.BOOLEAN),
        ("oda:String", ProductKind.TEXT), ("oda:LightCurve", ProductKind.LIGHT_CURVE),
        ("oda:Spectrum", ProductKind.SPECTRUM), ("oda:Image", ProductKind.IMAGE),
        ("oda:ODABinaryProduct", ProductKind.BINARY),
    ],
)  # fmt: skip
def test_the_annotations_class_says_the_kind_of_an_output(annotation, kind):
    assert output(f"x = y  # {annotation}").kind == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1.5", "number"), ("3", "number"), ("True", "boolean"), ("'a.PNG'", "picture"),
        ("'a.jpg'", "picture"), ("'a.svg'", "picture"), ("'a.pdf'", "picture"),
        ("'a.csv'", "table"),
        ("'a.ecsv'", "table"), ("'a.vot'", "table"), ("'a.fits'", "image"), ("'a.txt'", "text"),
        ("'a'", "structure"), ("y", "structure"), ("[1]", "structure"), ("None", "structure"),
    ],
)  # fmt: skip
def test_without_a_class_the_value_or_the_suffix_says_the_kind_of_an_output(value, kind):
    assert output(f"x = {value}") == Output("x", ProductKind(kind))


def test_an_output_may_stand_alone_and_has_words():
    assert output("table") == Output("table", ProductKind.STRUCTURE)
    flux = output('flux = f  # oda:Float ; oda:unit unit:keV ; oda:label "flux"')
    assert (flux.unit, flux.label) == ("keV", "flux")


@pytest.mark.parametrize("line", ["a = b = 1", "a, b = 1, 2", "x.y = 1", "a += 1"])
def test_an_annotated_line_that_names_not_one_thing_is_a_finding(line):
    cells = read_cells(
        simple_notebook(parameters=f"a = 0\n{line}  # oda:Float", outputs="total = 1")
    )

    (found,) = [
        item
        for item in read_interface(cells, "n.ipynb").findings
        if item.id == "catalogue/assignment-not-read"
    ]
    assert (found.where.cell, found.where.line) == (2, 2)


# Parameters that take products


@pytest.mark.parametrize(
    ("source", "default", "many", "optional"),
    [
        ('image = "sky.fits"  # reprise:SkyMap', "sky.fits", False, False),
        ('image = ["a.fits", "b.fits"]  # reprise:SkyMap', ["a.fits", "b.fits"], True, False),
        ("image: list[str] = []  # reprise:SkyMap", [], True, False),
        ("image = None  # reprise:SkyMap", None, False, False),
        ("image = None  # reprise:SkyMap ; oda:optional True", None, False, True),
    ],
)
def test_a_parameter_of_a_class_of_products_takes_a_product(source, default, many, optional):
    found = parameter(source)

    assert (found.kind, found.product, found.term) == (
        ParameterKind.PRODUCT, ProductKind.IMAGE, "SkyMap",
    )  # fmt: skip
    assert (found.default, found.many, found.optional) == (default, many, optional)
    assert Interface.from_json(Interface((found,)).to_json()).parameters == (found,)


@pytest.mark.parametrize("default", ["7", "True", '{"a": 1}', '["a.fits", 7]'])
def test_a_product_whose_default_names_no_file_is_a_finding(default):
    (found,) = read(f"image = {default}  # reprise:SkyMap").findings

    assert (found.severity, found.id) == (Severity.MUST, "catalogue/default-of-other-kind")
