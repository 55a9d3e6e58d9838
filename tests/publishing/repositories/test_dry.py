"""A dry run: every request is told, none is sent, and no token is needed."""

import hashlib

import pytest

from lib import store
from publishing.adapters.repositories.factory import open_at
from publishing.domain.record import Contributor, Record
from publishing.domain.remote import Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind

ZENODO = RepositorySettings(
    "zenodo", Kind.INVENIORDM, "https://zenodo.org", production=True, prefix="10.5281",
    token_env="NO_SUCH_TOKEN",  # noqa: S106 -- the name of a variable
)  # fmt: skip
KEY = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
PAGE = "https://reprise.example.org/releases/abc"
RECORD = Record("Half of an energy", contributors=(Contributor("Vera", "Rubin"),), licence="MIT")


@pytest.fixture
def planned():
    return []


@pytest.fixture
def there(planned):
    return open_at(ZENODO, planned=planned.append)


def test_a_whole_deposit_is_told(there, planned) -> None:
    file = WantedFile("c.zip", 3, hashlib.md5(b"abc").hexdigest(), store.put(b"abc"))  # noqa: S324 -- as there
    metadata = there.metadata(RECORD, key=KEY, page=PAGE, published="2026-03-01")
    there.check()
    draft = there.reserve(there.create(metadata))
    draft = there.upload(draft, file)
    done = there.publish(draft)
    seen = there.look(done.id)
    there.submit(seen, "astronomy")

    assert there.find(KEY).stage is Stage.ABSENT
    assert there.resolves(seen.doi)
    assert draft.file("c.zip").md5 == file.md5
    assert (seen.stage, seen.doi, seen.key) == (Stage.PUBLISHED, "10.5281/dry-run", KEY)
    assert [f"{item.method} {item.url}" for item in planned if item.method != "GET"] == [
        "POST https://zenodo.org/api/records",
        "POST https://zenodo.org/api/records/dry-run/draft/pids/doi",
        "POST https://zenodo.org/api/records/dry-run/draft/files",
        "PUT https://zenodo.org/api/records/dry-run/draft/files/c.zip/content",
        "POST https://zenodo.org/api/records/dry-run/draft/files/c.zip/commit",
        "POST https://zenodo.org/api/records/dry-run/draft/actions/publish",
        "POST https://zenodo.org/api/records/dry-run/communities",
        "HEAD https://doi.org/10.5281/dry-run",
    ]


def test_a_request_is_printed_without_its_token(there, planned) -> None:
    there.create({"metadata": {"title": "Half"}})
    assert str(planned[0]) == (
        "POST https://zenodo.org/api/records\n"
        "Authorization: Bearer ***\n"
        "Accept: application/vnd.inveniordm.v1+json, application/json;q=0.9\n"
        "Content-Type: application/json\n"
        "Content-Length: 31\n"
        "{\n"
        '  "metadata": {\n'
        '    "title": "Half"\n'
        "  }\n"
        "}"
    )


def test_a_next_version_and_taking_it_back(there, planned) -> None:
    before = there.look("12345")
    draft = there.describe(there.new_version(before.id), {"metadata": {"title": "Half"}})
    again = there.look(draft.id)
    there.abandon(there.look(there.describe(again, keyed()).id))
    assert (before.stage, draft.stage, again.metadata) == (
        Stage.PUBLISHED,
        Stage.DRAFT,
        {"title": "Half"},
    )
    assert there.look(draft.id).stage is Stage.ABSENT


def keyed():
    return {"metadata": {"identifiers": [{"scheme": "urn", "identifier": KEY}]}}
