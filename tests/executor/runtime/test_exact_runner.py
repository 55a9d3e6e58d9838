"""A real Jupyter kernel gives what our own runner gives, and what only IPython can."""

import json
import shutil
import subprocess

import pytest

from executor.adapters import environments
from executor.runtime import EXACT_RUNNER, RUNNER
from tests.executor.built import build
from tests.executor.runtime.both import Both
from tests.executor.runtime.notebooks import code, notebook

pytestmark = pytest.mark.system  # the kernel comes from the package index


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of an environment with a kernel."""
    root = tmp_path_factory.mktemp("data")
    return environments.python_of(build(root, "nbclient\nipykernel\nnumpy\nmatplotlib\n"))


@pytest.fixture
def both(python, tmp_path) -> Both:
    return Both(python, tmp_path)


FIGURE = """
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.errorbar([1, 2, 3], [y, 5, 6], yerr=0.5, label="data")
figure.savefig("figure.png")
"""


def test_products_figures_manifest_and_events_are_the_same(both):
    fast, exact = both(
        code("x = 3\nprint('hi')\nx", "parameters"),
        "import random, numpy as np\ny = random.random() + np.random.rand()\ny",
        "",
        FIGURE,
        "class Here:\n    pass\nimport pickle\npickled = len(pickle.dumps(Here()))",
        code("rows = {'x': [x, y]}\nfigure = 'figure.png'\nz = y", "outputs"),
        outputs=[
            ("z", "number"), ("rows", "structure"), ("figure", "picture"), ("pickled", "number"),
        ],
        parameters={"x": 7}, seed=5,
    )  # fmt: skip

    assert (fast.status, exact.status) == (0, 0), exact.err
    assert exact.saved() == fast.saved()
    assert exact.manifest == fast.manifest
    assert exact.executed == fast.executed
    assert exact.events == fast.events
    assert exact.out == fast.out == "hi\n"
    plots = [(ran.folder / "figure.png.plot.json").read_bytes() for ran in (fast, exact)]
    assert plots[0] == plots[1]


@pytest.mark.parametrize(
    ("cell", "line", "kind"),
    [
        ("def f():\n    return 1/0\n\nf()", 2, "ZeroDivisionError"),
        ("x = 1\nthis is no Python", 2, "SyntaxError"),
        ("import sys\nsys.exit('enough')", 2, "SystemExit"),
        ("raise ValueError('a' * 30_000)", 1, "ValueError"),
    ],
)
def test_an_error_is_told_with_cell_and_line_in_the_same_words(both, cell, line, kind):
    fast, exact = both("before = 1", cell, code("z = 1", "outputs"), outputs=[("z", "number")])

    assert (fast.status, exact.status) == (3, 3)
    assert (exact.error["cell"], exact.error["line"], exact.error["type"]) == (2, line, kind)
    assert exact.error["message"] == fast.error["message"]
    assert exact.manifest == fast.manifest
    assert exact.executed == fast.executed


def test_outputs_that_are_missing_or_wrong_are_told_in_the_same_words(both):
    fast, exact = both(
        code("z = 'no number'", "outputs"), outputs=[("z", "number"), ("absent", "number")]
    )

    assert (fast.status, exact.status) == (5, 5)
    assert exact.manifest == fast.manifest
    said = [line for line in exact.err.splitlines() if line.startswith("[runner]")]
    assert said == fast.err.splitlines()


def test_what_cannot_be_run_is_told_in_the_same_words(both):
    fast, exact = both("x = 1", parameters={"x": 2})

    assert (fast.status, exact.status) == (4, 4)
    assert exact.manifest == fast.manifest


def test_magics_the_shell_and_await_work(both):
    ran = both.exact(
        "%%time\nx = 1\n",
        "%matplotlib inline\ny = !echo from the shell",
        "import asyncio\nawait asyncio.sleep(0)\nz = await asyncio.sleep(0, 4)",
        "%%bash\necho from bash",
        code("total = [y[0], z]", "outputs"),
        outputs=[("total", "structure")],
    )

    assert (ran.status, json.loads(ran.saved()["total"])) == (0, ["from the shell", 4])
    assert ran.outputs(4) == [{"output_type": "stream", "name": "stdout", "text": "from bash\n"}]


def test_an_open_figure_is_shown_once_and_closed(both):
    fast, exact = both(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "plt.gcf().axes",
        "plt.plot([1]);\nplt.show()\nprint('after')",
    )  # fmt: skip

    assert exact.outputs(1) == fast.outputs(1)
    kinds = [output["output_type"] for output in exact.outputs(3)]
    assert kinds == ["display_data", "stream"]


def test_the_notebook_finds_no_names_of_ours(both):
    ran = both.exact(
        "names = sorted(n for n in globals() if 'reprise' in n or 'runner' in n or 'session' in n)",
        outputs=[("names", "structure")],
    )

    assert json.loads(ran.saved()["names"]) == []


def test_addresses_in_memory_are_blanked(both):
    ran = both.exact("print('at', 1)\nlambda: 0", "class A: pass\nA()")

    assert ran.outputs(1)[1]["data"] == {"text/plain": "<function __main__.<lambda>()>"}
    assert ran.outputs(2)[0]["data"] == {"text/plain": "<__main__.A at 0x0>"}


def test_what_is_printed_without_end_is_kept_in_part_and_logged_whole(both):
    ran = both.exact("for _ in range(30):\n    print('x' * 100_000)")

    [kept] = ran.outputs(1)
    text, rest = kept["text"][:1_000_000], kept["text"][1_000_000:]
    assert len(ran.out) == 3_000_030
    assert text == ran.out[:1_000_000]
    assert rest == "\n[the rest of what this cell prints is not kept]\n"


def test_a_kernel_that_ends_itself_is_an_error_of_its_cell(both):
    ran = both.exact("x = 1", "import os\nos._exit(7)", "y = 2", outputs=[("x", "number")])

    assert ran.status == 3
    assert ran.error == {
        "cell": 2, "line": None, "type": "DeadKernelError", "traceback": "",
        "message": "the kernel ended before the cell did: out of memory, or the code ended it",
    }  # fmt: skip


def test_a_question_to_the_user_is_an_error(both):
    ran = both.exact("answer = input('?')")

    assert (ran.status, ran.error["cell"], ran.error["type"]) == (3, 1, "StdinNotImplementedError")


def test_what_a_program_of_the_notebook_prints_is_logged_once(both):
    ran = both.exact(
        "import os, subprocess\nsubprocess.run(['echo', 'by echo'])\nos.write(2, b'low');"
    )

    assert (ran.out, ran.err) == ("by echo\n", "low")


def test_nothing_of_the_kernel_is_left_beside_the_outputs(both):
    ran = both.exact("x = 1", outputs=[("x", "number")])

    assert sorted(path.name for path in ran.folder.iterdir()) == [
        "executed.ipynb", "manifest.json", "x.json",
    ]  # fmt: skip
    left = [path.name for path in ran.folder.parent.iterdir() if path.name.startswith("kernel-")]
    assert left == []


def test_without_a_kernel_in_the_environment_that_is_said(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    for file in (RUNNER, EXACT_RUNNER):
        shutil.copy(file, work / f".{file.name}")
    (work / "x.ipynb").write_text(json.dumps(notebook("x = 1")))
    (work / "job.json").write_text('{"format": "reprise.job/1", "notebook": "x.ipynb"}')
    bare = environments.python_of(environments.ensure(tmp_path / "data", "# nothing\n"))

    ended = subprocess.run(
        [bare, "-s", "-B", ".exact_runner.py", "job.json"], cwd=work, check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    manifest = json.loads((work / "outputs/manifest.json").read_text())
    assert ended.returncode == 4
    assert manifest["error"]["message"].startswith(
        "a real kernel needs nbclient and ipykernel in the environment"
    )
