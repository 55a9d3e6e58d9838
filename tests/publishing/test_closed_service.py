"""A service that takes releases from accounts alone: what strangers may not do, and not read."""

import pytest

from publishing.domain.steps import Step
from publishing.models import Deposit, Release
from tests.publishing.factories import RunFactory

pytestmark = pytest.mark.django_db
CLOSED = "publishing:user:drafting-closed"


@pytest.fixture(autouse=True)
def _closed(settings):
    settings.REGISTRATION, settings.LOOPBACK = "closed", False


def failed_deposit():
    release = Release.objects.create(title="Not public yet")
    return Deposit.objects.create(
        release=release, repository="zenodo", state=Step.FAILED, error_id="publishing:user:refused",
        error="The person Vera Rubin has no such ORCID.", errors_json={"people.0.orcid": "Vera"},
    )  # fmt: skip


def test_a_stranger_releases_no_run(client):
    run = RunFactory()

    asked = client.post("/api/releases/", {"run": run.address}, content_type="application/json")
    clicked = client.post("/releases/", {"run": run.address})

    assert (asked.status_code, asked.json()["id"], clicked.status_code) == (403, CLOSED, 403)
    assert Release.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["/deposits/", "/api/deposits/", "/api/deposits/{0.pk}/",
                "/api/releases/{0.release_id}/deposits/"]
)  # fmt: skip
def test_what_a_repository_said_of_a_release_that_is_not_public_is_not_for_strangers(
    client, address
):
    deposit = failed_deposit()

    answer = client.get(address.format(deposit))

    assert (answer.status_code, b"Vera" in answer.content) == (200, False)


def test_its_own_machine_reads_all_of_it(client, settings):
    settings.REGISTRATION, settings.LOOPBACK = "open", True
    deposit = failed_deposit()

    told = client.get(f"/api/releases/{deposit.release_id}/deposits/").json()

    assert [item["error"] for item in told] == ["The person Vera Rubin has no such ORCID."]
