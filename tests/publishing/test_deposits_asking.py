"""Asking for deposits: by page, API and command; what they tell, and who may ask."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from executor.actions.accounts import Share, open_account
from publishing.actions import draft_release, freeze_release, release_run
from publishing.domain.repositories import read_repositories
from publishing.domain.steps import Step
from publishing.models import Budget, Deposit, DepositEvent, Release
from tests.publishing.factories import RunFactory

pytestmark = pytest.mark.django_db
TOML = """
[[repository]]
name = "sandbox"
kind = "inveniordm"
url = "https://sandbox.example.org"
production = false
prefix = "10.5072"
token_env = "REPRISE_TEST_TOKEN_OF_NOBODY"
"""
FROZEN = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.REPOSITORIES = read_repositories(TOML)


def asked(client: Client, release: Release, repository: str = "sandbox", **headers):
    return client.post(
        f"/api/releases/{release.pk}/deposits/", {"repository": repository},
        content_type="application/json", headers=headers,
    )  # fmt: skip


def command(*given: str) -> str:
    out = io.StringIO()
    call_command(*given, stdout=out)
    return out.getvalue()


def test_a_deposit_is_asked_for_by_api_and_nothing_is_sent(client):
    release = draft_release([RunFactory()])

    answer = asked(client, release)
    told = client.get(answer["Location"]).json()

    assert answer.status_code == 202
    assert answer.json() == told
    assert (told["release"], told["repository"], told["state"], told["doi"]) == (
        release.pk, "sandbox", "drafted", None,
    )  # fmt: skip
    assert (told["word"], told["waits_for"]) == ("asked for", "a worker")
    release.refresh_from_db()
    assert (release.frozen_at is not None, DepositEvent.objects.count()) == (True, 0)


def test_asked_again_it_is_the_same_deposit(client):
    release = draft_release([RunFactory()])

    assert asked(client, release)["Location"] == asked(client, release)["Location"]
    assert Deposit.objects.count() == 1


def test_a_deposit_on_the_shelf_is_public_at_once(client):
    release = draft_release([RunFactory()])

    told = asked(client, release, "shelf").json()

    assert (told["state"], told["to_do"]) == ("published", "Nothing: it is done.")


@pytest.mark.parametrize(
    ("repository", "status", "error"),
    [
        ("nowhere", 404, "publishing:user:unknown-repository"),
        ("", 400, "publishing:user:bad-request"),
        ("x" * 41, 400, "publishing:user:bad-request"),
        ("<script>\x00", 400, "publishing:user:bad-request"),
    ],
)
def test_an_unknown_repository_is_refused_and_nothing_is_left(client, repository, status, error):
    release = draft_release([RunFactory()])

    answer = asked(client, release, repository)

    assert (answer.status_code, answer.json()["id"]) == (status, error)
    assert Deposit.objects.count() == 0


def test_an_incomplete_release_is_not_deposited(client):
    release = draft_release([RunFactory(state="running")])

    answer = asked(client, release)

    assert (answer.status_code, answer.json()["id"]) == (422, "publishing:user:checklist")
    assert Deposit.objects.count() == 0


def test_a_withdrawn_release_is_not_deposited(client):
    release = draft_release([RunFactory()])
    Release.objects.update(frozen_at=FROZEN, withdrawn_at=FROZEN)

    assert asked(client, release).json()["id"] == "publishing:user:withdrawn"


def test_a_release_gets_no_second_doi_that_is_for_ever(client, settings):
    settings.REPOSITORIES = read_repositories(TOML + "".join(map(lasting, ("one", "two"))))
    release = draft_release([RunFactory()])

    answers = [asked(client, release, name) for name in ("one", "two", "sandbox")]

    assert [item.status_code for item in answers] == [202, 409, 202]
    assert answers[1].json()["id"] == "publishing:user:bad-deposit"
    assert {item.repository for item in Deposit.objects.all()} == {"one", "sandbox"}


def test_a_record_that_is_for_ever_does_not_lead_to_a_laptop(client, settings):
    settings.REPOSITORIES = read_repositories(lasting("one"))
    settings.PUBLIC_URL = "http://127.0.0.1:8000"

    answer = asked(client, draft_release([RunFactory()]), "one")

    assert (answer.status_code, answer.json()["id"]) == (500, "publishing:platform:misconfigured")
    assert answer.json()["detail"].endswith(
        "the operator sets REPRISE_URL to the lasting address of this service."
    )
    assert Deposit.objects.count() == 0


def lasting(name: str) -> str:
    """A repository whose DOIs are for ever."""
    told = TOML.replace("sandbox", name).replace("false", "true").replace("10.5072", "10.9999")
    return told.replace("OF_NOBODY", f"OF_{name.upper()}")


def test_only_its_owner_has_a_release_published_elsewhere(client, settings):
    settings.REGISTRATION = "closed"
    mine, other = (open_account(name, Share()).token for name in ("mine", "other"))
    release = draft_release([RunFactory()])
    Release.objects.update(owner="account:mine")

    answers = [
        asked(client, release).status_code,
        asked(client, release, Authorization=f"Bearer {other}").status_code,
        asked(client, release, Authorization=f"Bearer {mine}").status_code,
    ]

    assert answers == [403, 403, 202]


def test_the_form_of_a_release_asks_for_a_deposit(client):
    release = draft_release([RunFactory()])

    answer = client.post(f"/releases/{release.pk}/deposits", {"repository": "sandbox"})

    assert (answer.status_code, answer["Location"]) == (302, "/deposits/")
    assert Deposit.objects.get().release == release


def test_getting_an_address_asks_for_nothing(client):
    release = draft_release([RunFactory()])

    assert client.get(f"/releases/{release.pk}/deposits").status_code == 405
    assert client.get(f"/api/releases/{release.pk}/deposits/").json() == []
    assert Deposit.objects.count() == 0


@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999999999"])
def test_an_unknown_deposit_is_not_found(client, number):
    answer = client.get(f"/api/deposits/{number}/")

    assert (answer.status_code, answer.json()["id"]) == (404, "publishing:user:unknown-deposit")


def test_the_health_page_tells_what_failed_first_and_what_to_do(client):
    shelved = release_run(RunFactory())
    release = freeze_release(draft_release([RunFactory()], title="Secret until it is public"))
    Deposit.objects.create(
        release=release, repository="sandbox", state=Step.FAILED, error="<b>No</b> such token.",
        error_id="publishing:platform:token",
    )  # fmt: skip

    page = client.get("/deposits/").content.decode()

    assert page.index(release.pk) < page.index(shelved.release.title)
    assert "Put a token that works where the settings of this repository say" in page
    assert "&lt;b&gt;No&lt;/b&gt; such token." in page
    assert "Secret until it is public" not in page
    assert "sandbox.example.org" in page


def test_a_deposit_of_a_public_release_is_called_by_its_title_from_its_beginning(client):
    release = release_run(RunFactory()).release

    answer = client.post(f"/releases/{release.pk}/deposits", {"repository": "sandbox"})
    page = client.get("/deposits/").content.decode()

    assert answer["Location"] == f"/releases/{release.pk}#deposits"
    assert page.count(f'<a href="/releases/{release.pk}">{release.title}</a>') == 2
    assert 'data-pending="3"' in page


def test_the_list_of_the_api_has_the_same_order(client):
    release_run(RunFactory())
    release = freeze_release(draft_release([RunFactory()]))
    Deposit.objects.create(release=release, repository="sandbox", state=Step.FAILED)

    told = client.get("/api/deposits/").json()

    assert [item["state"] for item in told["results"]] == ["failed", "published"]


def test_the_command_tells_how_deposits_stand():
    release_run(RunFactory())
    release = freeze_release(draft_release([RunFactory()]))
    Deposit.objects.create(
        release=release, repository="sandbox", state=Step.PACKED, doi="10.5072/1",
        created_at=FROZEN, waits_for="the repository", next_try_at=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    Budget.objects.create(
        repository="sandbox", tokens=3.0, filled_at=datetime(2099, 1, 1, tzinfo=UTC)
    )

    assert command("deposits").splitlines() == [
        f"{release.pk} at sandbox: packed, 10.5072/1",
        "  since      2026-11-21 00:00 UTC",
        "  waits for  the repository",
        "  to do      Nothing. It is looked at again at 00:00:00 UTC.",
        "sandbox (sandbox, https://sandbox.example.org): 3 requests may be sent now, 60 a minute",
    ]
    assert "published" in command("deposits", "--all")


def test_the_command_says_that_a_token_is_missing():
    with pytest.raises(CommandError, match=r"sandbox: .*token"):
        command("deposits", "--check", "sandbox")


def test_a_dry_run_prints_every_request_and_leaves_nothing():
    release = draft_release([RunFactory()])

    told = command("deposit", release.pk, "sandbox", "--dry-run")

    sent = [line for line in told.splitlines() if line.startswith(("POST ", "PUT ", "DELETE "))]
    paths = [line.replace("https://sandbox.example.org/api/records", "") for line in sent]
    crate = f"/dry-run/draft/files/reprise-{release.pk}.crate.zip"
    assert paths[:6] == [
        "POST ", "POST /dry-run/draft/pids/doi", "POST /dry-run/draft/files",
        f"PUT {crate}/content", f"POST {crate}/commit", "POST /dry-run/draft/files",
    ]  # fmt: skip
    assert paths[-1] == "POST /dry-run/draft/actions/publish"
    assert "nothing was sent, nothing was written" in told
    release.refresh_from_db()
    assert (release.frozen_at, Deposit.objects.count(), DepositEvent.objects.count()) == (
        None,
        0,
        0,
    )


def test_a_dry_run_keeps_no_file(settings):
    release = draft_release([RunFactory()])
    before = sorted((settings.DATA_DIR / "store").rglob("*"))

    command("deposit", release.pk, "sandbox", "--dry-run")

    after = sorted((settings.DATA_DIR / "store").rglob("*"))
    assert [item for item in after if item.is_file()] == [item for item in before if item.is_file()]


def test_the_command_deposits_on_the_shelf_and_twice_is_once():
    release = draft_release([RunFactory()])

    first = command("deposit", release.pk, "shelf")

    assert first == command("deposit", release.pk, "shelf")
    assert f"DOI: 10.5072/reprise.{release.pk}" in first.splitlines()


def test_without_a_token_a_deposit_waits_for_the_operator(capsys):
    release = draft_release([RunFactory()])

    with pytest.raises(CommandError, match="token"):
        command("deposit", release.pk, "sandbox")

    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.error_id) == (Step.FAILED, "publishing:platform:token")
    assert deposit.create_sent_at is None


def test_what_was_never_asked_for_is_not_abandoned():
    release = draft_release([RunFactory()])

    with pytest.raises(CommandError, match="was never asked to be"):
        command("deposit", release.pk, "sandbox", "--abandon")
