"""What goes wrong is told with its place, and nothing looks like a result."""

import ast
import json
import subprocess
import sys

import pytest

from executor.runtime import RUNNER
from tests.executor.runtime.notebooks import Runner, code, notebook


def test_an_error_leaves_the_executed_notebook_and_no_outputs(run: Runner) -> None:
    ran = run(
        "def f(x):\n    return 1 / x",
        "a = 1\nf(0)",
        "print('never')",
        outputs={"a": "number"},
    )
    error = ran.error
    assert (ran.status, error["cell"], error["line"]) == (3, 2, 2)
    assert (error["type"], error["message"]) == ("ZeroDivisionError", "division by zero")
    lines = [line for line in error["traceback"].splitlines() if not set(line) <= set(" ~^")]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "<cell 2>", line 2, in <module>',
        "    f(0)",
        '  File "<cell 1>", line 2, in f',
        "    return 1 / x",
        "ZeroDivisionError: division by zero",
    ]
    raised = ran.outputs(2)[-1]
    assert (raised["output_type"], raised["ename"]) == ("error", "ZeroDivisionError")
    assert ran.outputs(3) == []
    assert (ran.manifest["outputs"], ran.manifest["missing"]) == ([], [])
    assert ran.events[-1] == {"event": "end"}


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("import sys; sys.exit(0)", "SystemExit", "called sys.exit(0)"),
        ("raise SystemExit", "SystemExit", "called sys.exit()"),
        ("raise KeyboardInterrupt('stop')", "KeyboardInterrupt", "stop"),
        ("def f(): f()\nf()", "RecursionError", "maximum recursion depth exceeded"),
        ("bytes(2**62)", "MemoryError", ""),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            "E",
            "(the error has no message)",
        ),
        (
            "class R:\n    def __repr__(self): raise SystemExit(3)\nR()",
            "SystemExit",
            "called sys.exit(3)",
        ),
    ],
)
def test_every_way_to_stop_is_an_error_of_its_cell(
    run: Runner, source: str, kind: str, message: str
) -> None:
    ran = run(source)
    assert (ran.status, ran.error["cell"], ran.error["type"]) == (3, 1, kind)
    assert ran.error["message"] == message
    assert "notebook_runner" not in ran.error["traceback"]


def test_a_syntax_error_has_a_line(run: Runner) -> None:
    ran = run("a = 1\n\nb = = 2")
    assert (ran.status, ran.error["type"], ran.error["line"]) == (3, "SyntaxError", 3)


def test_an_error_within_an_error_is_trimmed_too(run: Runner) -> None:
    ran = run("try:\n    await 1\nexcept Exception as e:\n    raise ValueError('outer') from e")
    assert ran.error["message"] == "outer"
    assert "notebook_runner" not in ran.error["traceback"]
    assert ran.error["line"] == 4


def test_os_exit_leaves_no_manifest(run: Runner) -> None:
    ran = run("import os\nos._exit(0)")
    assert (ran.folder / "manifest.json").exists() is False
    assert ran.events == [{"event": "cell", "index": 1, "of": 1}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "notebook x.ipynb is not JSON"),
        ("[" * 200_000, "notebook x.ipynb is not JSON"),
        ("[1]", "notebook x.ipynb is not a JSON object"),
        ('{"nbformat": 3}', "x.ipynb has nbformat 3, not 4: save it with a current Jupyter"),
        ('{"nbformat": 4, "cells": {}}', "x.ipynb holds no cells"),
        ('{"nbformat": 4, "cells": []}', "x.ipynb holds no cells"),
        ('{"nbformat": 4, "cells": [3]}', "x.ipynb, cell 1: not a cell with a cell_type"),
        (
            '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}',
            "x.ipynb, cell 1: its source is neither text nor a list of lines",
        ),
        (
            '{"nbformat": 4, "cells": [{}], "metadata": {"kernelspec": {"language": "R"}}}',
            "x.ipynb is written in R; only Python is run",
        ),
        (
            '{"nbformat": 4, "nbformat_minor": "5", "cells": [1]}',
            "x.ipynb: its nbformat_minor is not a whole number",
        ),
        (
            '{"nbformat": 4, "cells": [{"cell_type": "raw"}], "metadata": {"a": NaN}}',
            "x.ipynb holds a value that JSON has not",
        ),
        ('{"nbformat": 4, "metadata": [], "cells": [1]}', "x.ipynb: its metadata is not an object"),
    ],
)
def test_an_unusable_notebook_is_refused_with_the_reason(
    run: Runner, text: str, reason: str
) -> None:
    ran = run.run(text)
    assert ran.status == 4
    assert ran.error["type"] == "UnusableError"
    assert ran.error["message"].startswith(reason)
    assert ran.err.startswith(f"[runner] {reason}")


def test_parameters_need_a_cell(run: Runner) -> None:
    ran = run("a = 1", parameters={"a": 2})
    assert (ran.status, ran.error["message"]) == (
        4,
        "parameters are given, but no cell is tagged `parameters`",
    )


@pytest.mark.parametrize("name", ["x; import os", "class", "", "a.b"])
def test_names_of_parameters_cannot_carry_code(run: Runner, name: str) -> None:
    ran = run(code("a = 1", "parameters"), parameters={name: 2})
    assert (ran.status, ran.err) == (
        4,
        f"[runner] {name!r} is not a name that Python code can assign to\n",
    )


def test_names_of_outputs_cannot_leave_the_folder(run: Runner) -> None:
    assert run("a = 1", outputs={"../a": "number"}).status == 4


def test_a_missing_job_is_told(run: Runner) -> None:
    ended = subprocess.run(
        [sys.executable, RUNNER, "none.json"], cwd=run.work, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (
        4,
        b"[runner] job none.json cannot be read: No such file or directory\n",
    )


def test_the_runner_imports_only_the_standard_library() -> None:
    tree = ast.parse(RUNNER.read_text())
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [str(node.module)] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert names - sys.stdlib_module_names == set()


def test_the_runner_needs_no_installed_package(run: Runner) -> None:
    ran = run.run(json.dumps(notebook("print(1)")), options=("-S", "-B"))
    assert (ran.status, ran.out, ran.manifest["packages"]) == (0, "1\n", [])


def test_the_manifest_lists_the_packages(run: Runner) -> None:
    manifest = run("1").manifest
    assert manifest["packages"] == sorted(set(manifest["packages"]))
    assert [
        row.partition("==")[0] for row in manifest["packages"] if row.startswith("django==")
    ] == ["django"]
    assert manifest["python"] == ".".join(map(str, sys.version_info[:3]))
