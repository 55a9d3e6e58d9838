"""Strangers at the doors of publishing: what they send is refused in words, and changes nothing."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client

from executor.actions.accounts import Share, close_account, open_account
from publishing.actions import draft_release, freeze_release, release_run
from publishing.domain.identifiers import is_spelled, scheme_of
from publishing.models import ArchivedSource, Deposit, Release
from tests.publishing.factories import RunFactory

pytestmark = pytest.mark.django_db
SWHID = "swh:1:rev:" + "a" * 40
ARABIC = "\N{ARABIC-INDIC DIGIT ONE}"
SECRET = "Nobody shall read this yet"
DOORS = [
    ("get", "/api/releases/{}/draft/", 403), ("patch", "/api/releases/{}/draft/", 403),
    ("delete", "/api/releases/{}/draft/", 403), ("get", "/api/releases/{}/checklist/", 403),
    ("post", "/api/releases/{}/freeze/", 403), ("post", "/api/releases/{}/versions/", 403),
    ("post", "/api/releases/{}/withdraw/", 403), ("post", "/api/releases/{}/deposits/", 403),
    ("get", "/api/releases/{}/deposits/", 200), ("get", "/api/releases/{}/", 404),
    ("get", "/api/releases/{}/crate/", 404), ("get", "/releases/{}", 404),
    ("get", "/releases/{}/edit", 403), ("get", "/releases/{}/metadata", 404),
    ("get", "/releases/{}/citation", 404), ("get", "/releases/{}/linkset", 404),
    ("get", "/releases/{}/linkset.txt", 404), ("get", "/releases/concept/{}", 404),
    ("get", "/doi/10.5072/reprise.{}", 404), ("get", "/api/doi/10.5072/reprise.{}", 404),
    ("get", "/releases/", 200), ("get", "/api/releases/", 200), ("get", "/deposits/", 200),
    ("get", "/api/deposits/", 200),
]  # fmt: skip
BODY = {"title": "Mine now", "reason": "Because.", "repository": "shelf"}


def sent(client: Client, method: str, path: str, body: object = None, **headers: str):
    """One request with JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.generic(method.upper(), path, data, "application/json", headers=headers)


def drafted(client: Client, **content: object) -> str:
    """The id of a draft that a request made."""
    headers = content.pop("headers", {})
    body = {"runs": [RunFactory().address]} | content
    return sent(client, "post", "/api/releases/", body, **headers).json()["id"]


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail rather than hang: an expression that tries everything would take for ever."""

    def late(*_given: object) -> None:
        pytest.fail(f"not done after {seconds} seconds")

    usual = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)


@pytest.mark.parametrize("who", ["nobody", "bob"])
@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door[0]} {door[1]}")
def test_a_draft_of_another_is_neither_shown_nor_changed(client, settings, who, door):
    method, path, status = door
    settings.REGISTRATION, settings.LOOPBACK = "closed", False
    alice, bob = (open_account(name, Share()).token for name in ("alice", "bob"))
    pk = drafted(client, title=SECRET, headers={"Authorization": f"Bearer {alice}"})
    headers = {"Authorization": f"Bearer {bob}"} if who == "bob" else {}

    answer = sent(client, method, path.format(pk), BODY, **headers)

    release = Release.objects.get(pk=pk)
    assert (answer.status_code, SECRET in answer.content.decode()) == (status, False)
    assert (release.title, release.frozen_at, Deposit.objects.count()) == (SECRET, None, 0)


@pytest.mark.parametrize("path", ["/api/releases/{}/deposits/", "/releases/{}/deposits"])
def test_nobody_publishes_what_another_froze(client, settings, path):
    """The shelf is no way round the owner: it freezes, packs and publishes at once."""
    settings.REGISTRATION = "closed"
    release = draft_release([RunFactory()])
    Release.objects.update(owner="account:alice")
    freeze_release(release)

    form = {"repository": "shelf"}
    answer = client.post(path.format(release.pk), form)

    assert (answer.status_code, Deposit.objects.count()) == (403, 0)


def test_a_run_by_itself_anybody_brings_to_the_shelf_again(client, settings):
    settings.REGISTRATION = "closed"
    release = release_run(RunFactory()).release

    answer = sent(client, "post", f"/api/releases/{release.pk}/deposits/", {"repository": "shelf"})

    assert (answer.status_code, answer.json()["state"]) == (202, "published")


@pytest.mark.parametrize(
    "end",
    [lambda: close_account("alice"), lambda: open_account("alice", Share(), new_token=True)],
    ids=["closed", "new token"],
)
def test_a_browser_is_forgotten_with_the_token_it_sent(client, end):
    token = open_account("alice", Share()).token
    pk = drafted(client, headers={"Authorization": f"Bearer {token}"})
    entered = client.post(f"/releases/{pk}/edit", {"token": token, "do": "enter"})
    known = client.get(f"/releases/{pk}/edit")

    end()

    later = client.get(f"/releases/{pk}/edit")
    assert [item.status_code for item in (entered, known, later)] == [200, 200, 403]


def test_no_field_of_the_table_is_changed_by_its_name(client):
    pk = drafted(client)
    before = Release.objects.values().get(pk=pk)
    names = {"owner": "account:me", "number": 7, "concept": "x", "frozen_at": "2020-01-01",
             "shown_json": [], "sole_run": 1, "made_from": "figure", "id": "mine"}  # fmt: skip

    answer = sent(client, "patch", f"/api/releases/{pk}/draft/", names)

    assert (answer.status_code, set(answer.json()["errors"])) == (422, set(names))
    assert Release.objects.values().get(pk=pk) == before


@pytest.mark.parametrize(
    "body",
    [
        b"null", b"[]", b'"x"', b"{", b"[" * 100_000, b'{"a":' * 5_000, b"\xff\xfe", b"\x00",
        b'{"title": NaN}', b'{"title": 1e999}', b'{"title": "\\ud800"}', b'{"title": {"b": 1}}',
        b'{"title": ' + b"9" * 1_000_000 + b"}", b'{"title": "' + b"x" * 1_100_000 + b'"}',
        b'{"\\ud800": "\\ud800"}', b'{"people": [1, null, {"given": 1}, {"roles": [{}]}]}',
        b'{"keywords": [1, null, {}]}', b'{"related": [{"identifier": null, "scheme": []}]}',
        b'{"related": [{"identifier": "javascript:alert(1)", "scheme": "url"}]}',
        b'{"embargo": []}', b'{"embargo": "\\ud800"}', b'{"communities": {"a": {"b": 1}}}',
        b'{"options": {"ro_crate": []}}', b'{"licences": []}', b'{"licence": "MIT OR (MIT"}',
        b'{"licence": "__import__(\'os\')"}', b'{"runs": [[]]}', b'{"language": "\\u202e"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_what_cannot_be_read_changes_nothing(client, body):
    pk = drafted(client)
    before = Release.objects.values().get(pk=pk)

    answer = sent(client, "patch", f"/api/releases/{pk}/draft/", body)

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert Release.objects.values().get(pk=pk) == before


@pytest.mark.parametrize("named", [["x"], {"x": 1}, 1.5, True])
def test_a_production_of_no_workflow_at_all_is_told(client, named):
    production = {"runs": [RunFactory().address], "workflow": named, "version": 1}

    answer = sent(client, "post", "/api/releases/", {"production": production})

    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"production"})


@pytest.mark.parametrize("end", ["é", " ", ";", ""])
def test_an_identifier_with_many_qualifiers_is_read_at_once(end):
    """Where qualifiers could be split in many ways, all of them would be tried: 2 to the 60."""
    with within(10):
        assert is_spelled("swhid", SWHID + ";a=a" * 60 + end) is (end == "")
        assert scheme_of(SWHID + ";origin=https://a.b/c;path=/d" + end) == ("" if end else "swhid")


@pytest.mark.parametrize(
    ("scheme", "identifier"),
    [("doi", f"10.{ARABIC * 4}/x"), ("arxiv", f"{ARABIC * 4}.12895"), ("doi", "10.1234/é")],
)
def test_digits_of_other_scripts_make_no_identifier(scheme, identifier):
    assert (is_spelled(scheme, identifier), scheme_of(identifier)) == (False, "")


def test_lines_of_a_swhid_are_told_in_our_digits(client):
    version = RunFactory().version
    path = f"/api/workflows/{version.workflow.slug}/1/archived/"

    answer = sent(client, "post", path, {"identifier": f"{SWHID};lines={ARABIC}"})

    assert (answer.status_code, ArchivedSource.objects.count()) == (422, 0)


def test_a_form_with_five_hundred_people_is_read(client):
    pk = drafted(client)
    people = {
        f"people.{at}.{name}": f"{name} {at}"
        for at in range(500)
        for name in ("given", "family", "affiliation")
    } | {f"people.{at}.{name}": "" for at in range(500) for name in ("orcid", "ror", "roles")}

    answer = client.post(f"/releases/{pk}/edit", {"do": "save", "title": "Many"} | people)

    assert answer.status_code == 302
    assert len(Release.objects.get(pk=pk).people) == 500


def test_more_fields_than_any_draft_has_are_refused(client):
    pk = drafted(client)

    answer = client.post(f"/releases/{pk}/edit", {f"people.{at}.given": "x" for at in range(7000)})

    assert answer.status_code == 400


def test_a_reason_of_two_lines_comes_from_a_browser(client):
    release = release_run(RunFactory()).release

    client.post(f"/releases/{release.pk}/edit", {"do": "withdraw", "reason": "Wrong.\r\nSorry."})

    assert Release.objects.get().withdrawn_reason == "Wrong.\nSorry."


@pytest.mark.parametrize("title", ["\x1b[2J\x1b]0;mine\x07", "a\x00b", "safe\u202efdp.exe"])
@pytest.mark.parametrize("path", ["/releases/", "/api/releases/"])
def test_a_title_that_hides_what_one_reads_is_told(client, path, title):
    answer = client.post(path, {"run": RunFactory().address, "title": title})

    assert answer.status_code in {400, 422}
    assert Release.objects.exclude(frozen_at=None).count() == 0


@pytest.mark.parametrize("path", ["releases/{0}/deposits", "workflows/{1}/1/archived", "releases"])
def test_a_megabyte_is_refused_before_it_is_read(client, path):
    release = draft_release([RunFactory()])
    slug = release.runs.get().version.workflow.slug
    body = b'{"repository": "shelf", "identifier": "' + b"x" * 1_100_000 + b'"}'

    answer = sent(client, "post", f"/api/{path.format(release.pk, slug)}/", body)

    assert (answer.status_code, answer.json()["id"]) == (400, "publishing:user:bad-request")
