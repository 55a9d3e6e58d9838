"""Of an environment.yml the pip part is taken; what is conda's own is refused with words."""

import time

import pytest

from catalogue.domain.conda import read_conda
from catalogue.domain.requirements import Asked

FILE = "environment.yml"
REST = "if it is on PyPI. A program that is not there cannot be installed here."


def asked(text):
    found, findings = read_conda(text, FILE)
    assert findings == ()
    return found


def faults(text):
    _asked, findings = read_conda(text, FILE)
    return [(item.severity.value, item.id, item.where.line, item.what) for item in findings]


def test_the_pip_part_is_taken():
    text = """
name: crab
channels: [conda-forge, defaults]
dependencies:
  - python=3.11
  - pip
  - pip:
      - numpy>=2.4
      - astropy[recommended]>=8 ; python_version > "3.10"
"""
    wanted = ("numpy>=2.4", 'astropy[recommended]>=8 ; python_version > "3.10"')
    assert asked(text) == Asked(wanted, "==3.11.*", 5)


@pytest.mark.parametrize(
    ("spec", "versions"),
    [
        ("python", ""), ("python=3.11", "==3.11.*"), ("python 3.11", "==3.11.*"),
        ("python=3.11.7", "==3.11.7.*"), ("python==3.11.7", "==3.11.7"),
        ("python>=3.10,<3.13", ">=3.10,<3.13"), ("python >=3.10", ">=3.10"),
        ("python=3.11.*", "==3.11.*"), ("python=3.11=h123_cpython", "==3.11.*"),
        ("conda-forge::python=3.11", "==3.11.*"), ("python=*", ""), ("Python=3.11", "==3.11.*"),
    ],
)  # fmt: skip
def test_the_versions_of_python_are_understood(spec, versions):
    assert asked(f"dependencies:\n  - {spec}\n").python == versions


@pytest.mark.parametrize("tool", ["pip", "pip=24", "pip>=23.1", "setuptools", "wheel=0.43"])
def test_tools_of_installation_are_passed_over(tool):
    assert asked(f"dependencies:\n  - {tool}\n") == Asked()


def test_each_package_of_conda_is_refused_with_what_to_write_instead():
    text = "dependencies:\n  - numpy=2.4\n  - pip:\n    - scipy\n  - conda-forge::heasoft\n"
    _asked, findings = read_conda(text, FILE)
    assert [(item.where.line, item.what, item.mend) for item in findings] == [
        (
            2,
            "'numpy=2.4' is a package of conda, which is not used here.",
            f"Move it to the list below pip: as numpy==2.4.*, {REST}",
        ),
        (
            5,
            "'conda-forge::heasoft' is a package of conda, which is not used here.",
            f"Move it to the list below pip: as heasoft, {REST}",
        ),
    ]
    assert {(item.severity.value, item.id) for item in findings} == {
        ("must", "catalogue/conda-package")
    }


@pytest.mark.parametrize(
    "line",
    ["-r requirements.txt", "-e .", "git+https://evil.example/x.git", "-i x", "./x"],
)
def test_the_pip_part_names_packages_only(line):
    assert faults(f"dependencies:\n  - pip:\n    - {line}\n") == [
        ("must", "catalogue/requirements", 3, f"{line!r} is not a package with versions.")
    ]


@pytest.mark.parametrize("key", ["variables", "prefix"])
def test_what_is_not_read_is_said(key):
    assert faults(f"name: x\n{key}: /srv\n") == [
        ("should", "catalogue/conda-ignored", 2, f"{key} is not read.")
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("dependencies: [", 1, "environment.yml is not YAML."),
        ("- numpy\n", 1, "environment.yml is not a list of names with values."),
        ("", 1, "environment.yml is not a list of names with values."),
        ("x: 1\ndependencies: numpy\n", 2, "This is neither a package nor a list for pip."),
        ("dependencies:\n  - pip: numpy\n", 2, "This is neither a package nor a list for pip."),
        ("dependencies:\n  - pip:\n    - {a: b}\n", 3,
         "This is neither a package nor a list for pip."),
        ("dependencies:\n  - npm: [x]\n", 2, "This is neither a package nor a list for pip."),
        ("dependencies:\n  - [numpy]\n", 2, "This is neither a package nor a list for pip."),
        ("x" * 100_001, None, "environment.yml is longer than 100,000 characters."),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_said(text, line, what):
    assert faults(text) == [("must", "catalogue/conda-syntax", line, what)]


def test_a_name_that_is_none_is_refused_too():
    assert [fault[1:3] for fault in faults("dependencies:\n  - '***'\n")] == [
        ("catalogue/conda-package", 2)
    ]


@pytest.mark.parametrize(
    "attack",
    ["[" * 50_000, "a: &a [*a]", "dependencies:\n  - '" + "a" + "[" * 90_000 + "'",
     "dependencies:\n  - 'a" + " =" * 40_000 + "'"],
)  # fmt: skip
def test_text_made_to_cost_time_is_judged_at_once(attack):
    started = time.process_time()
    read_conda(attack, FILE)
    assert time.process_time() - started < 2
