"""The fake InvenioRDM has the manners measured on the real one: a test a row of the table."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.publishing.repositories.fake_inveniordm import OTHER_TOKEN, TOKEN
from tests.publishing.repositories.fake_records import RDM_JSON
from tests.publishing.repositories.fake_words import orcid_fits
from tests.publishing.repositories.faults import Fault, Kind

ABOUT = {
    "resource_type": {"id": "dataset"},
    "title": "Half of an energy",
    "publication_date": "2026-11-21",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Rubin"}}],
}
MISSING = ["Missing data for required field."]
KEY = "urn:uuid:8b9f6a3c-0000-4000-8000-000000000001"


class Client:
    """As little of a client as the tests need: it trusts what it is told."""

    def __init__(self, server, token=TOKEN):
        self.server, self.http = server, requests.Session()
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.http.trust_env = False

    def __call__(self, method, path, **more):
        url = path if path.startswith("http") else f"{self.server.url}/api{path}"
        return self.http.request(method, url, allow_redirects=False, timeout=10, **more)

    def create(self, **metadata):
        return self("POST", "/records", json={"metadata": ABOUT | metadata})

    def draft(self, **metadata):
        return self.create(**metadata).json()["id"]

    def put_file(self, name, key="a.zip", data=b"bytes"):
        self("POST", f"/records/{name}/draft/files", json=[{"key": key}])
        self("PUT", f"/records/{name}/draft/files/{key}/content", data=data)
        return self("POST", f"/records/{name}/draft/files/{key}/commit")

    def publish(self, name):
        return self("POST", f"/records/{name}/draft/actions/publish")

    def published(self, **files):
        name = self.draft()
        for key, data in (files or {"a": b"bytes"}).items():
            self.put_file(name, key, data)
        assert self.publish(name).status_code == 202
        return name

    def keys(self, name):
        entries = self("GET", f"/records/{name}/draft/files").json()["entries"]
        return {item["key"]: item["status"] for item in entries}


@pytest.fixture
def client(server):
    return Client(server)


def told(answer):
    """Status, message and errors of a refusal."""
    body = answer.json()
    found = {item["field"]: item["messages"] for item in body.get("errors", [])}
    return answer.status_code, body["message"], found


# The twenty rows


@pytest.mark.parametrize("token", ["", "wrong"])
def test_row_1_no_token_or_a_bad_one_is_refused(server, token):
    answer = Client(server, token).create()
    assert told(answer) == (403, "Permission denied.", {})


def test_row_2_a_draft_without_a_title_is_made_and_its_errors_told(client):
    answer = client.create(title="")
    assert answer.status_code == 201
    assert answer.json()["errors"] == [{"field": "metadata.title", "messages": MISSING}]


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("rights", [{"id": "CC-BY-4.0"}], "CC-BY-4.0"),
        ("resource_type", {"id": "figure"}, "figure"),
        ("creators", [{"affiliations": [{"id": "https://ror.org/01swzsf04"}]}],
         "https://ror.org/01swzsf04"),
        ("related_identifiers", [{"relation_type": {"id": "IsSupplementTo"}}], "IsSupplementTo"),
    ],
)  # fmt: skip
def test_row_3_an_unknown_word_is_refused_and_no_draft_is_made(client, name, value, word):
    answer = client.create(**{name: value})
    assert told(answer) == (400, f"Invalid value {word}.", {})
    assert client.server.fake.rows == {}


def test_row_4_what_is_no_json_is_refused(client):
    answer = client("POST", "/records", data="{", headers={"Content-Type": "application/json"})
    assert told(answer) == (400, "Unable to decode JSON data in request body.", {})


def test_row_5_a_doi_is_reserved_once(client):
    name = client.draft()
    first = client("POST", f"/records/{name}/draft/pids/doi")
    again = client("POST", f"/records/{name}/draft/pids/doi")
    doi = {"identifier": f"10.5281/zenodo.{name}", "provider": "datacite", "client": "datacite"}
    assert (first.status_code, first.json()["pids"]) == (201, {"doi": doi})
    assert told(again) == (
        400,
        "A validation error occurred.",
        {"pids.doi": ["A PID already exists for type doi"]},
    )


def test_row_6_an_update_without_pids_drops_the_reservation(client):
    name = client.draft()
    client("POST", f"/records/{name}/draft/pids/doi")
    answer = client("PUT", f"/records/{name}/draft", json={"metadata": ABOUT})
    assert (answer.status_code, answer.json()["pids"]) == (200, {})
    assert client.server.fake.dropped == [f"10.5281/zenodo.{name}"]


def test_row_7_a_file_is_begun_once(client):
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip"}])
    again = client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip"}])
    assert told(again) == (400, "File with key a.zip already exists.", {})


def test_row_8_a_commit_without_content_fails_badly(client):
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip"}])
    answer = client("POST", f"/records/{name}/draft/files/a.zip/commit")
    assert answer.status_code == 500


def test_row_9_content_sent_twice_before_the_commit_is_replaced(client):
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip"}])
    client("PUT", f"/records/{name}/draft/files/a.zip/content", data=b"first")
    client("PUT", f"/records/{name}/draft/files/a.zip/content", data=b"second!")
    answer = client("POST", f"/records/{name}/draft/files/a.zip/commit").json()
    md5 = hashlib.md5(b"second!").hexdigest()  # noqa: S324 -- the repository's own checksum
    assert (answer["status"], answer["size"]) == ("completed", 7)
    assert answer["checksum"] == f"md5:{md5}"


def test_row_9_a_commit_may_be_repeated(client):
    name = client.draft()
    first = client.put_file(name)
    again = client("POST", f"/records/{name}/draft/files/a.zip/commit")
    assert (again.status_code, again.json()) == (200, first.json())


def test_row_10_content_sent_after_the_commit_destroys_the_file(client):
    name = client.draft()
    client.put_file(name)
    answer = client("PUT", f"/records/{name}/draft/files/a.zip/content", data=b"bytes")
    gone = client("GET", f"/records/{name}/draft/files/a.zip")
    assert answer.status_code == 200
    assert answer.json()["errors"] == ["File upload transfer failed."]
    assert (gone.status_code, client.keys(name)) == (404, {})
    assert client.server.fake.destroyed == [f"{name}/a.zip"]


def test_row_11_a_wrong_checksum_at_the_beginning_is_not_noticed(client):
    name = client.draft()
    sent = {"key": "a.zip", "size": 1, "checksum": "md5:0"}
    client("POST", f"/records/{name}/draft/files", json=[sent])
    client("PUT", f"/records/{name}/draft/files/a.zip/content", data=b"bytes")
    answer = client("POST", f"/records/{name}/draft/files/a.zip/commit")
    assert (answer.status_code, answer.json()["size"]) == (200, 5)


def test_row_12_over_the_quota_the_file_stays_begun_and_blocks_publishing(client):
    client.server.fake.quota = 4
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip"}])
    answer = client("PUT", f"/records/{name}/draft/files/a.zip/content", data=b"bytes")
    assert told(answer) == (400, "Bucket quota exceeded.", {})
    assert client.keys(name) == {"a.zip": "pending"}
    assert list(told(client.publish(name))[2]) == ["files"]
    assert client("DELETE", f"/records/{name}/draft/files/a.zip").status_code == 204


def test_row_13_nothing_is_published_without_a_file(client):
    assert list(told(client.publish(client.draft()))[2]) == ["files.enabled"]


def test_row_14_publishing_twice_is_a_404_and_the_record_says_it_is_public(client):
    name = client.published()
    again = client.publish(name)
    record = client("GET", f"/records/{name}", headers={"Accept": RDM_JSON})
    assert (again.status_code, record.status_code) == (404, 200)
    assert record.json()["is_published"] is True
    assert client.server.fake.published == [f"10.5281/zenodo.{name}"]


def test_row_15_there_is_no_draft_after_publishing(client):
    assert client("GET", f"/records/{client.published()}/draft").status_code == 404


def test_row_16_files_of_a_record_are_locked(client):
    name = client.published()
    client("POST", f"/records/{name}/draft")
    changed = client("DELETE", f"/records/{name}/draft/files/a")
    begun = client("POST", f"/records/{name}/draft/files", json=[{"key": "b"}])
    filled = client("PUT", f"/records/{name}/draft/files/b/content", data=b"bytes")
    locked = (403, "Bucket is locked for modifications.", {})
    assert (told(changed), begun.status_code, told(filled)) == (locked, 201, locked)
    assert client("DELETE", f"/records/{name}/draft").status_code == 204
    assert list(client.server.fake.rows[name].files) == ["a"]


def test_row_17_a_new_version_asked_twice_is_one_draft(client):
    name = client.published()
    first = client("POST", f"/records/{name}/versions")
    again = client("POST", f"/records/{name}/versions")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"] != name
    assert (first.json()["files"]["count"], first.json()["pids"]) == (0, {})


def test_row_18_an_external_doi_is_refused_at_its_second_publishing(client):
    pids = {"doi": {"identifier": "10.9999/ours", "provider": "external"}}
    made = [client("POST", "/records", json={"metadata": ABOUT, "pids": pids}) for _ in range(2)]
    for answer in made:
        client.put_file(answer.json()["id"])
    first, second = (client.publish(answer.json()["id"]) for answer in made)
    assert [answer.status_code for answer in (*made, first, second)] == [201, 201, 202, 400]
    assert told(second)[2] == {"pids.doi": ["doi:10.9999/ours already exists."]}


def test_row_19_an_update_of_something_older_is_refused(client):
    draft = client.create()
    name, tag = draft.json()["id"], draft.headers["ETag"].strip('"')
    sent = {"json": {"metadata": ABOUT}, "headers": {"If-Match": tag}}
    first = client("PUT", f"/records/{name}/draft", **sent)
    stale = client("PUT", f"/records/{name}/draft", **sent)
    assert (first.status_code, stale.status_code) == (200, 412)
    assert str(draft.json()["revision_id"]) == tag


def test_an_etag_with_its_quotes_is_not_understood(client):
    draft = client.create()
    sent = {"json": {"metadata": ABOUT}, "headers": {"If-Match": draft.headers["ETag"]}}
    assert client("PUT", f"/records/{draft.json()['id']}/draft", **sent).status_code == 400


def test_row_20_the_search_lags_behind(client):
    client.server.fake.index.lag = 5.0
    name = client.draft(identifiers=[{"scheme": "urn", "identifier": KEY}])
    found = [found_by(client, f'"{KEY}"')]
    client.server.clock.ahead += 6
    found.append(found_by(client, f'"{KEY}"'))
    assert found == [[], [name]]


# The calls


def found_by(client, query):
    answer = client("GET", "/user/records", params={"q": query})
    return [item["id"] for item in answer.json()["hits"]["hits"]]


def test_a_search_of_loose_words_finds_the_drafts_of_other_releases_too(client):
    mine = client.draft(identifiers=[{"scheme": "urn", "identifier": KEY}])
    other = client.draft(identifiers=[{"scheme": "urn", "identifier": KEY[:-1] + "2"}])
    assert found_by(client, KEY) == [other, mine]
    assert found_by(client, f'metadata.identifiers.identifier:"{KEY}"') == [mine]
    assert found_by(client, f"is_draft:true AND id:{other}") == [other]


def test_the_drafts_of_somebody_else_are_not_ours(client):
    name = Client(client.server, OTHER_TOKEN).draft()
    assert client("GET", f"/records/{name}/draft").status_code == 403
    assert found_by(client, f"id:{name}") == []


def test_a_record_has_its_own_doi_and_that_of_its_concept(client):
    name = client.published()
    record = client("GET", f"/records/{name}", headers={"Accept": RDM_JSON}).json()
    parent = record["parent"]
    assert record["pids"]["doi"]["identifier"] == f"10.5281/zenodo.{name}"
    assert parent["pids"]["doi"]["identifier"] == f"10.5281/zenodo.{parent['id']}"
    assert (record["versions"]["index"], record["versions"]["is_latest"]) == (1, True)
    assert record["status"] == "published"


def test_plain_json_is_of_the_older_shape(client):
    record = client("GET", f"/records/{client.published()}", headers={"Accept": "application/json"})
    assert (record.json()["submitted"], "pids" in record.json()) == (True, False)


def test_an_unknown_format_is_not_acceptable(client):
    name = client.published()
    answer = client("GET", f"/records/{name}", headers={"Accept": "text/turtle"})
    assert answer.status_code == 406


def test_a_new_version_keeps_the_concept_and_takes_files_over(client):
    name = client.published(a=b"same", b="über".encode())
    draft = client("POST", f"/records/{name}/versions").json()
    taken = client("POST", f"/records/{draft['id']}/draft/actions/files-import")
    again = client("POST", f"/records/{draft['id']}/draft/actions/files-import")
    assert (taken.status_code, told(again)[2]) == (
        201,
        {"files.enabled": ["Please remove all files first."]},
    )
    client("DELETE", f"/records/{draft['id']}/draft/files/b")
    client.put_file(draft["id"], "b", b"new")
    record = client.publish(draft["id"]).json()
    assert record["parent"]["pids"]["doi"]["identifier"] == f"10.5281/zenodo.{int(name) - 1}"
    assert record["versions"]["index"] == 2
    old = client("GET", f"/records/{name}/files/b/content").content.decode()
    assert (old, client("GET", f"/records/{draft['id']}/files/a/content").content) == (
        "über",
        b"same",
    )


def test_the_server_dates_a_new_version_by_itself(client):
    name = client.draft(publication_date="2020-01-01", version="1")
    client.put_file(name)
    client.publish(name)
    metadata = client("POST", f"/records/{name}/versions").json()["metadata"]
    assert metadata["publication_date"] == client.server.fake.today().date().isoformat()
    assert "version" not in metadata


def test_concept_and_latest_lead_to_the_newest_version(client):
    name = client.published()
    concept = client("GET", f"/records/{int(name) - 1}")
    latest = client("GET", f"/records/{name}/versions/latest")
    assert (concept.status_code, concept.headers["Location"]) == (302, f"/api/records/{name}")
    assert (latest.status_code, latest.headers["Location"]) == (
        301,
        f"{client.server.url}/api/records/{name}",
    )


def test_metadata_of_a_record_are_changed_and_its_doi_is_not(client):
    name = client.published()
    client("POST", f"/records/{name}/draft")
    client("PUT", f"/records/{name}/draft", json={"metadata": ABOUT | {"title": "Another title"}})
    record = client.publish(name).json()
    assert record["metadata"]["title"] == "Another title"
    assert client.server.fake.published == [record["pids"]["doi"]["identifier"]]


def test_a_draft_is_discarded_once(client):
    name = client.draft()
    answers = [client("DELETE", f"/records/{name}/draft").status_code for _ in range(2)]
    assert answers == [204, 404]


def test_a_deleted_record_leaves_a_tombstone(client):
    name = client.published()
    client.server.fake.delete(name, "By its author.")
    answer = client("GET", f"/records/{name}")
    assert (answer.status_code, answer.json()["tombstone"]["note"]) == (410, "By its author.")


def test_an_embargo_in_the_past_is_told_by_its_field(client):
    embargo = {"active": True, "until": "2020-01-01", "reason": "Proprietary."}
    access = {"record": "public", "files": "restricted", "embargo": embargo}
    answer = client("POST", "/records", json={"metadata": ABOUT, "access": access})
    assert [item["field"] for item in answer.json()["errors"]] == ["access.embargo.until"]


@pytest.mark.parametrize(
    ("orcid", "fits"), [("0000-0002-1825-0097", True), ("0000-0002-1825-0098", False)]
)
def test_the_last_digit_of_an_orcid_is_checked(client, orcid, fits):
    person = {"type": "personal", "family_name": "Rubin"}
    person["identifiers"] = [{"scheme": "orcid", "identifier": orcid}]
    answer = client.create(creators=[{"person_or_org": person}])
    assert orcid_fits(orcid) is fits
    assert ("errors" in answer.json()) is not fits


def test_more_than_a_hundred_files_are_refused(client):
    keys = [{"key": str(number)} for number in range(101)]
    answer = client("POST", f"/records/{client.draft()}/draft/files", json=keys)
    assert answer.status_code == 400


def test_a_community_is_asked_once(client):
    name = client.published()
    sent = {"communities": [{"id": "astronomy"}]}
    first = client("POST", f"/records/{name}/communities", json=sent)
    again = client("POST", f"/records/{name}/communities", json=sent)
    waiting = client("GET", f"/records/{name}/requests").json()["hits"]["total"]
    assert (first.status_code, again.status_code, waiting) == (200, 400, 1)


def test_a_doi_resolves_some_time_after_it_was_published(client):
    client.server.fake.resolver.delay = 7200
    doi = f"{client.server.resolver_url}/10.5281/zenodo.{client.published()}"
    before = client("GET", doi).status_code
    client.server.clock.ahead += 7201
    after = client("GET", doi)
    assert (before, after.status_code) == (404, 302)
    assert after.headers["Location"].startswith(f"{client.server.url}/records/")


def test_in_an_outage_a_doi_is_never_registered(client):
    client.server.fake.resolver.is_out = True
    doi = f"{client.server.resolver_url}/10.5281/zenodo.{client.published()}"
    client.server.clock.ahead += 1e6
    assert client("GET", doi).status_code == 404


def test_too_many_requests_are_told_to_wait(client):
    client.server.fake.per_minute = 2
    answers = [client.create() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[0].headers["x-ratelimit-remaining"] == "1"
    assert answers[2].headers["retry-after"] == "60"


def test_two_workers_at_once_get_one_draft_of_the_next_version(client):
    name = client.published()
    ask = lambda _number: Client(client.server)("POST", f"/records/{name}/versions").json()["id"]  # noqa: E731 -- said once
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_record_says_whether_there_is_a_draft_of_its_next_version(client):
    name = client.published()
    draft = client("POST", f"/records/{name}/versions").json()["id"]
    during = client("GET", f"/records/{name}", headers={"Accept": RDM_JSON}).json()["versions"]
    client("DELETE", f"/records/{draft}/draft")
    after = client("GET", f"/records/{name}", headers={"Accept": RDM_JSON}).json()["versions"]
    assert (during["is_latest_draft"], after["is_latest_draft"]) == (False, True)


def test_a_size_that_was_told_is_shown_of_a_file_that_never_came(client):
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a.zip", "size": 5}])
    shown = client("GET", f"/records/{name}/draft/files/a.zip").json()
    assert (shown["size"], shown["status"], "checksum" in shown) == (5, "pending", False)


def test_an_unknown_field_is_told(client):
    answer = client.create(foo=1).json()
    assert answer["errors"] == [{"field": "metadata.foo", "messages": ["Unknown field."]}]


# Faults


@pytest.mark.parametrize(
    ("kind", "drafts"),
    [(Kind.BEFORE, 0), (Kind.AFTER, 1), (Kind.CUT_ANSWER, 1)],
)
def test_a_cut_connection_says_nothing_of_what_was_done(client, kind, drafts):
    client.server.plan.set(Fault(kind, at=1))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.create()
    assert len(client.server.fake.rows) == drafts
    assert client.create().status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "drafts"),
    [
        (Kind.DONE_504, 504, 1),
        (Kind.UNDONE_504, 504, 0),
        (Kind.HTML_500, 500, 0),
        (Kind.HTML_502, 502, 0),
        (Kind.DONE_500, 500, 1),
    ],
)
def test_a_gateway_answers_with_a_page(client, kind, status, drafts):
    client.server.plan.set(Fault(kind, at=1))
    answer = client.create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    assert len(client.server.fake.rows) == drafts


def test_a_late_server_goes_on_after_its_gateway_gave_up(client):
    client.server.plan.set(Fault(Kind.LATE_504, at=1))
    client.create()
    before = len(client.server.fake.rows)
    client.server.clock.ahead += 61
    client("GET", "/user/records")
    assert (before, len(client.server.fake.rows)) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "kept"),
    [(Kind.HALF_BODY, b"12345"), (Kind.TRUNCATED, b"12345"), (Kind.ALTERED, b"123456789?")],
)
def test_an_upload_is_cut_or_altered(client, kind, kept):
    name = client.draft()
    client("POST", f"/records/{name}/draft/files", json=[{"key": "a"}])
    client.server.plan.set(Fault(kind))
    try:
        client("PUT", f"/records/{name}/draft/files/a/content", data=b"1234567890")
    except requests.ConnectionError:
        assert kind is Kind.HALF_BODY
    assert client.server.fake.rows[name].files["a"].data == kept


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        (Kind.WAIT_429, 429, "retry-after"),
        (Kind.RESET_429, 429, "x-ratelimit-reset"),
        (Kind.RETRY_AFTER_200, 201, "retry-after"),
    ],
)
def test_a_pause_is_asked_for_in_three_ways(client, kind, status, header):
    client.server.plan.set(Fault(kind, at=1))
    answer = client.create()
    assert (answer.status_code, header in answer.headers) == (status, True)
    assert ("retry-after" in answer.headers) is (kind is not Kind.RESET_429)


def test_a_fault_strikes_at_its_request_and_is_over(client):
    client.server.plan.set(Fault(Kind.HTML_500, at=2))
    assert [client.create().status_code for _ in range(3)] == [201, 500, 201]
    assert [item.fault for item in client.server.log] == ["", "500 with a page", ""]


def test_a_fault_may_strike_what_a_request_is(client):
    client.server.plan.set(Fault(Kind.DONE_504, where=r"/actions/publish$", times=2))
    name = client.draft()
    client.put_file(name)
    assert [client.publish(name).status_code for _ in range(3)] == [504, 504, 404]
