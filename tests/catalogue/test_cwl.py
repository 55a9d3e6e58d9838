"""CWL documents: their Interface, and a finding for what is not understood or not to be had."""

import pytest

from catalogue.domain.cwl import read_cwl
from catalogue.domain.cwl_requirements import Allowed
from catalogue.domain.interface import Output, Parameter
from ontology.domain.kinds import ParameterKind, ProductKind

HEAD = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: "true"
"""
OUTPUT = "outputs: {out: stdout}\n"
INPUT = "inputs: {}\n"
SPACES = '$namespaces: {reprise: "https://w3id.org/reprise/ontology#", o: "http://odahub.io/ontology#"}\n'
HERE = Allowed(network=False, node=True, memory_mb=1000, folder_mb=100, cores=2, seconds=60)


def read(text: str, allowed: Allowed = HERE, **files: str):
    others = {name.replace("__", "."): data.encode() for name, data in files.items()}
    return read_cwl({"main.cwl": text.encode(), **others}, "main.cwl", allowed)


def parameter(type_: str) -> Parameter:
    reading = read(f"{HEAD}inputs:\n  x: {type_}\n{OUTPUT}")
    assert reading.findings == ()
    (found,) = reading.interface.parameters
    return found


def output(text: str, more: str = "") -> Output:
    reading = read(f"{HEAD}{INPUT}{more}outputs:\n  out: {text}\n")
    assert reading.findings == ()
    (found,) = reading.interface.outputs
    return found


def said(text: str, allowed: Allowed = HERE, **files: str) -> list[tuple[str, str, str, str]]:
    findings = read(text, allowed, **files).findings
    return [
        (f.severity.value, f.id.removeprefix("catalogue/"), str(f.where), f.what) for f in findings
    ]


@pytest.mark.parametrize(
    ("type_", "kind", "optional"),
    [
        ("int", ParameterKind.INTEGER, False),
        ("long?", ParameterKind.INTEGER, True),
        ("float", ParameterKind.FLOAT, False),
        ("{type: [double, 'null']}", ParameterKind.FLOAT, True),
        ("string", ParameterKind.STRING, False),
        ("boolean", ParameterKind.BOOLEAN, False),
        ("Any", ParameterKind.STRUCTURE, False),
        ("int[]", ParameterKind.LIST, False),
        ("{type: {type: array, items: string}}", ParameterKind.LIST, False),
        ("{type: [int, string]}", ParameterKind.STRUCTURE, False),
        ("{type: {type: record, fields: {a: int}}}", ParameterKind.STRUCTURE, False),
        ("int[][]", ParameterKind.STRUCTURE, False),
    ],
)
def test_inputs_become_parameters(type_, kind, optional):
    found = parameter(type_)

    assert (found.name, found.kind, found.optional) == ("x", kind, optional)


def test_an_enum_has_choices():
    found = parameter("{type: {type: enum, symbols: ['#main/a', b]}, default: b}")

    assert (found.kind, found.choices, found.default) == (ParameterKind.STRING, ("a", "b"), "b")


def test_a_file_takes_a_product():
    one = parameter("{type: File, default: {class: File, location: ./map.fits}}")
    many = parameter("File[]?")

    assert (one.kind, one.product, one.many, one.default) == (
        ParameterKind.PRODUCT, None, False, "map.fits",
    )  # fmt: skip
    assert (many.kind, many.many, many.optional) == (ParameterKind.PRODUCT, True, True)


def test_null_takes_the_default_so_it_is_no_value_of_its_own():
    assert parameter("{type: 'int?', default: 5}").optional is False


def test_terms_and_units_stand_beside_a_value():
    text = f"""{HEAD}{SPACES}inputs:
  e:
    type: float
    default: 20
    reprise:term: o:Energy
    reprise:unit: keV
    reprise:maximum: 500
    label: energy
  m: {{type: File, reprise:term: reprise:SkyMap, doc: [one, two]}}
outputs:
  n: {{type: int, reprise:term: o:Float, reprise:unit: keV, outputBinding: {{glob: x}}}}
"""
    reading = read(text)
    e, m = reading.interface.parameters
    (n,) = reading.interface.outputs

    assert reading.findings == ()
    assert (e.kind, e.term, e.unit, e.maximum, e.label) == (
        ParameterKind.FLOAT, "Energy", "keV", 500.0, "energy",
    )  # fmt: skip
    assert (m.term, m.product, m.description) == ("SkyMap", ProductKind.IMAGE, "one\ntwo")
    assert (n.kind, n.term, n.unit) == (ProductKind.NUMBER, "Float", "keV")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", ProductKind.NUMBER),
        ("double", ProductKind.NUMBER),
        ("string", ProductKind.TEXT),
        ("boolean", ProductKind.BOOLEAN),
        ("int?", ProductKind.STRUCTURE),
        ("string[]", ProductKind.STRUCTURE),
        ("Directory", ProductKind.BINARY),
        ("File[]", ProductKind.BINARY),
        ("{type: File, outputBinding: {glob: map.fits}}", ProductKind.IMAGE),
        ("{type: File, outputBinding: {glob: $(inputs.x)}}", ProductKind.BINARY),
        ("{type: File, format: 'http://edamontology.org/format_3603'}", ProductKind.PICTURE),
        ("{type: File, outputBinding: {glob: a.fits}, secondaryFiles: .idx}", ProductKind.BINARY),
    ],
)
def test_outputs_become_outputs(text, kind):
    assert output(text).kind is kind


def test_a_stream_is_what_its_file_is():
    assert output("stdout", "stdout: rows.csv\n").kind is ProductKind.TABLE


def test_the_output_of_a_workflow_is_that_of_its_step():
    text = """cwlVersion: v1.2
class: Workflow
inputs: {}
outputs: {picture: {type: File, outputSource: draw/plot}}
steps:
  draw: {run: tools/draw.cwl, in: {}, out: [plot]}
"""
    tool = f"{HEAD}{INPUT}outputs: {{plot: {{type: File, outputBinding: {{glob: p.png}}}}}}\n"
    reading = read_cwl(
        {"main.cwl": text.encode(), "tools/draw.cwl": tool.encode()}, "main.cwl", HERE
    )

    assert reading.findings == ()
    assert [item.kind for item in reading.interface.outputs] == [ProductKind.PICTURE]


def test_a_packed_document_is_read_from_its_main():
    text = """{"cwlVersion": "v1.0", "$graph": [
 {"id": "#tool", "class": "CommandLineTool", "inputs": [], "outputs": [], "baseCommand": "x"},
 {"id": "#main", "class": "Workflow",
  "steps": [{"id": "#main/s", "run": "#tool", "in": [], "out": []}],
  "inputs": [{"id": "#main/n", "type": "int"}],
  "outputs": [{"id": "#main/m", "type": "int", "outputSource": "#main/n"}]}]}"""
    reading = read(text)

    assert reading.findings == ()
    assert [item.name for item in reading.interface.parameters] == ["n"]
    assert [item.name for item in reading.interface.outputs] == ["m"]


def test_declared_types_are_looked_up_in_the_file_they_come_from():
    text = f"""{HEAD}requirements:
  SchemaDefRequirement: {{types: [{{$import: types.yml}}]}}
inputs: {{x: 'types.yml#band'}}
{OUTPUT}"""
    reading = read(text, types__yml="name: band\ntype: enum\nsymbols: [soft, hard]\n")

    assert reading.findings == ()
    assert reading.interface.parameters[0].choices == ("soft", "hard")


@pytest.mark.parametrize(
    ("requirement", "what"),
    [
        ("DockerRequirement: {dockerPull: x}",
         "DockerRequirement cannot be met: nothing runs in containers here."),
        ("SoftwareRequirement: {packages: {}}", "SoftwareRequirement is met by no installer here."),
        ("cwltool:MPIRequirement: {}", "The requirement cwltool:MPIRequirement is not known here."),
        ("NetworkAccess: {networkAccess: true}",
         "NetworkAccess is asked for, but the entry declares no hosts."),
        ("ResourceRequirement: {ramMin: 5000}",
         "ResourceRequirement asks for 5000 MiB of memory; a run has 1000 here."),
        ("ResourceRequirement: {coresMin: 64}",
         "ResourceRequirement asks for 64 processors; a run has 2 here."),
        ("InitialWorkDirRequirement: {listing: [{entryname: /etc/x, entry: a}]}",
         "InitialWorkDirRequirement puts '/etc/x' outside the work folder."),
    ],
)  # fmt: skip
def test_a_requirement_that_cannot_be_met_is_refused_by_name(requirement, what):
    text = f"{HEAD}requirements:\n  {requirement}\n{INPUT}{OUTPUT}"

    assert [(row[0], row[2], row[3]) for row in said(text)] == [("must", "main.cwl, line 5", what)]


def test_requirements_of_steps_count_too():
    text = """cwlVersion: v1.2
class: Workflow
inputs: {}
outputs: {n: int}
steps:
  a:
    run: tool.cwl
    requirements: {DockerRequirement: {dockerPull: x}}
    in: {}
    out: []
"""
    tool = f"{HEAD}requirements: [{{class: DockerRequirement}}]\n{INPUT}outputs: []\n"

    assert [row[2] for row in said(text, tool__cwl=tool)] == [
        "main.cwl, line 8",
        "tool.cwl, line 4",
    ]


def test_what_a_workflow_asks_for_its_steps_need_not_be_had():
    text = """cwlVersion: v1.2
class: Workflow
requirements: {ResourceRequirement: {coresMin: 64}}
inputs: {n: int}
outputs: {m: {type: int, outputSource: n}}
steps: []
"""

    assert said(text) == []


def test_javascript_is_refused_where_node_is_missing():
    text = f"{HEAD}requirements: {{InlineJavascriptRequirement: {{}}}}\n{INPUT}{OUTPUT}"

    assert said(text) == []
    assert [(row[0], row[3]) for row in said(text, Allowed(node=False))] == [
        ("must", "InlineJavascriptRequirement needs node, which is not installed here.")
    ]


def test_hints_that_cannot_be_met_are_passed_over_with_a_word():
    text = f"{HEAD}hints:\n  DockerRequirement: {{dockerPull: x}}\n  x:Y: {{}}\n{INPUT}{OUTPUT}"

    assert [(row[0], row[3]) for row in said(text)] == [
        ("should", "The hint DockerRequirement is passed over: nothing runs in containers here."),
        ("may", "The hint x:Y is not known here and is passed over."),
    ]


@pytest.mark.parametrize(
    ("text", "rule", "where", "what"),
    [
        ("a: [", "cwl-unreadable", "main.cwl, line 2",
         "It is not YAML: did not find expected node content."),
        ("a: 1", "cwl-no-process", "main.cwl", "It holds no process with the id main."),
        (f"{HEAD.replace('v1.2', 'v1.3')}{INPUT}{OUTPUT}", "cwl-version", "main.cwl, line 1",
         "cwlVersion 'v1.3' is not understood."),
        (f"{HEAD.replace('CommandLineTool', 'Operation')}{INPUT}{OUTPUT}", "cwl-class",
         "main.cwl, line 2", "The class 'Operation' cannot be run."),
        (f"{HEAD}inputs: {{x: Filo}}\n{OUTPUT}", "cwl-type", "main.cwl, line 4",
         "x: 'Filo' is no type, nor declared in SchemaDefRequirement."),
        (f"{HEAD}inputs: {{'a b': int}}\n{OUTPUT}", "cwl-name", "main.cwl, line 4",
         "'a b' cannot be a name here."),
        (f"{HEAD}{INPUT}{OUTPUT}requirements: [{{$import: 'https://example.org/r.yml'}}]\n",
         "cwl-elsewhere", "main.cwl, line 6",
         "$import names 'https://example.org/r.yml', which is no file of the entry."),
        (f"{HEAD}inputs:\n  {{f: {{type: File, default: {{class: File, path: /a/b}}}}}}\n{OUTPUT}",
         "cwl-elsewhere", "main.cwl, line 5", "'/a/b' is no file of the entry."),
        (f"{HEAD}{INPUT}{OUTPUT}requirements: [{{$import: main.cwl}}]\n", "cwl-circle",
         "main.cwl, line 6", "main.cwl refers to itself, or to too many files."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text, rule, where, what):
    assert ("must", rule, where, what) in said(text)


@pytest.mark.parametrize("run", ["../secret.cwl", "/etc/tool.cwl", "https://example.org/t.cwl"])
def test_a_step_runs_only_what_the_entry_holds(run):
    text = f"""cwlVersion: v1.2
class: Workflow
inputs: {{}}
outputs: {{n: int}}
steps:
  a: {{run: '{run}', in: {{}}, out: []}}
"""

    assert said(text) == [
        ("must", "cwl-elsewhere", "main.cwl, line 6",
         f"run names {run!r}, which is no file of the entry.")
    ]  # fmt: skip


def test_types_that_grow_without_end_are_refused():
    types = [
        f"{{name: t{n}, type: record, fields: {{a: t{n + 1}, b: t{n + 1}, c: t{n + 1}}}}}"
        for n in range(15)
    ]
    text = f"""{HEAD}requirements:
  SchemaDefRequirement: {{types: [{", ".join(types)}]}}
inputs: {{x: t0}}
{OUTPUT}"""

    assert [row[1] for row in said(text)] == ["cwl-type"]


def test_imports_that_grow_without_end_are_refused():
    files = {
        f"f{n}__yml": f"[{', '.join([f'{{$import: f{n + 1}.yml}}'] * 20)}]" for n in range(8)
    } | {"f8__yml": "x"}
    text = f"{HEAD}{INPUT}{OUTPUT}doc: {{$import: f0.yml}}\n"

    assert "cwl-too-many" in [row[1] for row in said(text, **files)]
