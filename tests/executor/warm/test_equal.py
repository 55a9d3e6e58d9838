"""Warm and cold runs cannot be told apart by what they give."""
# ruff: noqa: ISC004 - cells of several lines

import json

import pytest

from executor.adapters import warm
from tests.executor.runtime.notebooks import code
from tests.executor.warm.trials import Bench

SCIENCE = (
    "import numpy as np\nimport matplotlib.pyplot as plt\nfrom astropy.io import fits\n"
    "from astropy.table import Table\nimport astropy.units as u",
    "x = np.linspace(0, 6, 50)\ny = np.sin(x) + np.random.normal(size=50) / 10",
    "fig, ax = plt.subplots()\nax.errorbar(x, y, 0.1, fmt='.')\nfig.savefig('f.png')\nfig",
    "image = fits.HDUList([fits.PrimaryHDU(np.outer(x, y))])\n"
    "table = Table({'x': x * u.keV, 'y': y})\npicture = 'f.png'\ntotal = float(y.sum())\ntable",
)
KINDS = {"picture": "picture", "image": "image", "table": "table", "total": "number"}
NOTEBOOKS = [
    pytest.param(("a = 1\na",), {"a": "number"}, id="small"),
    pytest.param(SCIENCE, KINDS, id="science"),
    pytest.param(
        ("import random, uuid, hashlib", "v = [random.random() for _ in range(3)]\nv\nprint(v)"),
        {"v": "structure"},
        id="random",
    ),
    pytest.param(
        (
            "import asyncio, warnings, logging",
            "await asyncio.sleep(0)\nwarnings.warn('w')\nlogging.warning('l')",
            "print(sorted({'a', 'b', 'c', 'd'}), {'x', 'y', 'z'}, hash('text'))",
        ),
        {},
        id="streams",
    ),
    pytest.param(("import json", "def f():\n    json.loads('{')\nf()"), {}, id="error"),
    pytest.param(("import nothing_of_the_kind",), {}, id="missing module"),
    pytest.param(("import sys\nsys.exit(3)",), {}, id="exit"),
    pytest.param(("import os\nos._exit(7)",), {}, id="hard exit"),
    pytest.param(("import os\nos.kill(os.getpid(), 9)",), {}, id="killed"),
    pytest.param(("import ctypes\nctypes.string_at(0)",), {}, id="crash"),
    pytest.param(("%time x = 5\nx",), {}, id="magic"),
    pytest.param(("def f(n):\n    return f(n + 1)\nf(0)",), {}, id="recursion"),
]
SURROUNDINGS = """
import os, resource, signal, sys, threading
def dispositions():
    found = {}
    for number in range(1, 65):
        try:
            found[number] = repr(signal.getsignal(number))
        except ValueError:
            pass
    return found
os.umask(os.umask(0o22))
seen = dict(
    argv=sys.argv, path=sys.path, flags=str(sys.flags), executable=sys.executable,
    orig_argv=sys.orig_argv, modules=sorted(sys.modules), environ=dict(os.environ),
    cwd=os.getcwd(), umask=os.umask(0o22), pid=os.getpid(), ppid=os.getppid(),
    session=os.getsid(0), group=os.getpgrp(), uid=os.getuid(), gid=os.getgid(),
    signals=dispositions(), mask=sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    limits={n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n[:5] == 'RLIMI'},
    descriptors=sorted(os.listdir('/proc/self/fd'), key=int)[:4],
    streams=[str(sys.__stdout__), str(sys.__stderr__), str(sys.__stdin__)],
    buffering=[sys.__stdout__.line_buffering, sys.__stderr__.line_buffering],
    status=[l for l in open('/proc/self/status') if l[:3] in ('Cap', 'NoN', 'Sec')
        and 'filters' not in l],
    mounts=[l.split()[4:6] for l in open('/proc/self/mountinfo')],
    root=sorted(os.listdir('/')), work=sorted(os.listdir('.')), tmp=os.listdir('/tmp') == ['warm'],
    processes=sorted(n for n in os.listdir('/proc') if n.isdigit()),
    threads=[t.name for t in threading.enumerate()], host=os.uname().nodename,
    accounts=open('/etc/passwd').read(), frames=sys._getframe().f_code.co_filename,
    depth=len(__import__('inspect').stack()), atexit=__import__('atexit')._ncallbacks(),
    nice=os.nice(0), affinity=sorted(os.sched_getaffinity(0)),
    oom=open('/proc/self/oom_score_adj').read(),
)
"""


@pytest.mark.parametrize(("cells", "outputs"), NOTEBOOKS)
def test_products_notebook_log_and_ending_are_the_same_byte_for_byte(
    bench: Bench, cells: tuple[str, ...], outputs: dict[str, str]
) -> None:
    cold = bench.cold(*cells, outputs=outputs)
    first, second = bench.warm(*cells, outputs=outputs), bench.warm(*cells, outputs=outputs)
    for ran in (first, second):
        assert (ran.ending.cause, ran.ending.code) == (cold.ending.cause, cold.ending.code)
        assert (ran.log, ran.events, ran.outputs) == (cold.log, cold.events, cold.outputs)


def test_what_surrounds_the_code_is_the_same(bench: Bench) -> None:
    cold = bench.cold(SURROUNDINGS, outputs={"seen": "structure"}).value("seen")
    found = bench.warm(SURROUNDINGS, outputs={"seen": "structure"}).value("seen")
    del cold["tmp"], found["tmp"]  # of both the folder is their own; see kinds.ELSEWHERE
    assert found == cold


def test_code_that_looks_at_what_is_imported_sees_the_same(bench: Bench) -> None:
    cells = ("import sys\nseen = 'csv' in sys.modules", "import csv")
    assert bench.cold(*cells, outputs={"seen": "boolean"}).value("seen") is False
    assert bench.warm(*cells, outputs={"seen": "boolean"}).value("seen") is False
    assert [state["imports"] for state in warm.states()] == [1]


def test_parameters_are_those_of_the_run(bench: Bench) -> None:
    seen = [
        bench.warm(code(f"n = {n}", "parameters"), "m = n + 1", outputs={"m": "number"}).value("m")
        for n in (1, 2)
    ]
    assert seen == [2, 3]


def test_exit_handlers_and_threads_end_as_in_an_interpreter_of_its_own(bench: Bench) -> None:
    cells = (
        "import atexit, threading, time\natexit.register(print, 'bye')\n"
        "def late():\n    time.sleep(0.2)\n    import sys\n    print('late', file=sys.__stdout__)\n"
        "threading.Thread(target=late).start()\nprint('end')",
    )
    assert bench.warm(*cells).log == bench.cold(*cells).log == "end\nlate\nbye\n"


def test_module_beside_the_notebook_is_imported_from_there(bench: Bench) -> None:
    bench.files = {"helper.py": "VALUE = 7\n", "data/list.txt": "x"}
    ran = bench.warm("import helper\nv = helper.VALUE", outputs={"v": "number"})
    assert ran.value("v") == 7


def test_module_that_stands_in_for_an_imported_one_sends_the_run_the_cold_way(bench: Bench) -> None:
    bench.files = {"decimal.py": "VALUE = 7\n"}
    with pytest.raises(warm.ColdError, match="files of its own for decimal"):
        bench.warm("import statistics")  # which imports decimal


def test_settings_beside_the_notebook_send_the_run_the_cold_way(bench: Bench) -> None:
    bench.files = {".home/matplotlib/matplotlibrc": "lines.linewidth: 9\n"}
    with pytest.raises(warm.ColdError, match="files of its own for anything"):
        bench.warm("1")


@pytest.mark.parametrize(
    ("package", "why"),
    [
        ("print('hello')", "prints"),
        (
            "import threading\nthreading.Event().wait and None\nt = threading.Thread("
            "target=threading.Event().wait, daemon=True)\nt.start()",
            "thread",
        ),
        ("held = open('/dev/null')", "file"),
        ("import mmap\nheld = mmap.mmap(-1, 4096)", "memory"),
        ("import random\nrandom.random()", "draws"),
        ("import os\nos.environ['LEFT'] = '1'", "environment"),
        ("import subprocess\nheld = subprocess.Popen(['/bin/sleep', '600'])", "process"),
        ("raise ValueError('no')", "fails"),
    ],
)
def test_import_that_would_show_is_left_to_each_run(
    bench: Bench, package: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Stands for a package of the environment: a folder on the path that both ways see.
    folder = bench.root / "site"
    folder.mkdir()
    (folder / "odd.py").write_text(package + "\n")
    bench.readable = bench.roots = (folder,)
    cells = ("import csv", f"import odd  # {why}", "import random\nv = [random.random()]\nprint(v)")
    original = Bench.job

    def with_path(*arguments: object) -> object:
        job = original(*arguments)
        return job.__class__(
            job.argv,
            job.folder,
            job.readable,
            {**job.environ, "PYTHONPATH": str(folder)},
            job.limits,
        )

    monkeypatch.setattr(Bench, "job", with_path)
    cold, ran = bench.cold(*cells), bench.warm(*cells)
    assert (ran.log, ran.outputs) == (cold.log, cold.outputs)
    assert [state["imports"] for state in warm.states()] == [1]


def test_executed_notebook_tells_of_this_run_alone(bench: Bench) -> None:
    first = bench.warm("n = 1\nn", "print('first')")
    second = bench.warm("print('second')")
    cells = json.loads(second.outputs["executed.ipynb"])["cells"]
    assert [output["text"] for cell in cells for output in cell["outputs"]] == ["second\n"]
    assert (first.log, second.log) == ("first\n", "second\n")
