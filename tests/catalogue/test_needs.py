"""One file says what an entry needs; which one is no matter of chance."""

import pytest

from catalogue.domain.choices import Runtime
from catalogue.domain.needs import Needs, read_needs

HASH = f"--hash=sha256:{'0' * 64}"
LOCK = f"numpy==2.4.0 {HASH}\n"
KERNEL = f"ipykernel==7.4 {HASH}\nnbclient==0.10 {HASH}\n"
PROJECT = '[project]\ndependencies = ["scipy"]\n'
CONDA = "dependencies:\n  - pip:\n    - pandas\n"


def needs(runtime=Runtime.NOTEBOOK, **files: str) -> Needs:
    """What files need, their names written with _ for the dot."""
    given = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return read_needs(given, runtime=runtime, python="3.11.7")


def faults(found: Needs) -> list[tuple[str, str, str, str]]:
    return [(item.severity.value, item.id, str(item.where), item.what) for item in found.findings]


def test_an_entry_may_need_nothing():
    assert needs() == Needs()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"requirements_lock": LOCK}, Needs("requirements.lock", lock=LOCK)),
        ({"requirements_txt": "numpy\n"}, Needs("requirements.txt", wanted="numpy")),
        ({"requirements_txt": LOCK}, Needs("requirements.txt", lock=LOCK)),
        ({"pyproject_toml": PROJECT}, Needs("pyproject.toml", wanted="scipy")),
        ({"environment_yml": CONDA}, Needs("environment.yml", wanted="pandas")),
        ({"environment_yaml": CONDA}, Needs("environment.yaml", wanted="pandas")),
        ({"requirements_lock": LOCK, "requirements_txt": "numpy"},
         Needs("requirements.lock", lock=LOCK)),
        ({"requirements_lock": LOCK, "pyproject_toml": PROJECT},
         Needs("requirements.lock", lock=LOCK)),
        ({"requirements_txt": "numpy", "pyproject_toml": "[tool.ruff]\n"},
         Needs("requirements.txt", wanted="numpy")),
    ],
)  # fmt: skip
def test_each_kind_of_file_is_understood(files, expected):
    assert needs(**files) == expected


def test_the_first_of_several_is_taken_and_the_others_are_named():
    found = needs(environment_yml=CONDA, pyproject_toml=PROJECT, requirements_txt="numpy")

    says = "is not read: requirements.txt says what the entry needs."
    assert (found.file, found.wanted) == ("requirements.txt", "numpy")
    assert faults(found) == [
        ("may", "catalogue/needs-twice", "pyproject.toml", f"pyproject.toml {says}"),
        ("may", "catalogue/needs-twice", "environment.yml", f"environment.yml {says}"),
    ]


def test_a_requirements_txt_with_hashes_for_some_packages_is_no_lock():
    found = needs(requirements_txt=f"{LOCK}scipy\n")
    assert faults(found) == [
        ("must", "catalogue/lock", "requirements.txt, line 2",
         "'scipy' is not a package pinned with hashes."),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["requirements.lock", "requirements.txt", "environment.yml"])
def test_a_file_that_is_not_text_is_refused(name):
    found = read_needs({name: b"\xff\xfe"}, runtime=Runtime.NOTEBOOK, python="3.11.7")
    assert faults(found) == [
        ("must", "catalogue/needs-unreadable", name, f"{name} is not text in UTF-8.")
    ]


@pytest.mark.parametrize("python", [">=3.11", ">=3.10,<3.12", "==3.11.*", "~=3.11"])
def test_a_python_that_is_here_is_taken(python):
    assert faults(needs(pyproject_toml=f'[project]\nrequires-python = "{python}"\n')) == []


@pytest.mark.parametrize(
    ("files", "where", "what"),
    [
        ({"pyproject_toml": '[project]\nrequires-python = ">=3.12"\n'}, "pyproject.toml, line 2",
         "It asks for Python >=3.12; entries are run by Python 3.11.7 here."),
        ({"environment_yml": "dependencies:\n  - python=3.9\n"}, "environment.yml, line 2",
         "It asks for Python ==3.9.*; entries are run by Python 3.11.7 here."),
        ({"pyproject_toml": '[project]\nrequires-python = "new"\n'}, "pyproject.toml, line 2",
         "'new' names no versions of Python."),
    ],
)  # fmt: skip
def test_a_python_that_is_not_here_is_refused(files, where, what):
    assert faults(needs(**files)) == [("must", "catalogue/python-version", where, what)]


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({}, "ipykernel\nnbclient"),
        ({"requirements_txt": "numpy"}, "numpy\nipykernel\nnbclient"),
        ({"requirements_txt": "NBClient>=0.10\nnumpy # x"}, "NBClient>=0.10\nnumpy # x\nipykernel"),
        ({"pyproject_toml": PROJECT}, "scipy\nipykernel\nnbclient"),
    ],
)
def test_an_exact_entry_gets_a_kernel_with_its_lock(files, wanted):
    found = needs(Runtime.EXACT, **files)
    assert (found.wanted, faults(found)) == (wanted, [])


def test_a_lock_that_holds_a_kernel_serves_an_exact_entry():
    assert faults(needs(Runtime.EXACT, requirements_lock=LOCK + KERNEL)) == []


@pytest.mark.parametrize(
    ("lock", "what"),
    [
        (LOCK, 'The lock has no ipykernel and no nbclient, which runtime = "exact" needs.'),
        ("", 'The lock has no ipykernel and no nbclient, which runtime = "exact" needs.'),
        (f"nbclient==0.10 {HASH}\n", 'The lock has no ipykernel, which runtime = "exact" needs.'),
    ],
)
def test_a_lock_without_a_kernel_cannot_serve_an_exact_entry(lock, what):
    found = needs(Runtime.EXACT, requirements_lock=lock)
    assert faults(found) == [("must", "catalogue/lock-kernel", "requirements.lock", what)]


def test_a_lock_that_is_wrong_is_not_judged_further():
    found = needs(Runtime.EXACT, requirements_lock="numpy\n")
    assert [fault[1] for fault in faults(found)] == ["catalogue/lock"]


def test_a_notebook_of_our_own_runner_needs_no_kernel():
    assert needs(requirements_txt="numpy").wanted == "numpy"
