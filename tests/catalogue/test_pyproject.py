"""Of a pyproject.toml what [project] says is taken; nothing is built to find out more."""

import pytest

from catalogue.domain.pyproject import read_pyproject, states_needs
from catalogue.domain.requirements import Asked

FILE = "pyproject.toml"
BUILT = "built or installed; its dependencies are, and its files lie beside."


def faults(text):
    _asked, findings = read_pyproject(text, FILE)
    return [(item.severity.value, item.id, item.where.line, item.what) for item in findings]


def test_dependencies_and_python_are_taken():
    text = '[project]\nname = "x"\nrequires-python = ">=3.11"\ndependencies = ["numpy>=2", "scipy"]'
    assert read_pyproject(text, FILE) == (Asked(("numpy>=2", "scipy"), ">=3.11", 3), ())


def test_a_project_may_need_nothing():
    assert read_pyproject('[project]\nname = "crab"\n', FILE) == (Asked(), ())


@pytest.mark.parametrize("name", ["dependencies", "requires-python"])
def test_what_only_a_build_would_tell_is_refused(name):
    text = f'[project]\nname = "crab"\ndynamic = ["version", "{name}"]\n'
    assert faults(text) == [
        (
            "must", "catalogue/pyproject-unread", 3,
            f"{name} is dynamic: only a build would tell it, and nothing is built here.",
        )
    ]  # fmt: skip


def test_a_version_may_be_dynamic():
    assert faults('[project]\nname = "crab"\ndynamic = ["version"]\n') == []


def test_a_project_that_would_be_built_is_told_that_it_is_not():
    text = '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "crab"\n'
    assert faults(text) == [
        (
            "may", "catalogue/pyproject-built", 1,
            f"The project is not {BUILT}",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("[tool.poetry.dependencies]\nnumpy = '^2'", "[tool.poetry.dependencies] is not read."),
        ("[tool.uv.sources]\nx = {git = 'https://evil.example'}", "[tool.uv.sources] is not read."),
        ("[[tool.uv.index]]\nurl = 'https://evil.example'", "[tool.uv.index] is not read."),
    ],
)
def test_dependencies_that_are_written_elsewhere_are_refused(table, what):
    text = f'[project]\nname = "crab"\n{table}\n'
    assert faults(text) == [("must", "catalogue/pyproject-unread", 3, what)]


@pytest.mark.parametrize(
    "line", ["numpy @ https://evil.example/x.whl", "-e .", "git+https://evil.example/x.git", "../x"]
)
def test_dependencies_are_packages_only(line):
    assert faults(f'[project]\ndependencies = [\n  "scipy",\n  "{line}",\n]\n') == [
        ("must", "catalogue/requirements", 4, f"{line!r} is not a package with versions.")
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("project = 1\n", None, "[project] is not a table."),
        ('[project]\ndependencies = "numpy"\n', 2, "dependencies is not a list of texts."),
        ("[project]\ndependencies = [1]\n", 2, "dependencies is not a list of texts."),
        ("[project]\nrequires-python = 3.11\n", 2, "requires-python is not a text."),
        ("#" * 200_001, None, "pyproject.toml is longer than 200,000 characters."),
    ],
)
def test_what_is_not_as_the_standard_says_is_a_finding(text, line, what):
    assert faults(text) == [("must", "catalogue/pyproject-unread", line, what)]


def test_what_is_not_toml_is_a_finding():
    [(severity, rule, _line, what)] = faults("[project\n")
    assert (severity, rule) == ("must", "catalogue/pyproject-unread")
    assert what.startswith("pyproject.toml is not TOML: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.ruff]\nline-length = 100\n", False), ("", False), ("[project]\n", True),
        ("[tool.poetry.dependencies]\nnumpy = '*'\n", True), ("[project\n", True),
    ],
)  # fmt: skip
def test_a_file_for_tools_alone_says_nothing_of_needs(text, expected):
    assert states_needs(text) is expected
