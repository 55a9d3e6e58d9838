"""Cells are run as a notebook runs them."""

import json
from typing import Any

import pytest

from tests.executor.runtime.notebooks import Runner, code, notebook


def text_of(outputs: list[dict[str, Any]]) -> list[str]:
    return [o["text"] if o["output_type"] == "stream" else o["data"]["text/plain"] for o in outputs]


def test_cells_share_their_names_and_show_their_last_expression(run: Runner) -> None:
    ran = run("a = 1\nprint('one')\na + 1", "a += 1\na;", "a")
    assert (ran.status, ran.out) == (0, "one\n")
    assert ran.outputs(1) == [
        {"output_type": "stream", "name": "stdout", "text": "one\n"},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "data": {"text/plain": "2"},
            "metadata": {},
        },
    ]
    assert text_of(ran.outputs(2)) == []
    assert text_of(ran.outputs(3)) == ["2"]


def test_events_name_each_code_cell_and_the_end(run: Runner) -> None:
    text = {"cell_type": "markdown", "metadata": {}, "source": "# words"}
    assert run("a = 1", text, "b = 2").events == [
        {"event": "cell", "index": 1, "of": 2},
        {"event": "cell", "index": 2, "of": 2},
        {"event": "end"},
    ]


def test_cells_are_the_module_main_with_modules_beside_them(run: Runner) -> None:
    (run.work / "helper.py").write_text("VALUE = 7\n")
    ran = run(
        "from __future__ import annotations",
        "import pickle, inspect, dataclasses, helper\n"
        "@dataclasses.dataclass\nclass Point:\n    x: NotYetKnown\n"
        "pickle.loads(pickle.dumps(Point(helper.VALUE)))",
        "def f(): pass\n(__name__, inspect.getsource(f), 'main' in dir(), '__file__' in dir())",
    )
    assert text_of(ran.outputs(2)) == ["Point(x=7)"]
    assert text_of(ran.outputs(3)) == ["('__main__', 'def f(): pass\\n', False, False)"]


def test_modules_beside_the_notebook_do_not_shadow_those_of_the_runner(run: Runner) -> None:
    for name in ("json", "ast", "traceback", "pathlib", "base64", "numbers"):
        (run.work / f"{name}.py").write_text("raise SystemExit(9)\n")
    assert run("1").status == 0


def test_cells_may_await(run: Runner) -> None:
    ran = run(
        "import asyncio\nasync def double(x):\n    await asyncio.sleep(0)\n    return 2 * x\n"
        "task = asyncio.ensure_future(double(4)) if False else None\nawait double(1)",
        "x = await double(2)\nx",
    )
    assert text_of(ran.outputs(1) + ran.outputs(2)) == ["2", "4"]


def test_what_is_printed_is_recorded_in_order_and_reaches_the_log(run: Runner) -> None:
    ran = run(
        "import sys, os, logging\nprint('a')\nprint('b', file=sys.stderr)\nprint('c', end='')\n"
        "sys.stdout.writelines(['d', '\\udc80'])\nlogging.warning('e')\n"
        "sys.stdout.flush()\nos.write(1, b'from C\\n')\nNone"
    )
    assert [(o["name"], o["text"]) for o in ran.outputs(1)] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "cd\udc80"),
        ("stderr", "WARNING:root:e\n"),
    ]
    assert ran.out == "a\ncd\\udc80from C\n"


def test_what_is_kept_of_one_cell_is_limited(run: Runner) -> None:
    ran = run("print('x' * 3_000_000)\nprint('y')\ndisplay('z' * 100)", "print('after')")
    kept = text_of(ran.outputs(1))
    assert kept == [
        "x" * 1_000_000 + "\n[the rest of what this cell prints is not kept]\n",
        "[too large to be kept]",
    ]
    assert text_of(ran.outputs(2)) == ["after\n"]
    assert len(ran.out) == 3_000_009


def test_display_shows_every_representation_but_the_broken_ones(run: Runner) -> None:
    ran = run(
        "class Both:\n"
        "    def __repr__(self): return 'both'\n"
        "    def _repr_html_(self): return f'<i id=\"{id(self)}\">'\n"
        "    def _repr_png_(self): return b'png'\n"
        "    def _repr_latex_(self): raise ValueError\n"
        "    def _repr_svg_(self): return None\n"
        "display(Both(), 1)",
        "class Broken:\n    def __repr__(self): raise ValueError\nBroken()",
        "object()",
    )
    assert ran.status == 0
    assert [output["data"] for output in ran.outputs(1)] == [
        {"text/plain": "both", "text/html": '<i id="0">', "image/png": "cG5n"},
        {"text/plain": "1"},
    ]
    assert text_of(ran.outputs(2)) == ["<Broken>"]
    assert text_of(ran.outputs(3)) == ["<object object at 0x0>"]


def test_ipython_display_works_without_ipython(run: Runner) -> None:
    (run.work / "dot.png").write_bytes(b"\x89PNG rest")
    ran = run(
        "from IPython.display import display, Image, HTML, Markdown\n"
        "display(HTML('<b>h</b>'), Markdown('*m*'))\nImage(filename='dot.png')"
    )
    assert [sorted(output["data"].items()) for output in ran.outputs(1)] == [
        [("text/html", "<b>h</b>"), ("text/plain", "<IPython.display.HTML object>")],
        [("text/markdown", "*m*"), ("text/plain", "<IPython.display.Markdown object>")],
        [("image/png", "iVBORyByZXN0"), ("text/plain", "<IPython.display.Image object>")],
    ]


def test_harmless_magics_are_left_out_with_a_note(run: Runner) -> None:
    ran = run(
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n"
        "if True:\n    %time a = 1\ntext = '''\n%d\n''' % a\nb = (7\n% 4)",
        "%%time\n(a, b, text)",
    )
    assert text_of(ran.outputs(2)) == ["(1, 3, '\\n1\\n')"]
    assert ran.err.splitlines() == [
        "[runner] cell 1, line 1: %matplotlib is not needed here and is left out",
        "[runner] cell 1, line 2: %config is not needed here and is left out",
        "[runner] cell 1, line 3: %load_ext is not needed here and is left out",
    ]


@pytest.mark.parametrize(
    "line",
    ["%store x", "v = %unknown 1", "%%javascript", "%%px", "%pylab", "v = %matplotlib inline"],
)
def test_other_magics_are_errors_that_say_where_and_what_to_do(run: Runner, line: str) -> None:
    source = line if line.startswith("%%") else f"a = 1\n{line}\n"
    ran = run("pass", source)
    number = 1 if line.startswith("%%") else 2
    assert ran.status == 3
    assert (ran.error["cell"], ran.error["line"], ran.error["type"]) == (
        2,
        number,
        "UnsupportedMagic",
    )
    assert ran.error["message"].startswith(
        f"cell 2, line {number}: `{line}` is not Python. Write it as Python"
    )


def test_parameters_are_assigned_after_their_cell(run: Runner) -> None:
    values = {
        "e": 20.0,
        "n": None,
        "l": [1.5, float("inf")],
        "d": {"k": float("nan")},
        "s": "'\n\"",
    }
    ran = run(
        code("e = 1.0\nn = 0\nl = []\nd = {}\ns = ''", "parameters"),
        "(e, n, l, d, s)",
        parameters=values,
    )
    injected = ran.executed["cells"][1]
    assert injected["metadata"]["tags"] == ["injected-parameters"]
    assert injected["source"].splitlines()[2:4] == [
        'l = [1.5, float("inf")]',
        "d = {'k': float(\"nan\")}",
    ]
    assert text_of(ran.outputs(3)) == ["(20.0, None, [1.5, inf], {'k': nan}, '\\'\\n\"')"]


def test_an_executed_notebook_runs_again_with_other_parameters(run: Runner) -> None:
    first = run(code("a = 1", "parameters"), "print(a)", parameters={"a": 2})
    again = run.run(json.dumps(first.executed), parameters={"a": 3})
    assert (first.out, again.out) == ("2\n", "3\n")
    assert [cell["source"] for cell in again.executed["cells"]] == ["a = 1", "a = 3", "print(a)"]


def test_executed_notebooks_are_equal_byte_for_byte_and_keep_no_times(run: Runner) -> None:
    book = notebook("import random\n(random.random(), object())", nbformat_minor=5)
    book["metadata"]["kernelspec"] = {"name": "python3", "language": "python"}
    book["cells"][0]["metadata"]["execution"] = {"iopub.status.busy": "2020-01-01"}
    first = (run.run(json.dumps(book), seed=3).folder / "executed.ipynb").read_bytes()
    ran = run.run(json.dumps(book), seed=3)
    assert (ran.folder / "executed.ipynb").read_bytes() == first
    assert ran.executed["metadata"] == {
        "kernelspec": {"name": "python3", "language": "python"},
        "reprise": {"format": "reprise.executed/1"},
    }
    assert ran.executed["cells"][0]["metadata"] == {"tags": []}
    assert ran.executed["cells"][0]["id"] == "cell-1"
    run.run(json.dumps(book), seed=4)
    assert (ran.folder / "executed.ipynb").read_bytes() != first


def test_random_numbers_are_seeded_once(run: Runner) -> None:
    source = "import random\nrandom.random()"
    ran = run(source, source, seed=0)
    assert text_of(ran.outputs(1) + ran.outputs(2)) == ["0.8444218515250481", "0.7579544029403025"]
