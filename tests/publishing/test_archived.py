"""Where the source of a version is archived: told, checked and shown; nothing is sent."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from publishing.actions.archived import AT_MOST, record_archived_source
from publishing.domain.archived import UnreadError, archived_source
from publishing.errors import BadArchivedSourceError
from tests.publishing.factories import VersionFactory
from tests.publishing.formats.records import thorough

HEX = "ab" * 20
REVISION = f"swh:1:rev:{HEX}"


@pytest.mark.parametrize("kind", ["snp", "rel", "rev", "dir", "cnt"])
def test_every_kind_of_swhid_is_read(kind):
    assert archived_source(f" swh:1:{kind}:{HEX}\n") == ("swhid", f"swh:1:{kind}:{HEX}")


@pytest.mark.parametrize(
    "text",
    [
        f"{REVISION};origin=https://github.com/a/b",
        f"swh:1:cnt:{HEX};origin=https://e.org/x;visit=swh:1:snp:{HEX};anchor={REVISION};lines=3-9",
        f"{REVISION};path=/a%20b",
        f"swh:1:cnt:{HEX};bytes=0-4",
    ],
)
def test_qualifiers_are_kept(text):
    assert archived_source(text) == ("swhid", text)


def test_a_forge_is_an_address():
    assert archived_source("https://codeberg.org/a/b/src/commit/0a1b") == (
        "url", "https://codeberg.org/a/b/src/commit/0a1b",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "swh:1:rev:abc", f"swh:2:rev:{HEX}", f"swh:1:ori:{HEX}", f"SWH:1:rev:{HEX}",
        f"swh:1:rev:{HEX.upper()}", f"{REVISION};evil=1", f"{REVISION};lines=1;lines=2",
        f"{REVISION};path=a", f"{REVISION};", f"{REVISION};origin=https://e.org/<script>",
        "http://github.com/a/b", "ftp://e.org/a", "javascript:alert(1)", "https://localhost/a",
        "https://me:secret@e.org/a", "https://e.org/a b", "https://e.org/\x00", "github.com/a/b",
        "https://e.org/" + "a" * 300, "https://[", "\ud800",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(UnreadError):
        archived_source(text)


@thorough
@given(st.text(max_size=80))
def test_no_text_is_read_otherwise_than_it_is_written(text):
    for words in (text, f"{REVISION};{text}", f"https://e.org/{text}"):
        try:
            _scheme, identifier = archived_source(words)
        except UnreadError:
            continue
        assert identifier == words.strip()
        assert identifier.isascii()


@pytest.mark.django_db
def test_telling_twice_changes_nothing():
    version = VersionFactory()
    first = record_archived_source(version, REVISION)

    assert record_archived_source(version, f" {REVISION} ") == first
    assert (first.scheme, first.told_by) == ("swhid", "")


@pytest.mark.django_db
def test_so_many_places_and_no_more():
    version = VersionFactory()
    for number in range(AT_MOST):
        record_archived_source(version, f"https://e.org/{number}")

    with pytest.raises(BadArchivedSourceError):
        record_archived_source(version, REVISION)
    record_archived_source(version, "https://e.org/3")  # known already
    assert version.archived_sources.count() == AT_MOST


@pytest.mark.django_db
def test_the_api_lists_what_it_was_told(client, settings):
    settings.REGISTRATION = "open"
    version = VersionFactory()
    place = f"/api{version.get_absolute_url()}/archived/"

    told = client.post(place, {"identifier": REVISION}, content_type="application/json")

    assert told.status_code == 201
    assert [(item["scheme"], item["identifier"]) for item in client.get(place).json()] == [
        ("swhid", REVISION)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"identifier": "x"}, {"identifier": "\x00"}, []])
def test_the_api_says_what_is_wrong(client, settings, body):
    settings.REGISTRATION = "open"
    place = f"/api{VersionFactory().get_absolute_url()}/archived/"

    response = client.post(place, body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["id"] == "publishing:user:bad-archived-source"


@pytest.mark.django_db
def test_strangers_tell_nothing_where_only_accounts_may(client, settings):
    settings.REGISTRATION = "closed"
    version = VersionFactory()

    response = client.post(
        f"/api{version.get_absolute_url()}/archived/", {"identifier": REVISION},
        content_type="application/json",
    )  # fmt: skip

    assert response.status_code == 403
    assert version.archived_sources.count() == 0


@pytest.mark.django_db
def test_an_unknown_version_has_no_sources(client):
    assert client.get("/api/workflows/nothing/1/archived/").status_code == 404


@pytest.mark.django_db
def test_the_command_tells_and_lists():
    version, said = VersionFactory(), StringIO()
    call_command("archived", version.workflow.slug, "1", REVISION, stdout=StringIO())
    call_command("archived", version.workflow.slug, stdout=said)

    assert said.getvalue() == f"{REVISION}\n"
    with pytest.raises(CommandError, match="A SWHID is swh:1:"):
        call_command("archived", version.workflow.slug, "1", "swh:1:x")
