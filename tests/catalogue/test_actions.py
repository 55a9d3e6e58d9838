"""Registration: files become a version, once, and only from where the name belongs."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from catalogue import actions
from catalogue.actions import registration
from catalogue.adapters.git import Checkout
from catalogue.domain.entry import Entry
from catalogue.errors import (
    InstallerMissingError,
    LockFailedError,
    NotAnEntryError,
    RegistrationClosedError,
    UnreadableSourceError,
)
from catalogue.models import Version, VersionTerm, Workflow
from catalogue.signals import version_registered
from lib import hosts, store
from ontology.domain.findings import Finding, Severity, Where
from tests.factories import entries
from tests.factories.rows import VersionFactory

pytestmark = pytest.mark.django_db
SOURCE = "https://git.example.org/ada/doubling.git"


def register(slug="doubling", source=SOURCE, commit="", **changes):
    entry = Entry(entries.files(**changes))
    return actions.register_entry(entry, slug=slug, source=source, commit=commit)


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def musts(version):
    return [item["id"] for item in version.findings_json if item["severity"] == "must"]


@pytest.fixture
def heard():
    """Ids of the versions that were told of."""
    told = []

    def listen(sender, version_id, **_more):
        told.append((sender, version_id))

    version_registered.connect(listen)
    yield told
    version_registered.disconnect(listen)


@pytest.fixture
def public(monkeypatch):
    """Every host has a public address; repositories are the entries of this dictionary."""
    repositories = {}
    refuse = hosts.refuse
    monkeypatch.setattr(
        hosts,
        "refuse",
        lambda url, allowed: refuse(url, allowed=allowed, resolver=lambda _host: ["93.184.216.34"]),
    )
    monkeypatch.setattr(
        registration,
        "read_repository",
        lambda url, revision, local: repositories[url, revision, local],
    )
    return repositories


# One entry


def test_an_entry_becomes_a_version_with_files_and_terms():
    done = register(commit="c" * 40)
    version = done.version
    assert (done.created, version.number, version.is_draft, musts(version)) == (True, 1, False, [])
    assert (version.source, version.commit, version.main) == (SOURCE, "c" * 40, "double.ipynb")
    assert version.title == version.about.title == "A doubled number"
    assert {item.path: store.get(item.digest) for item in version.files.all()} == entries.files()
    assert {item.size for item in version.files.filter(path="LICENSE")} == {len("BSD-3-Clause")}
    assert set(version.terms.values_list("role", "term")) >= {("parameter", "Energy")}
    assert (str(version), version.get_absolute_url()) == ("doubling 1", "/workflows/doubling/1")
    assert str(version.workflow) == "doubling"
    assert [str(item) for item in version.files.all()] == sorted(entries.files())
    assert str(VersionTerm.objects.get(term="Energy")) == "Energy (parameter)"


def test_the_same_content_twice_is_one_version():
    first = register()
    again = register()
    assert (again.created, again.version) == (False, first.version)
    assert Version.objects.count() == 1


def test_the_same_content_is_not_locked_again(monkeypatch):
    asked = []
    monkeypatch.setattr(registration, "lock_requirements", lambda text: asked.append(text) or "")
    for _time in range(2):
        register(without=("requirements.lock",), requirements_txt="numpy")
    assert asked == ["numpy"]


def test_other_content_is_the_next_version_and_old_content_the_old_one():
    first = register().version
    second = register(README_md="# Later\n").version
    again = register()
    assert [first.number, second.number] == [1, 2]
    assert (again.version, again.created) == (first, False)


def test_a_title_is_the_name_when_no_other_is_given():
    assert register(without=("CITATION.cff",)).version.title == "doubling"


@pytest.mark.parametrize(
    ("written", "slug"),
    [("Crab Stability!", "crab-stability"), ("--a__b--", "a-b"), ("x" * 80, "x" * 60),
     ("../../etc", "etc"), ("Ünï", "n")],
)  # fmt: skip
def test_a_name_becomes_a_slug(written, slug):
    assert register(slug=written).version.workflow.slug == slug


@pytest.mark.parametrize("name", ["", "---", "λόγος", "../"])
def test_a_name_without_letters_is_refused(name):
    with pytest.raises(UnreadableSourceError) as caught:
        register(slug=name)
    assert caught.value.detail == (
        f"{name!r} gives no name: name the entry with letters and digits."
    )


def test_an_entry_without_a_notebook_is_none():
    with pytest.raises(NotAnEntryError) as caught:
        register(without=("double.ipynb",))
    assert caught.value.to_dict() == {
        "type": "/docs/errors#catalogue:user:not-an-entry",
        "title": "This is not an entry",
        "status": 422,
        "detail": (
            "It holds no notebook (.ipynb) at its top, and no main.cwl or single CWL document: "
            "add one."
        ),
        "id": "catalogue:user:not-an-entry",
    }
    assert Workflow.objects.count() == 0


def test_a_notebook_that_cannot_be_read_is_named():
    with pytest.raises(NotAnEntryError) as caught:
        register(double_ipynb="{")
    sentence = "It is not JSON: save it again with Jupyter."
    assert caught.value.detail == f"double.ipynb cannot be read. {sentence}"
    assert caught.value.errors == {"double.ipynb": f"{sentence} "}


# Drafts and their findings


@pytest.mark.parametrize(
    ("changes", "must"),
    [
        ({"double_ipynb": entries.simple_notebook(outputs="x = (")}, "catalogue/cell-syntax"),
        ({"requirements_lock": "numpy"}, "catalogue/lock"),
        ({"data_toml": "file = 5"}, "catalogue/data-registry"),
        ({"without": ("requirements.lock",), "requirements_txt": "-e ."}, "catalogue/requirements"),
    ],
)
def test_a_must_finding_makes_a_draft_that_nobody_is_told_of(heard, committed, changes, must):
    with committed():
        version = register(**changes).version
    assert (version.is_draft, must in musts(version), heard) == (True, True, [])


def test_a_new_version_is_told_of_after_the_commit(heard, committed):
    with committed():
        version = register().version
        assert heard == []
    assert heard == [(Version, version.pk)]
    with committed():
        register()
    assert heard == [(Version, version.pk)]


def test_a_finding_of_an_upper_app_is_added_once():
    version = register().version
    finding = Finding(Severity.SHOULD, "gallery/paper", Where("paper.toml"), "It is no TOML.")
    before = version.findings_json
    actions.add_finding(version, finding)
    actions.add_finding(version, finding)
    version.refresh_from_db()
    assert version.findings_json == [*before, finding.to_dict()]


def test_hostile_metadata_is_kept_as_text(client):
    source = '# oda:version "\\ud800\x00"\nx = "\\ud800"\ny = "<script>"'
    citation = 'title: "<script>\\0\\uD800"\nversion: !!python/name:os.system x'
    register(CITATION_cff=citation, double_ipynb=entries.simple_notebook(parameters=source))
    answer = client.get("/api/workflows/doubling/")
    assert (answer.status_code, answer.json()["title"]) == (200, "<script>")
    assert answer.json()["interface"]["parameters"][0]["default"] == "<script>"


# Locks


def test_requirements_are_locked(monkeypatch):
    monkeypatch.setattr(registration, "lock_requirements", lambda text: f"locked {text}")
    version = register(without=("requirements.lock",), requirements_txt="numpy>=2").version
    assert (version.lock, version.is_draft) == ("locked numpy>=2", False)


def test_a_lock_that_lies_beside_is_taken_as_it_is(monkeypatch):
    monkeypatch.setattr(registration, "lock_requirements", None)
    version = register(requirements_txt="numpy", requirements_lock="# nothing\n").version
    assert version.lock == "# nothing\n"


def test_no_requirements_need_no_lock(monkeypatch):
    monkeypatch.setattr(registration, "lock_requirements", None)
    version = register(without=("requirements.lock",), requirements_txt=" \n").version
    assert (version.lock, version.is_draft) == ("", False)


def test_requirements_that_do_not_fit_make_a_draft(monkeypatch):
    def lock_requirements(_text):
        raise LockFailedError("The resolver says: no such package.")

    monkeypatch.setattr(registration, "lock_requirements", lock_requirements)
    version = register(without=("requirements.lock",), requirements_txt="nunpy").version
    [finding] = [item for item in version.findings_json if item["id"] == "catalogue/lock-failed"]
    assert (version.is_draft, finding["place"], finding["what"]) == (
        True, "requirements.txt", "The resolver says: no such package.",
    )  # fmt: skip


def test_without_an_installer_nothing_is_registered(monkeypatch):
    def lock_requirements(_text):
        raise InstallerMissingError("uv is not installed.")

    monkeypatch.setattr(registration, "lock_requirements", lock_requirements)
    with pytest.raises(InstallerMissingError):
        register(without=("requirements.lock",), requirements_txt="numpy")
    assert Workflow.objects.count() == 0


# Names and their owners


def test_a_name_belongs_to_its_source():
    register()
    with pytest.raises(UnreadableSourceError) as caught:
        register(source="https://evil.example/doubling.git", README_md="# Mine\n")
    assert caught.value.detail == (
        "The name doubling belongs to an entry from elsewhere: give yours another name."
    )
    assert Version.objects.count() == 1


def test_an_uploaded_entry_is_not_changed_by_another_upload():
    actions.register_upload("doubling.zip", zipped(entries.files()))
    with pytest.raises(UnreadableSourceError):
        actions.register_upload("doubling.zip", zipped(entries.files(README_md="# Mine\n")))
    same = actions.register_upload("doubling.zip", zipped(entries.files()))
    assert (same.created, Version.objects.count()) == (False, 1)


@pytest.mark.parametrize(
    ("rival", "number", "created"), [({}, 1, False), ({"README_md": "# Other\n"}, 2, True)]
)
def test_two_that_register_at_once_are_both_served(monkeypatch, rival, number, created):
    save = registration._save
    late = iter([True])

    def racing(entry, prepared, **names):
        if next(late, False):
            register(**rival)  # the other one was faster: our row breaks a constraint
            raise IntegrityError
        return save(entry, prepared, **names)

    monkeypatch.setattr(registration, "_save", racing)
    done = register()
    assert (done.version.number, done.created) == (number, created)
    assert Version.objects.count() == number


# Git


def test_a_repository_is_registered_under_its_name_at_a_revision(public):
    public[SOURCE, "v1", False] = Checkout(Entry(entries.files()), "c" * 40)
    version = actions.register_source(f"{SOURCE}@v1").version
    assert (version.workflow.slug, version.source, version.commit) == ("doubling", SOURCE, "c" * 40)
    assert version.workflow.source == SOURCE


def test_a_repository_may_be_given_another_name(public):
    public[SOURCE, "", False] = Checkout(Entry(entries.files()), "c" * 40)
    assert actions.register_source(SOURCE, slug="twice").version.workflow.slug == "twice"


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("http://git.example.org/x.git",
         "This address is not visited: only https addresses are fetched, not http."),
        ("file:///srv/x.git",
         "This address is not visited: only https addresses are fetched, not file."),
        ("/srv/x.git",
         "This address is not visited: only https addresses are fetched, not a bare path."),
        ("https://git.example.org/x\x00",
         "This address is not visited: the address holds characters that no address has."),
        ("https://[::1/x.git", "This address is not visited: the address is not one."),
        *((source, "Write the https address of a git repository, such as https://host/name.git@v1.")
          for source in ("ext::sh -c id", "ssh://h/x", "git@h:x.git", "/srv/entry", "../x", "-x",
                         "https://ada:secret@git.example.org/x.git", "https://h")),
    ],
)  # fmt: skip
def test_a_source_of_another_shape_is_refused(public, source, detail):
    with pytest.raises(UnreadableSourceError) as caught:
        actions.register_source(source)
    assert caught.value.detail == detail


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.8"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_repository_on_a_private_host_is_not_visited(monkeypatch, scheme, address):
    refuse = hosts.refuse
    monkeypatch.setattr(
        hosts,
        "refuse",
        lambda url, allowed: refuse(url, allowed=allowed, resolver=lambda _host: [address]),
    )
    monkeypatch.setattr(registration, "read_repository", None)
    with pytest.raises(UnreadableSourceError, match=r"^This address is not visited: "):
        actions.register_source(f"{scheme}://localhost:8000/x.git")


def test_a_private_host_that_the_operator_lists_is_visited(public, settings):
    settings.PRIVATE_HOSTS = ("git.here",)
    public["http://git.here:3000/twice", "", False] = Checkout(Entry(entries.files()), "c" * 40)
    assert actions.register_source("http://git.here:3000/twice").version.workflow.slug == "twice"


# Folders and uploads


def test_a_folder_is_the_operators_way(tmp_path):
    folder = tmp_path / "doubling"
    folder.mkdir()
    for path, data in entries.files().items():
        (folder / path).write_bytes(data)
    version = actions.register_source(str(folder), local=True).version
    assert (version.workflow.slug, version.source) == ("doubling", "folder:doubling")


def test_an_upload_is_named_after_its_file():
    version = actions.register_upload("Doubling it.zip", zipped(entries.files())).version
    assert (version.workflow.slug, version.source) == ("doubling-it", "upload")
    alone = actions.register_upload("alone.ipynb", entries.simple_notebook()).version
    assert (alone.workflow.slug, alone.main) == ("alone", "alone.ipynb")


def test_a_request_brings_a_file_with_a_name():
    upload = SimpleUploadedFile("x.zip", zipped(entries.files()))
    done = actions.register_request({"slug": "twice", "source": SOURCE}, upload)
    assert (done.version.workflow.slug, done.version.source) == ("twice", "upload")


def test_a_request_brings_an_address(public):
    public[SOURCE, "", False] = Checkout(Entry(entries.files()), "c" * 40)
    assert actions.register_request({"source": f" {SOURCE} "}, None).version.source == SOURCE


@pytest.mark.parametrize("fields", [{}, {"source": ""}, {"source": " "}, {"source": [SOURCE]}])
def test_a_request_with_neither_is_refused(fields):
    with pytest.raises(UnreadableSourceError) as caught:
        actions.register_request(fields, None)
    assert caught.value.detail == ("Give a git address as source, or a notebook or zip as file.")


def test_a_file_that_is_too_large_is_not_read(settings):
    settings.UPLOAD_MB = 1
    upload = SimpleUploadedFile("x.zip", b"")
    upload.size = 1024 * 1024 + 1
    with pytest.raises(UnreadableSourceError) as caught:
        actions.register_request({}, upload)
    assert caught.value.detail == ("The file is larger than 1 MB: name large files in data.toml.")


def test_a_closed_service_takes_nothing_over_the_web(settings):
    settings.REGISTRATION = "closed"
    with pytest.raises(RegistrationClosedError) as caught:
        actions.register_request({}, SimpleUploadedFile("x.zip", zipped(entries.files())))
    assert (caught.value.status, Workflow.objects.count()) == (403, 0)


# Reports


def test_a_registration_is_reported_as_plain_values():
    version = VersionFactory(workflow__slug="doubling", number=3, is_draft=True)
    assert actions.registration_report(actions.Registration(version, created=True)) == {
        "workflow": "doubling",
        "version": 3,
        "digest": version.digest,
        "created": True,
        "draft": True,
        "findings": [],
        "url": "/workflows/doubling/3",
    }


def test_the_command_says_what_must_be_mended(tmp_path, capsys):
    folder = tmp_path / "doubling"
    folder.mkdir()
    for path, data in entries.files(requirements_lock="numpy").items():
        (folder / path).write_bytes(data)
    call_command("register", str(folder), "--slug", "twice")
    first, second, *_more = capsys.readouterr().out.splitlines()
    assert first.startswith("twice version 1: draft (")
    assert second == (
        "  must: requirements.lock, line 1: 'numpy' is not a package pinned with hashes. "
        "Make the lock with `uv pip compile --generate-hashes`."
    )


def test_the_command_says_what_was_wrong(tmp_path):
    (tmp_path / "x.ipynb").write_text("[]")
    with pytest.raises(CommandError) as caught:
        call_command("register", str(tmp_path))
    sentence = "It is JSON but not a notebook: an object was expected."
    assert str(caught.value) == f"x.ipynb cannot be read. {sentence}\n  x.ipynb: {sentence} "
