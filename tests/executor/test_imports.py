"""What can be imported before a notebook starts, and which imports its files may change."""
# ruff: noqa: E501 - one row each

import pytest

from executor.domain.imports import code_cells, preloads, shadows


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["import a, b.c as d\nfrom e.f import g as h"], ["import a, b.c as d", "from e.f import g as h"]),
        (["from __future__ import annotations", "import a"], ["import a"]),
        (["import a", "import a"], ["import a"]),
        (["import a\nx = a.f(1)\n", "def g(y):\n    return a.h(y)\nz = g(x)", "import b"], ["import a", "import b"]),
        (["%matplotlib inline\nimport a", "%%time\nimport b"], ["import a", "import b"]),
        (["if True:\n    %time x = 1\nimport a"], ["import a"]),
        (["import matplotlib\nmatplotlib.use('Agg')\nimport a"], ["import matplotlib", "import a"]),
        (["import matplotlib\nmatplotlib.use('svg')\nimport a"], ["import matplotlib", "import a"]),
        (["with f() as x:\n    pass\nimport a"], ["import a"]),
        (["try:\n    import a\nexcept ImportError:\n    a = None\nimport b"], ["import b"]),
        (["class C:\n    def f(self):\n        self.x = 1\nimport a"], ["import a"]),
    ],
)  # fmt: skip
def test_imports_that_every_run_comes_to_are_found_in_order(
    cells: list[str], expected: list[str]
) -> None:
    assert list(preloads(cells)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "import os\nos.environ['A'] = '1'",
        "import sys\nsys.path.append('x')",
        "import a\na.setting = 1",
        "import a\na.b['c'].d = 1",
        "import a\ndel a.b",
        "import a\na.rcParams['x'] = 1",
        "import warnings\nwarnings.simplefilter('error')",
        "exec('x = 1')",
        "await f()",
        "from . import x",
        "from own import x",
        "def f():\n    import own",
        "import own.part",
        "!pip install x",
        "%run other.py",
        "x = %env A",
        "this is no python",
        "x = 'never ended",
        "\0",
    ],
)
def test_nothing_is_taken_after_what_an_import_may_depend_on(line: str) -> None:
    found = preloads(["import first", line, "import last"], own={"own"})
    assert ("import first" in found, "import last" in found) == (True, False)


def test_own_modules_are_never_taken() -> None:
    assert preloads(["import own", "import a"], own=["own"]) == ()


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["n.ipynb", "README.md", "reprise.toml"], set()),
        (["helper.py", "data/list.csv", "fast.cpython-311.so"], {"helper", "data", "fast"}),
        (["matplotlibrc"], {"matplotlib"}),
        ([".home/.config/x"], {"*"}),
    ],
)
def test_files_of_an_entry_stand_in_for_modules(paths: list[str], expected: set[str]) -> None:
    assert shadows(paths) == expected


def test_code_cells_of_a_notebook_are_read() -> None:
    cells = [
        {"cell_type": "code", "source": ["a\n", "b"]},
        {"cell_type": "markdown", "source": "words"},
        {"cell_type": "code", "source": "c"},
        "odd",
    ]
    assert code_cells({"cells": cells}) == ("a\nb", "c")


@pytest.mark.parametrize(
    "odd", [None, [], {"cells": 3}, {"cells": [{"cell_type": "code", "source": 5}]}]
)
def test_what_is_no_notebook_has_no_cells(odd: object) -> None:
    assert code_cells(odd) == ()
