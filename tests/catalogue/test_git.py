"""Repositories of strangers are read at one commit; nothing in them is run or followed."""

import subprocess

import pytest

from catalogue.adapters import git as adapter
from catalogue.adapters.git import read_repository
from catalogue.errors import UnreadableSourceError


class Repository:
    """A repository in a folder of its own, with commits of a few files."""

    def __init__(self, folder):
        self.folder, self.url = folder, f"file://{folder}"
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        config = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org",
                  "-c", "protocol.file.allow=always")  # fmt: skip
        return subprocess.run(
            ["git", "-C", str(self.folder), *config, *arguments],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    def commit(self, **files):
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", "change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "origin")


def refused(url, revision="", *, local=True):
    with pytest.raises(UnreadableSourceError) as caught:
        read_repository(url, revision, local=local)
    return caught.value.detail


def test_a_repository_is_read_at_its_head(repository):
    commit = repository.commit(a="1")
    checkout = read_repository(repository.url, local=True)
    assert (checkout.entry.files, checkout.commit) == ({"a": b"1"}, commit)


def test_a_tag_a_branch_and_a_commit_are_revisions(repository):
    first = repository.commit(a="1")
    repository.git("tag", "v1")
    repository.git("checkout", "-qb", "work/later")
    second = repository.commit(a="2")
    repository.git("checkout", "-q", "main")
    found = {
        revision: read_repository(repository.url, revision, local=True).commit
        for revision in ("v1", "main", first, first[:10], "work/later", second)
    }
    assert found == {
        "v1": first, "main": first, first: first, first[:10]: first, "work/later": second,
        second: second,
    }  # fmt: skip


def test_a_revision_that_is_not_there_is_refused(repository):
    repository.commit(a="1")
    assert refused(repository.url, "v2") == ("git could not read it: fatal: invalid reference: v2")


@pytest.mark.parametrize(
    "revision",
    ["--upload-pack=touch hacked", "-f", "--", "v1 --force", "v1;touch hacked", "$(touch hacked)",
     "a:b", "HEAD@{1}", "v1\nx", "v" * 201, "^main", "~"],
)  # fmt: skip
def test_a_revision_that_is_an_attack_is_refused_before_git_is_asked(repository, revision):
    assert refused(repository.url, revision) == (
        f"{revision[:80]!r} is not a branch, tag or commit."
    )


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c touch% hacked", "fd::17", "ssh://host.invalid/x", "git://host.invalid/x",
     "ftp://host.invalid/x", "ada@host.invalid:x.git", "--upload-pack=touch hacked"],
)  # fmt: skip
@pytest.mark.parametrize("local", [True, False])
def test_no_transport_but_https_is_spoken(url, local, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(url, local=local).startswith("git could not read it: ")
    assert list(tmp_path.rglob("hacked")) == []


def test_folders_of_this_machine_are_for_the_operator_only(repository):
    repository.commit(a="1")
    for url in (repository.url, str(repository.folder)):
        assert refused(url, local=False) == (
            "git could not read it: fatal: transport 'file' not allowed"
        )


def test_links_in_a_repository_are_not_followed(repository, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (repository.folder / "link").symlink_to(tmp_path / "secret")
    (repository.folder / "folder").symlink_to(tmp_path)
    repository.commit(a="1")
    files = read_repository(repository.url, local=True).entry.files
    assert files == {
        "a": b"1", "link": str(tmp_path / "secret").encode(), "folder": str(tmp_path).encode(),
    }  # fmt: skip


def test_hooks_are_not_run(repository, tmp_path):
    repository.commit(a="1")
    for name in ("post-checkout", "post-upload-pack", "reference-transaction"):
        hook = repository.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hacked\n")
        hook.chmod(0o755)
    read_repository(repository.url, local=True)
    assert not (tmp_path / "hacked").exists()


def test_filters_that_a_repository_asks_for_are_not_run(repository, tmp_path):
    repository.commit(**{".gitattributes": "* filter=evil", "a": "1"})
    repository.git("config", "filter.evil.smudge", f"touch {tmp_path}/hacked")
    assert read_repository(repository.url, local=True).entry.files["a"] == b"1"
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize("place", [".gitconfig", ".config/git/config"])
def test_a_git_configuration_in_a_repository_is_only_a_file(repository, tmp_path, place):
    path = repository.folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[trace2]\n\tnormalTarget = {tmp_path}/hacked\n")
    repository.commit(a="1")
    assert set(read_repository(repository.url, local=True).entry.files) == {"a", place}
    assert not (tmp_path / "hacked").exists()


def test_submodules_are_not_fetched(repository, tmp_path):
    other = Repository(tmp_path / "other")
    other.commit(secret="1")  # noqa: S106 -- the name of a file
    repository.git("submodule", "add", "-q", other.url, "part")
    repository.commit(a="1")
    files = read_repository(repository.url, local=True).entry.files
    assert set(files) == {".gitmodules", "a"}


def test_the_operators_own_configuration_and_secrets_are_not_seen(
    repository, tmp_path, monkeypatch
):
    repository.commit(a="1")
    (tmp_path / ".gitconfig").write_text(f"[trace2]\n\tnormalTarget = {tmp_path}/seen\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "seen"))
    read_repository(repository.url, local=True)
    assert not (tmp_path / "seen").exists()


def test_git_that_does_not_answer_is_stopped(repository, monkeypatch):
    repository.commit(a="1")
    monkeypatch.setattr(adapter, "SECONDS_AT_MOST", 0.0001)
    assert refused(repository.url) == "git did not answer within 0.0001 s."
