"""The runner of CWL documents by itself: what it refuses before anything runs."""

import json
import subprocess
import sys

import pytest

from executor.runtime import CWL_RUNNER

TOOL = """cwlVersion: v1.2
class: CommandLineTool
requirements: {InlineJavascriptRequirement: {}}
baseCommand: "true"
inputs: {}
outputs: {}
"""


def run(folder, job: dict[str, object], **environ: str) -> tuple[int, str]:
    (folder / ".job.json").write_text(json.dumps({"format": "reprise.job/1"} | job))
    command = [sys.executable, "-s", "-B", str(CWL_RUNNER), ".job.json"]
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    manifest = folder / "outputs" / "manifest.json"
    error = json.loads(manifest.read_text())["error"] if manifest.is_file() else {}
    return done.returncode, error.get("message", done.stderr.strip())


def test_javascript_without_node_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "main.cwl").write_text(TOOL)

    assert run(tmp_path, {"notebook": "main.cwl"}, PATH="/nowhere") == (
        4, "InlineJavascriptRequirement cannot be met: node is not installed here",
    )  # fmt: skip


@pytest.mark.system
def test_steps_are_told_as_they_start(cwltool, tmp_path):
    say = {"class": "CommandLineTool", "inputs": {}, "outputs": {}, "baseCommand": "true"}
    steps = {name: {"run": say, "in": {}, "out": []} for name in ("one", "two")}
    document = {"cwlVersion": "v1.2", "class": "Workflow", "inputs": {}, "outputs": {}}
    (tmp_path / "main.cwl").write_text(json.dumps(document | {"steps": steps}))
    job = {"format": "reprise.job/1", "notebook": "main.cwl", "events_fd": 1}
    (tmp_path / ".job.json").write_text(json.dumps(job))
    (environment,) = (path for path in (cwltool / "environments").iterdir() if path.is_dir())

    command = [environment / "bin" / "python", "-s", "-B", CWL_RUNNER, ".job.json"]
    environ = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, check=True)

    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(event["event"], event.get("index"), event.get("of")) for event in events] == [
        ("step", 1, 2), ("step", 2, 2), ("end", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("format_", ["reprise.job/2", None])
def test_a_job_of_another_format_is_refused(tmp_path, format_):
    assert run(tmp_path, {"format": format_}) == (
        4, "[runner] the job .job.json has not the format reprise.job/1",
    )  # fmt: skip
