"""The InvenioRDM adapter against the fake on loopback: every verb, also when done twice."""

import hashlib
import logging
from dataclasses import replace

import pytest

from lib import store
from publishing.adapters.repositories.bodies import BYTES, Body
from publishing.adapters.repositories.factory import open_at
from publishing.adapters.repositories.http import HttpTransport
from publishing.adapters.repositories.inveniordm import InvenioRdm
from publishing.domain.inveniordm import publisher_at
from publishing.domain.inveniordm_answers import is_next_begun
from publishing.domain.record import Contributor, Record
from publishing.domain.remote import ABSENT, Remote, Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.errors import (
    ForeignDraftError,
    LostBytesError,
    MisconfiguredError,
    NotAnsweringError,
    RefusedError,
    TokenError,
)
from tests.publishing.repositories.fake_inveniordm import OTHER_TOKEN, TOKEN
from tests.publishing.repositories.fake_rows import File
from tests.publishing.repositories.faults import Fault
from tests.publishing.repositories.faults import Kind as Strike

KEY = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
OTHER_KEY = "urn:uuid:99999999-2fa1-11d2-883f-0016d3cca427"
PAGE = "https://reprise.example.org/releases/abc"
RECORD = Record(
    title="Half of an energy",
    description="Halves an energy.",
    contributors=(Contributor("Vera", "Rubin", "https://orcid.org/0000-0002-1825-0097"),),
    licence="CC-BY-4.0",
)


@pytest.fixture
def settings_there(server, tmp_path):
    """What the operator wrote of the fake."""
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    return RepositorySettings(
        "zenodo", Kind.INVENIORDM, server.url, production=True, token_file=str(token),
        prefix="10.5281", resolver=server.resolver_url,
    )  # fmt: skip


@pytest.fixture
def there(settings_there):
    """The repository."""
    return open_at(settings_there)


@pytest.fixture
def metadata(there):
    """The body of a draft that is accepted."""
    return there.metadata(RECORD, key=KEY, page=PAGE, published="2026-03-01", version="1")


def kept(name: str, data: bytes) -> WantedFile:
    sha256 = store.put(data)
    return WantedFile(name, len(data), hashlib.md5(data).hexdigest(), sha256)  # noqa: S324 -- as there


def published(there, metadata, *files: WantedFile) -> Remote:
    draft = there.reserve(there.create(metadata))
    for file in files or (kept("crate.zip", b"a crate"),):
        draft = there.upload(draft, file)
    return there.publish(draft)


def test_a_release_is_published_with_the_doi_that_was_reserved(server, there, metadata) -> None:
    there.check()
    draft = there.create(metadata)
    reserved = there.reserve(draft)
    uploaded = there.upload(reserved, kept("crate.zip", b"with the DOI inside"))
    done = there.publish(uploaded)

    assert draft.stage is Stage.DRAFT
    assert draft.faults is None
    assert draft.key == KEY
    assert reserved.doi == f"10.5281/zenodo.{draft.id}"
    assert uploaded.file("crate.zip").md5 == hashlib.md5(b"with the DOI inside").hexdigest()  # noqa: S324 -- as there
    seen = there.look(draft.id)
    assert (seen.stage, seen.doi, seen.key) == (Stage.PUBLISHED, reserved.doi, KEY)
    assert seen.concept_doi == done.concept_doi == f"10.5281/zenodo.{seen.parent}"
    assert seen.files == uploaded.files
    assert seen.metadata["publication_date"] == "2026-03-01"
    assert there.resolves(seen.doi)
    assert server.fake.published == [seen.doi]


def test_no_log_at_any_level_has_the_token(server, settings_there, metadata, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    there = open_at(settings_there, told=lambda *words: told.append(words))
    published(there, metadata)
    there.find(KEY)
    assert "/api/records" in caplog.text
    assert TOKEN not in caplog.text + str(told)
    assert [item.target for item in server.log if TOKEN in item.target] == []


def test_looking_at_what_is_not_there(there) -> None:
    assert there.look("123456") == ABSENT


def test_looking_at_what_was_deleted(server, there, metadata) -> None:
    done = published(there, metadata)
    server.fake.delete(done.id)
    assert there.look(done.id).stage is Stage.DELETED


def test_our_draft_is_found_by_its_key_once_the_search_has_it(server, there, metadata) -> None:
    server.fake.index.lag = 30
    draft = there.create(metadata)
    assert there.find(KEY) == ABSENT
    server.clock.ahead += 31
    assert there.find(KEY).id == draft.id
    assert there.find(OTHER_KEY) == ABSENT


def test_a_search_that_still_shows_a_deleted_draft_is_not_believed(server, there, metadata) -> None:
    draft = there.create(metadata)
    server.fake.index.lag = 30
    there.abandon(draft)
    assert there.find(KEY) == ABSENT


def test_invalid_metadata_are_told_by_our_fields_and_nothing_is_lost(there, metadata) -> None:
    del metadata["metadata"]["title"]
    draft = there.create(metadata)
    assert draft.stage is Stage.DRAFT
    assert draft.faults == {"title": "Missing data for required field."}


def test_the_person_meant_by_a_fault_is_named(there, metadata) -> None:
    person = metadata["metadata"]["creators"][0]["person_or_org"]
    person["identifiers"] = [{"scheme": "orcid", "identifier": "0000-0002-1825-0098"}]
    assert there.create(metadata).faults == {"people": "Vera Rubin: Invalid ORCID identifier."}


def test_an_unknown_word_is_looked_for_in_what_was_sent(server, there, metadata) -> None:
    metadata["metadata"]["rights"] = [{"id": "my-own"}]
    with pytest.raises(RefusedError) as caught:
        there.create(metadata)
    assert caught.value.errors == {"licence": "The repository does not know 'my-own'."}
    assert server.fake.rows == {}


def test_describing_keeps_the_reserved_doi(server, there, metadata) -> None:
    draft = there.reserve(there.create(metadata))
    metadata["metadata"]["title"] = "Another title"
    described = there.describe(replace(draft, doi="", raw={}), metadata)
    assert described.doi == draft.doi
    assert described.metadata["title"] == "Another title"
    assert server.fake.dropped == []


def test_a_draft_that_changed_meanwhile_is_read_again(server, there, metadata) -> None:
    draft = there.create(metadata)
    row = server.fake.rows[draft.id]
    once = iter([1])

    def changed(request):
        if request.method == "PUT" and next(once, None):
            row.draft.revision += 1
        return answer(request)

    answer, server.fake.answer = server.fake.answer, changed
    assert there.describe(draft, metadata).faults is None
    assert [item.status for item in server.log if item.method == "PUT"] == [412, 200]


def test_a_draft_that_changes_all_the_time_is_left_for_later(server, there, metadata) -> None:
    draft = there.create(metadata)
    server.fake.answer = before_each(
        server.fake, "PUT", lambda: setattr(row.draft, "revision", row.draft.revision + 1)
    )
    row = server.fake.rows[draft.id]
    with pytest.raises(NotAnsweringError) as caught:
        there.describe(draft, metadata)
    assert not caught.value.is_doubtful


def before_each(fake, method: str, act):
    """The answers of a fake, to which something happens before each request of a method."""
    answer = fake.answer

    def answered(request):
        if request.method == method:
            act()
        return answer(request)

    return answered


def test_reserving_twice_gives_the_same_doi(server, there, metadata) -> None:
    draft = there.create(metadata)
    first = there.reserve(draft)
    assert there.reserve(draft).doi == first.doi
    assert there.reserve(first).doi == first.doi


def test_a_doi_of_another_prefix_stops_before_anything_is_uploaded(server, there, metadata) -> None:
    server.fake.prefix = "10.5072"
    draft = there.create(metadata)
    with pytest.raises(MisconfiguredError, match=r"10\.5072/zenodo\.\d+.* prefix 10\.5281"):
        there.reserve(draft)


def test_a_doi_of_another_prefix_among_our_records_stops_before_any_write(
    server, there, metadata
) -> None:
    server.fake.prefix = "10.5072"
    published(open_at(replace(there._settings, prefix="10.5072")), metadata)
    server.forget()
    with pytest.raises(MisconfiguredError):
        there.check()
    assert server.writes() == []


def test_what_is_no_invenio_rdm_is_noticed(server, there, settings_there) -> None:
    elsewhere = open_at(replace(settings_there, url=f"{server.url}/elsewhere"))
    with pytest.raises(MisconfiguredError, match="is no InvenioRDM"):
        elsewhere.check()


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_accepted_is_told_so_and_not_tried_again(
    server, settings_there, status
) -> None:
    server.fake.bad_token = status
    server.fake.tokens = {OTHER_TOKEN: "somebody"}
    with pytest.raises(TokenError):
        open_at(settings_there).check()
    assert len(server.log) == 1


# Files


def test_a_file_that_is_there_is_not_sent_again(server, there, metadata) -> None:
    file = kept("crate.zip", b"bytes")
    draft = there.upload(there.create(metadata), file)
    server.forget()
    assert there.upload(draft, file).files == draft.files
    assert server.writes() == []


def test_a_file_with_other_bytes_is_deleted_first(server, there, metadata) -> None:
    draft = there.upload(there.create(metadata), kept("crate.zip", b"old"))
    server.forget()
    new = there.upload(draft, kept("crate.zip", b"new"))
    files = f"/api/records/{draft.id}/draft/files"
    assert new.file("crate.zip").md5 == hashlib.md5(b"new").hexdigest()  # noqa: S324 -- as there
    assert server.writes() == [
        f"DELETE {files}/crate.zip",
        f"POST {files}",
        f"PUT {files}/crate.zip/content",
        f"POST {files}/crate.zip/commit",
    ]
    assert server.fake.destroyed == []


@pytest.mark.parametrize("at", [2, 3, 4])
@pytest.mark.parametrize("kind", [Strike.BEFORE, Strike.AFTER, Strike.DONE_504, Strike.HTML_500])
def test_an_upload_that_broke_is_gone_on_with(server, there, metadata, at, kind) -> None:
    """Request 1 lists the files; 2 begins one, 3 sends it, 4 commits it."""
    draft, file = there.create(metadata), kept("crate.zip", b"bytes")
    server.plan.set(Fault(kind, at=at))
    with pytest.raises(NotAnsweringError) as caught:
        there.upload(draft, file)
    assert caught.value.is_doubtful
    assert there.upload(draft, file).file("crate.zip").md5 == file.md5
    assert server.fake.destroyed == []


def test_altered_bytes_are_told_as_they_are_there(server, there, metadata) -> None:
    draft, file = there.create(metadata), kept("crate.zip", b"bytes")
    server.plan.set(Fault(Strike.ALTERED, where="/content$"))
    altered = there.upload(draft, file)
    assert altered.file("crate.zip").md5 == hashlib.md5(b"byte?").hexdigest()  # noqa: S324 -- as there
    assert there.upload(altered, file).file("crate.zip").md5 == file.md5


def test_half_a_file_is_told_as_it_is_there(server, there, metadata) -> None:
    draft = there.create(metadata)
    server.plan.set(Fault(Strike.TRUNCATED, where="/content$"))
    assert there.upload(draft, kept("crate.zip", b"123456")).file("crate.zip").size == 3


@pytest.mark.parametrize("name", ["a b.zip", "100%.txt", "ü?#.txt"])
def test_names_of_files_are_spelled_safely(there, metadata, name) -> None:
    draft = there.upload(there.create(metadata), kept(name, b"x"))
    assert [item.name for item in there.look(draft.id).files] == [name]
    assert there.drop_file(draft, name).files == ()
    assert there.look(draft.id).files == ()


def test_an_empty_file_is_a_file(there, metadata) -> None:
    assert there.upload(there.create(metadata), kept("empty", b"")).file("empty").complete


def test_a_record_over_its_quota_is_the_persons_to_mend(server, there, metadata) -> None:
    server.fake.quota = 3
    draft = there.create(metadata)
    with pytest.raises(RefusedError) as caught:
        there.upload(draft, kept("crate.zip", b"12345"))
    assert list(caught.value.errors) == ["files"]


def test_bytes_that_the_store_lost_are_told_before_anything_is_sent(
    server, there, metadata
) -> None:
    draft = there.create(metadata)
    server.forget()
    with pytest.raises(LostBytesError):
        there.upload(draft, WantedFile("crate.zip", 5, "0" * 32, "f" * 64))
    assert server.writes() == []


def begun(server, draft: Remote) -> dict[str, File]:
    return server.fake.rows[draft.id].files


def test_a_file_that_was_begun_meanwhile_is_gone_on_with(server, there, metadata) -> None:
    draft = there.create(metadata)
    files = begun(server, draft)
    server.fake.answer = before_each(
        server.fake, "POST", lambda: files.setdefault("crate.zip", File("crate.zip"))
    )
    assert there.upload(draft, kept("crate.zip", b"ours")).file("crate.zip").complete


def test_a_file_that_was_completed_meanwhile_is_not_destroyed(server, there, metadata) -> None:
    draft = there.create(metadata)
    files, theirs = begun(server, draft), File("crate.zip", b"theirs", is_committed=True)
    server.fake.answer = before_each(
        server.fake, "POST", lambda: files.setdefault("crate.zip", theirs)
    )
    with pytest.raises(NotAnsweringError, match="completed meanwhile"):
        there.upload(draft, kept("crate.zip", b"ours"))
    assert files == {"crate.zip": theirs}


def test_a_success_that_says_it_failed_is_no_success(server, there, metadata) -> None:
    draft, file = there.create(metadata), kept("crate.zip", b"ours")
    files, plain = begun(server, draft), server.fake.answer
    server.fake.answer = before_each(
        server.fake, "PUT", lambda: setattr(files["crate.zip"], "is_committed", True)
    )
    with pytest.raises(NotAnsweringError, match="look again"):
        there.upload(draft, file)
    server.fake.answer = plain
    assert there.upload(draft, file).file("crate.zip").md5 == file.md5


# Versions


def test_a_new_version_takes_over_what_did_not_change(server, there, metadata) -> None:
    same, old, new = kept("same", b"same"), kept("crate", b"old"), kept("crate", b"new")
    first = published(there, metadata, same, old)
    server.forget()

    second = there.new_version(first.id)
    again = there.new_version(first.id)
    mine = there.metadata(RECORD, key=OTHER_KEY, page=PAGE, published="2026-04-01", version="2")
    draft = there.reserve(there.describe(second, mine))
    for file in (same, new):
        draft = there.upload(draft, file)
    done = there.publish(draft)

    assert (second.key, again.id) == (KEY, second.id)
    assert draft.metadata["publication_date"] == "2026-04-01"
    assert draft.key == OTHER_KEY
    assert done.concept_doi == first.concept_doi
    assert done.doi != first.doi
    assert {item.name: item.md5 for item in there.look(done.id).files} == {
        "same": same.md5,
        "crate": new.md5,
    }
    assert [item for item in server.writes() if item.endswith("same/content")] == []


def test_a_draft_that_somebody_has_open_is_seen_before_anything_is_written(there, metadata) -> None:
    first = published(there, metadata)
    before = is_next_begun(there.look(first.id))
    there.new_version(first.id)
    assert (before, is_next_begun(there.look(first.id))) == (False, True)


# Publishing, and taking back


@pytest.mark.parametrize("kind", [Strike.DONE_504, Strike.AFTER, Strike.CUT_ANSWER])
def test_publishing_without_an_answer_is_seen_when_looking(server, there, metadata, kind) -> None:
    draft = there.upload(there.create(metadata), kept("crate.zip", b"bytes"))
    server.plan.set(Fault(kind, where="actions/publish"))
    with pytest.raises(NotAnsweringError) as caught:
        there.publish(draft)
    assert caught.value.is_doubtful
    assert there.look(draft.id).stage is Stage.PUBLISHED
    assert there.publish(draft).stage is Stage.PUBLISHED
    assert len(server.fake.published) == 1


def test_publishing_without_files_is_refused_by_field(there, metadata) -> None:
    with pytest.raises(RefusedError) as caught:
        there.publish(there.create(metadata))
    assert list(caught.value.errors) == ["files"]


def test_publishing_what_is_gone(there, metadata) -> None:
    draft = there.create(metadata)
    there.abandon(draft)
    with pytest.raises(NotAnsweringError, match="has no draft"):
        there.publish(draft)


def test_files_of_a_published_record_are_locked_which_is_no_matter_of_the_token(
    there, metadata
) -> None:
    done = published(there, metadata)
    there._transport.send("POST", f"/api/records/{done.id}/draft")  # somebody edits it
    with pytest.raises(RefusedError) as caught:
        there.drop_file(done, "crate.zip")
    assert list(caught.value.errors) == ["files"]


def test_abandoning_deletes_our_draft_and_may_be_done_twice(server, there, metadata) -> None:
    draft = there.create(metadata)
    there.abandon(draft)
    there.abandon(draft)
    assert server.fake.rows == {}


def test_a_draft_with_another_key_is_not_deleted(server, there, metadata) -> None:
    foreign = there.create(metadata)
    with pytest.raises(ForeignDraftError):
        there.abandon(replace(foreign, key=OTHER_KEY))
    with pytest.raises(ForeignDraftError):
        there.abandon(replace(foreign, key=""))
    assert [row.id for row in server.fake.drafts()] == [foreign.id]


def test_a_published_record_is_never_deleted(server, there, metadata) -> None:
    done = published(there, metadata)
    server.forget()
    there.abandon(done)
    assert server.writes() == []


def test_offering_to_a_community_twice_is_offering_once(server, there, metadata) -> None:
    done = published(there, metadata)
    there.submit(done, "astronomy")
    there.submit(done, "astronomy")
    assert [row.parent.waiting for row in server.fake.records()] == [["astronomy"]]


def test_an_unknown_community_is_told_by_field(there, metadata) -> None:
    done = published(there, metadata)
    with pytest.raises(RefusedError) as caught:
        there.submit(done, "astrology")
    assert caught.value.errors == {"communities": "Community not found."}


def test_a_doi_that_is_not_registered_yet_leads_nowhere(there) -> None:
    assert not there.resolves("10.5281/zenodo.404")


def test_the_token_is_not_sent_to_the_resolver(server, there, settings_there) -> None:
    """The resolver of this test is the fake itself, on another path."""
    asked, answer = [], server.fake.answer
    server.fake.answer = lambda request: asked.append(request.headers) or answer(request)
    with_page = replace(settings_there, resolver=f"{server.url}/api/records")
    assert not open_at(with_page).resolves("10.5281/zenodo.1")
    assert [headers.get("authorization") for headers in asked] == [None]


def test_the_older_shape_of_records_is_not_taken_for_a_record_without_a_key(
    server, there, settings_there, metadata
) -> None:
    """Zenodo answers so where plain JSON is asked for."""
    done = published(there, metadata)
    plain = InvenioRdm(settings_there, HttpTransport(settings_there))
    with pytest.raises(MisconfiguredError, match="does not tell of records as InvenioRDM does"):
        plain.look(done.id)


def test_a_link_to_another_host_is_not_followed(server, there, metadata) -> None:
    draft = there.upload(there.create(metadata), kept("crate.zip", b"bytes"))
    lured = replace(draft, raw={"links": {"publish": "https://evil.example.org/publish"}})
    with pytest.raises(MisconfiguredError):
        there.publish(lured)
    assert server.fake.published == []


def test_bytes_are_drawn_as_they_are_sent(server, there) -> None:
    """Of a gigabyte, whoever hangs up at once has drawn what fits into the connection."""
    drawn, piece = [], bytes(1024 * 1024)

    def chunks():
        for number in range(1024):
            drawn.append(number)
            yield piece

    server.plan.set(Fault(Strike.BEFORE))
    with pytest.raises(NotAnsweringError):
        there._transport.send("PUT", "/api/x", Body(BYTES, 1024 * len(piece), chunks))
    assert len(drawn) < 100


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.zenodo.org", "Zenodo"),
        ("https://sandbox.zenodo.org", "Zenodo"),
        ("https://data.example.org/rdm", "data.example.org"),
    ],
)
def test_the_publisher_is_the_repository(url, name) -> None:
    assert publisher_at(url) == name
