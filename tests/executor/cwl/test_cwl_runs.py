"""CWL entries through the service: registered, asked for, run in the sandbox, products kept."""

import io
import json
import zipfile

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from executor.actions import request_run, start_run
from tests.factories import entries

pytestmark = [pytest.mark.django_db, pytest.mark.system]
COUNT = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python, count.py]
requirements:
  InitialWorkDirRequirement:
    listing: [{class: File, location: tools/count.py}]
inputs:
  times: {type: int, default: 3, inputBinding: {position: 1}}
  text: {type: File, default: {class: File, location: a.txt}, inputBinding: {position: 2}}
outputs:
  total: {type: int}
  seed: {type: string}
  copies: {type: 'File[]', outputBinding: {glob: 'copy*'}}
  out: {type: stdout}
stdout: out.txt
"""
SCRIPT = b"""import json, os, sys
times, text = int(sys.argv[1]), open(sys.argv[2]).read()
print(text * times)
for n in range(2):
    open(f"copy{n}", "w").write(text)
copies = [{"class": "File", "path": f"copy{n}"} for n in range(2)]
json.dump({"total": times * len(text), "seed": os.environ["REPRISE_SEED"], "copies": copies,
           "out": {"class": "File", "path": "out.txt"}}, open("cwl.output.json", "w"))
"""
CHAIN = b"""cwlVersion: v1.2
class: Workflow
inputs: {name: string}
outputs: {out: {type: File, outputSource: second/out}}
steps:
  first: {run: say.cwl, in: {word: name}, out: [out]}
  second: {run: fail.cwl, in: {file: first/out}, out: [out]}
"""
SAY = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: {word: {type: string, inputBinding: {}}}
outputs: {out: stdout}
"""
FAIL = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: [sh, -c, 'echo no such thing >&2; exit 7']
inputs: {file: File}
outputs: {out: stdout}
"""


def version(**files: bytes):
    named = {name.replace("__", "."): data for name, data in files.items()}
    about = {"CITATION.cff": entries.CITATION.encode(), "LICENSE": b"BSD"}
    made = register_entry(Entry(about | named), slug="words", source="folder:words").version
    assert [item for item in made.findings_json if item["severity"] == "must"] == []
    return made


def ended(made, **parameters):
    run = request_run(made, parameters, seed=5).run
    assert start_run(run.pk)
    run.refresh_from_db()
    return run


def products(run) -> dict[str, bytes]:
    return {item.name: item.product.read() for item in run.outputs.all()}


@pytest.fixture
def counted(service):
    files = {"main.cwl": COUNT, "tools/count.py": SCRIPT, "a.txt": b"abc"}
    about = {"CITATION.cff": entries.CITATION.encode(), "LICENSE": b"BSD"}
    return register_entry(Entry(about | files), slug="words", source="folder:words").version


def test_a_plain_command_gives_its_products(counted):
    run = ended(counted, times=2)
    kept = products(run)

    assert (run.state, run.error) == ("finished", "")
    assert (kept["total"], kept["seed"], kept["out"]) == (b"6\n", b"5", b"abcabc\n")
    with zipfile.ZipFile(io.BytesIO(kept["copies"])) as archive:
        assert archive.namelist() == ["0/copy0", "1/copy1", "output.json"]
        assert archive.read("1/copy1") == b"abc"
        assert [item["path"] for item in json.loads(archive.read("output.json"))] == [
            "0/copy0", "1/copy1",
        ]  # fmt: skip


def test_the_environment_of_an_entry_without_needs_is_that_of_cwltool(counted):
    run = ended(counted)

    packages = run.attempts.get().facts_json["packages"]
    assert [name.split("==")[0] for name in packages if name.startswith("cwltool")] == ["cwltool"]


def test_a_product_of_one_run_feeds_the_next(counted, committed):
    first = ended(counted, times=2)
    asked = {"run": first.address, "output": "out"}

    with committed():
        second = request_run(counted, {"text": asked, "times": 1}, seed=5).run
    start_run(second.pk)  # unless it was run when the request was committed
    second.refresh_from_db()

    assert (second.state, second.error) == ("finished", "")
    assert products(second)["out"] == b"abcabc\n\n"


def test_the_same_question_gives_the_same_bytes(counted):
    first = products(ended(counted))
    counted.runs.all().delete()

    assert products(ended(counted)) == first


def test_a_failed_step_is_named_with_its_status(service):
    made = version(main__cwl=CHAIN, say__cwl=SAY, fail__cwl=FAIL)

    run = ended(made, name="x")

    assert (run.state, run.error_id) == ("failed", "executor:user:raised")
    assert run.error.startswith("Step second raised StepError: A program exited with status 7")
    assert "no such thing" in run.attempts.get().log


@pytest.mark.parametrize("path", ["/etc/hostname", "../x", "file:///etc/hostname"])
def test_a_structure_names_only_files_of_the_entry(service, path):
    tool = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
inputs: {x: {type: {type: record, fields: {f: File}}}}
outputs: {out: stdout}
"""
    run = ended(version(main__cwl=tool), x={"f": {"class": "File", "location": path}})

    assert run.state == "failed"
    assert run.error == (
        f"The document raised UnusableError: {path!r} is not a file of the entry or of its inputs"
    )


def test_there_is_no_network(service):
    code = "import socket; socket.create_connection(('127.0.0.1', 9), 2)"
    tool = f"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python, -c, "{code}"]
inputs: {{}}
outputs: {{out: stdout}}
"""
    run = ended(version(main__cwl=tool.encode()))

    assert run.state == "failed"


def test_javascript_runs_where_node_is(service):
    tool = b"""cwlVersion: v1.2
class: ExpressionTool
requirements: {InlineJavascriptRequirement: {}}
inputs: {a: int}
outputs: {b: int}
expression: '${return {"b": inputs.a * 2};}'
"""
    run = ended(version(main__cwl=tool), a=21)

    assert (run.state, run.error, products(run)) == ("finished", "", {"b": b"42\n"})


LINK = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: [sh, -c]
arguments: ['echo away > WHERE/original.txt && ln -s WHERE/original.txt linked.txt']
inputs: {}
outputs: {out: {type: File, outputBinding: {glob: linked.txt}}}
"""


@pytest.mark.parametrize(("where", "state"), [(b"/tmp", "failed"), (b"$PWD", "finished")])
def test_a_link_is_an_output_only_inside_the_run(service, where, state):
    run = ended(version(main__cwl=LINK.replace(b"WHERE", where)))

    told = "linked.txt is a link to /tmp/original.txt, outside of the run" in run.error
    assert (run.state, told) == (state, state == "failed")
