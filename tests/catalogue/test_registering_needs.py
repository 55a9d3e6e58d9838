"""Whatever file says what an entry needs: its version gets a lock, or a finding that says why."""

import pytest

from catalogue import actions
from catalogue.actions import registration
from catalogue.domain.entry import Entry
from catalogue.errors import LockFailedError
from tests.factories import entries

pytestmark = pytest.mark.django_db
BARE = ("requirements.lock",)


@pytest.fixture
def asked(monkeypatch):
    """What was given to the resolver, which answers with a line of its own."""
    given: list[str] = []
    monkeypatch.setattr(
        registration, "lock_requirements", lambda text: given.append(text) or f"# of {text!r}\n"
    )
    return given


def register(**changes):
    entry = Entry(entries.files(**changes))
    return actions.register_entry(entry, slug="doubling", source="upload").version


def rules(version):
    return [item["id"] for item in version.findings_json if item["id"].startswith("catalogue/")]


def test_a_pyproject_is_locked(asked):
    text = '[project]\nname = "x"\ndependencies = ["numpy>=2"]\n'
    version = register(without=BARE, pyproject_toml=text)

    assert asked == ["numpy>=2"]
    assert (version.lock, version.is_draft, rules(version)) == ("# of 'numpy>=2'\n", False, [])


def test_the_pip_part_of_an_environment_yml_is_locked(asked):
    text = "dependencies:\n  - pip\n  - pip:\n    - numpy>=2\n"
    version = register(without=BARE, environment_yml=text)

    assert (asked, version.is_draft) == (["numpy>=2"], False)


def test_a_package_of_conda_keeps_the_version_a_draft_and_nothing_is_locked(asked):
    version = register(without=BARE, environment_yml="dependencies:\n  - heasoft\n")

    assert (asked, version.is_draft) == ([], True)
    assert rules(version) == ["catalogue/conda-package"]


def test_files_that_are_not_read_are_named_and_keep_nothing_back(asked):
    text = '[project]\nname = "x"\n'
    version = register(without=BARE, requirements_txt="numpy", pyproject_toml=text)

    assert (asked, version.is_draft) == (["numpy"], False)
    assert rules(version) == ["catalogue/needs-twice"]


def test_an_exact_entry_is_locked_with_a_kernel(asked):
    version = register(without=BARE, requirements_txt="numpy\n", reprise_toml='runtime = "exact"\n')

    assert asked == ["numpy\nipykernel\nnbclient"]
    assert (version.runtime, version.is_draft) == ("exact", False)


def test_an_exact_entry_whose_lock_has_no_kernel_stays_a_draft(asked):
    version = register(reprise_toml='runtime = "exact"\n')

    assert (asked, version.is_draft) == ([], True)
    assert rules(version) == ["catalogue/lock-kernel"]


def test_the_reason_of_the_resolver_stands_with_the_file(monkeypatch):
    def fail(_text):
        raise LockFailedError("The resolver says: no numpy<1")

    monkeypatch.setattr(registration, "lock_requirements", fail)
    text = '[project]\nname = "x"\ndependencies = ["numpy<1"]\n'
    version = register(without=BARE, pyproject_toml=text)

    [finding] = [item for item in version.findings_json if item["id"] == "catalogue/lock-failed"]
    assert (finding["place"], finding["what"]) == (
        "pyproject.toml", "The resolver says: no numpy<1",
    )  # fmt: skip
