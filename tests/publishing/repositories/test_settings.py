"""The file of repositories: what is understood, and a sentence for every fault."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import configured_repositories
from publishing.domain.repositories import (
    BadRepositoriesError,
    RepositorySettings,
    read_repositories,
)
from publishing.domain.repository_faults import Kind

ZENODO = {
    "name": '"zenodo"', "kind": '"inveniordm"', "url": '"https://zenodo.org/"',
    "production": "true", "prefix": '"10.5281"', "token_file": '"/etc/reprise/zenodo"',
}  # fmt: skip
HUB = {
    "name": '"hub"', "kind": '"workflowhub"', "url": '"https://workflowhub.eu"',
    "production": "true", "projects": "[12]", "token_env": '"HUB_TOKEN"',
}  # fmt: skip


def written(*tables: dict[str, str]) -> str:
    return "\n".join(
        "[[repository]]\n" + "\n".join(f"{name} = {value}" for name, value in table.items())
        for table in tables
    )


def faults_of(*tables: dict[str, str]) -> list[str]:
    with pytest.raises(BadRepositoriesError) as caught:
        read_repositories(written(*tables))
    return caught.value.faults


def without(table: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in table.items() if name not in names}


def test_two_repositories() -> None:
    more = {"communities": '["astronomy"]', "per_minute": "30", "timeout": "20",
            "resolver": '"https://doi.org/"', "publisher": '"Zenodo"'}  # fmt: skip
    assert read_repositories(written(ZENODO | more, HUB)) == (
        RepositorySettings(
            "zenodo", Kind.INVENIORDM, "https://zenodo.org", production=True,
            prefix="10.5281", communities=("astronomy",),
            token_file="/etc/reprise/zenodo",  # noqa: S106 -- the name of a file
            per_minute=30, timeout=20, publisher="Zenodo",
        ),
        RepositorySettings(
            "hub", Kind.WORKFLOWHUB, "https://workflowhub.eu", production=True,
            projects=(12,), resolver="https://doi.org", per_minute=60,
            token_env="HUB_TOKEN",  # noqa: S106 -- the name of a variable
        ),
    )  # fmt: skip


def test_a_test_server_on_this_machine_may_go_without_encryption() -> None:
    local = {"url": '"http://127.0.0.1:5000"', "production": "false"}
    assert read_repositories(written(ZENODO | local))[0].url == "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": '"A B"'},
         "Repository 1 needs a name of at most 40 small letters, digits and hyphens."),
        ({"name": '"shelf"'},
         ("Repository shelf: the shelf is this service itself and always there; choose another "
         "name.")),
        ({"kind": '"dspace"'},
         "Repository zenodo: kind is 'dspace'; write one of inveniordm, workflowhub."),
        ({"url": '"http://zenodo.org"'},
         ("Repository zenodo: url must begin with https://, so that nobody reads the token on its "
         "way.")),
        ({"url": '"https://zenodo.org/api"'},
         "Repository zenodo: url must not end with /api; write the address of the site."),
        ({"url": '"https://me:secret@zenodo.org"'},
         ("Repository zenodo: url holds more than an address: no user, password, query or "
         "fragment.")),
        ({"url": '"zenodo"'},
         "Repository zenodo: url is no address; write one such as https://zenodo.org."),
        ({"url": '"https://[zenodo"'}, "Repository zenodo: url is no address."),
        ({"url": "5"}, "Repository zenodo: url is 5; write a text."),
        ({"production": "false"},
         ("Repository zenodo: zenodo.org publishes for ever, and production is false; write "
         "production = true, or the address of its sandbox.")),
        ({"url": '"https://sandbox.zenodo.org"'},
         ("Repository zenodo: sandbox.zenodo.org is a sandbox, and production is true; write "
         "production = false, or the address of the repository itself.")),
        ({"url": '"https://SANDBOX.zenodo.org."'},
         ("Repository zenodo: sandbox.zenodo.org is a sandbox, and production is true; write "
         "production = false, or the address of the repository itself.")),
        ({"production": '"yes"'},
         "Repository zenodo: production is 'yes'; write true or false."),
        ({"prefix": '"zenodo"'},
         "Repository zenodo: prefix is 'zenodo'; write what its DOIs begin with, such as 10.5281."),
        ({"prefix": '"10.5072"'},
         "Repository zenodo: 10.5072 is the prefix of tests, and production is true."),
        ({"communities": '["a/b"]'},
         "Repository zenodo: 'a/b' is no community; write the last part of its address."),
        ({"per_minute": "0"},
         "Repository zenodo: per_minute is 0; write a whole number above zero."),
        ({"colour": '"red"'},
         ("Repository zenodo: inveniordm has no option colour; it has communities, kind, name, "
         "per_minute, prefix, production, publisher, resolver, timeout, token_env, token_file, "
         "url.")),
        ({"token_env": '"ZENODO_TOKEN"'},
         "Repository zenodo: write either token_file or token_env, which say where its token is."),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence(change, fault) -> None:
    assert faults_of(ZENODO | change) == [fault]


@pytest.mark.parametrize(
    ("missing", "fault"),
    [
        ("url", "Repository zenodo: url is missing; inveniordm needs it."),
        ("prefix", "Repository zenodo: prefix is missing; inveniordm needs it."),
        ("production",
         ("Repository zenodo: production is missing; write true where what is published is for "
         "ever, false for a sandbox.")),
        ("token_file",
         "Repository zenodo: write either token_file or token_env, which say where its token is."),
    ],
)  # fmt: skip
def test_what_must_be_said(missing, fault) -> None:
    assert faults_of(without(ZENODO, missing)) == [fault]


@pytest.mark.parametrize("projects", ["[]", '["twelve"]', "[0]"])
def test_workflowhub_needs_its_projects(projects) -> None:
    assert len(faults_of(HUB | {"projects": projects})) == 1


SECRET = "aVerySecretToken0123456789"


@pytest.mark.parametrize(
    "table",
    [
        ZENODO | {"token": f'"{SECRET}"'},
        without(ZENODO, "token_file") | {"token_env": f'"{SECRET}"'},
        without(ZENODO, "token_file") | {"token_env": f'["{SECRET}"]'},
        without(ZENODO, "token_file") | {"token": f'["{SECRET}"]'},
    ],
)
def test_a_token_in_the_file_is_refused_and_not_repeated(table) -> None:
    told = " ".join(faults_of(table))
    assert "token" in told
    assert SECRET not in told


def test_one_name_for_two() -> None:
    assert faults_of(HUB, HUB) == ["Two repositories are named hub."]


def test_one_place_for_two() -> None:
    """The same release would be minted twice there."""
    again = {"name": '"again"', "url": '"https://zenodo.org"'}
    assert faults_of(ZENODO, ZENODO | again) == [
        "Two repositories are at https://zenodo.org: a release would get two DOIs there."
    ]


def test_one_token_for_sandbox_and_production() -> None:
    sandbox = {"name": '"sandbox"', "url": '"https://sandbox.zenodo.org"', "production": "false"}
    assert faults_of(ZENODO, ZENODO | sandbox) == [
        (
            "A sandbox and a production repository use one token: each has accounts of its own, so "
            "give each its own token."
        )
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "It names no repository: write a table [[repository]] for each."),
        ("repository = 5", "It names no repository: write a table [[repository]] for each."),
        ("repository = [5]", "Repository 1 is no table: write [[repository]]."),
    ],
)
def test_no_tables(text, fault) -> None:
    with pytest.raises(BadRepositoriesError) as caught:
        read_repositories(text)
    assert caught.value.faults == [fault]


def test_no_toml() -> None:
    with pytest.raises(BadRepositoriesError, match="It is not TOML"):
        read_repositories("[[repository")


def test_without_the_setting_there_is_only_the_shelf(monkeypatch) -> None:
    monkeypatch.delenv("REPRISE_REPOSITORIES", raising=False)
    assert configured_repositories() == ()


def test_the_setting_names_a_file(monkeypatch, tmp_path) -> None:
    file = tmp_path / "repositories.toml"
    file.write_text(written(ZENODO))
    monkeypatch.setenv("REPRISE_REPOSITORIES", str(file))
    assert [item.name for item in configured_repositories()] == ["zenodo"]


@pytest.mark.parametrize("text", [None, "colour = 5"])
def test_a_file_that_is_wrong_is_told_at_start(monkeypatch, tmp_path, text) -> None:
    file = tmp_path / "repositories.toml"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv("REPRISE_REPOSITORIES", str(file))
    with pytest.raises(ImproperlyConfigured, match="REPRISE_REPOSITORIES is "):
        configured_repositories()
