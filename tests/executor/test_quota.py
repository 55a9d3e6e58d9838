"""Quotas: what is new counts, what is known is free."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executor.actions.quota import check_quota, cpu_used, storage_used
from executor.domain.asker import SERVICE, Asker, pseudonym
from executor.errors import QueueFullError, QuotaError
from executor.models import Run
from executor.queries import asker_of
from tests.executor.trees import counts, total
from tests.factories import rows

pytestmark = pytest.mark.django_db
ME = "anonymous:me"


def refused(asker, more=1):
    with pytest.raises(QuotaError) as refusal:
        check_quota(asker, more)
    assert refusal.value.status == 429
    return refusal.value.detail


def test_runs_that_have_not_ended_are_counted():
    for state in ("queued", "running", "waiting for inputs", "waiting for data"):
        rows.RunFactory(asker=ME, state=state)
    for state in ("finished", "failed", "cancelled"):
        rows.RunFactory(asker=ME, state=state)
    rows.RunFactory(asker="anonymous:you")

    check_quota(Asker(name=ME, pending=5), 1)
    assert refused(Asker(name=ME, pending=5), 2) == (
        "You have 4 runs that have not ended, and may have 5; this request would add 2. "
        "Wait for some to end."
    )


def test_processor_time_of_a_day_is_counted():
    now = timezone.now()
    for hours, seconds in ((1, 1800.0), (23, 1800.0), (25, 9000.0)):
        rows.AttemptFactory(
            run__asker=ME, started_at=now - timedelta(hours=hours), cpu_seconds=seconds
        )

    assert cpu_used(ME) == 3600.0
    check_quota(Asker(name=ME, cpu_seconds=3601), 1)
    assert refused(Asker(name=ME, cpu_seconds=3600)) == (
        "Your runs used 1.0 of 1.0 processor hours of the last 24 hours: ask again later. "
        "Known answers stay free."
    )


def test_bytes_that_are_kept_are_counted_once():
    product = rows.ProductFactory(data=b"x" * 100)
    for _number in range(2):
        rows.OutputFactory(run__asker=ME, product=product)
    rows.OutputFactory(
        run__asker=ME, product=rows.ProductFactory(data=b"y" * 50, evicted_at=timezone.now())
    )
    rows.OutputFactory(run__asker="anonymous:you", product=rows.ProductFactory(data=b"z"))
    rows.ProductFactory(data=b"u" * 7, uploaded_by=ME)

    assert storage_used(ME) == 107
    check_quota(Asker(name=ME, storage_bytes=108), 1)
    assert refused(Asker(name=ME, storage_bytes=107)).startswith(
        "Products made for you take 0.0 of"
    )


def test_the_service_itself_has_no_quota(settings):
    rows.RunFactory.create_batch(2)
    settings.QUEUE_AT_MOST = 3

    check_quota(SERVICE, 1)
    with pytest.raises(QueueFullError):
        check_quota(SERVICE, 2)


def test_a_request_that_is_too_much_writes_nothing(tree):
    with pytest.raises(QuotaError):
        tree.ask(total(1, 2), asker=Asker(name=ME, pending=2))

    assert Run.objects.count() == 0


def test_what_is_known_is_free(tree):
    tree.ask(total(1, 2))
    tree.finish_all()
    poor = Asker(name=ME, pending=0, cpu_seconds=0.0, storage_bytes=0)

    assert tree.ask(total(1, 2), asker=poor).known
    assert tree.ask(counts(1), asker=poor).known
    with pytest.raises(QuotaError):
        tree.ask(total(1, 3), asker=poor)


def test_only_what_is_new_counts(tree):
    tree.ask(total(1, 2))
    tree.finish_all()

    tree.ask(total(1, 2, 3), asker=Asker(name=ME, pending=2))

    assert Run.objects.filter(asker=ME).count() == 2


# Who asks


def test_an_anonymous_asker_has_the_share_of_the_settings(settings):
    settings.ANONYMOUS_RUNS, settings.ANONYMOUS_CPU_MINUTES = 1, 2
    settings.ANONYMOUS_STORAGE_MB, settings.ANONYMOUS_LIST, settings.ANONYMOUS_PENDING = 3, 4, 5

    assert asker_of("203.0.113.7") == Asker(
        name=pseudonym("203.0.113.7", settings.SECRET_KEY), concurrent=1, cpu_seconds=120,
        storage_bytes=3_000_000, fan_out=4, pending=5,
    )  # fmt: skip


def test_a_pseudonym_is_one_for_a_house_and_does_not_tell_the_address():
    names = {pseudonym(host, "s") for host in ("2001:db8::1", "2001:db8::2%eth0", "2001:DB8:0::9")}

    assert len(names) == 1
    assert pseudonym("2001:db8:0:1::1", "s") not in names
    assert pseudonym("203.0.113.7", "s") != pseudonym("203.0.113.8", "s")
    assert pseudonym("203.0.113.7", "s") != pseudonym("203.0.113.7", "t")
    assert pseudonym("no address", "s").startswith("anonymous:")


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer  "])
def test_who_shows_no_token_is_anonymous(header):
    assert asker_of("203.0.113.7", header).name.startswith("anonymous:")


# Over HTTP


def post(client, content, **more):
    return client.post("/api/runs/", content, content_type="application/json", **more)


def test_a_token_that_is_nobodys_is_refused(client, tree):
    answer = post(client, counts(1), HTTP_AUTHORIZATION="Bearer guessed")

    assert (answer.status_code, answer.json()["id"]) == (401, "executor:user:bad-token")
    assert answer.json()["detail"] == "Nobody has this token: ask the operator for a new one."


def test_a_used_up_share_is_told(client, tree, settings):
    settings.ANONYMOUS_PENDING = 2

    answer = post(client, total(1, 2))

    assert (answer.status_code, answer.json()["id"]) == (429, "executor:user:quota")


@pytest.mark.parametrize(
    ("forwarded", "host"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("192.0.2.9, 198.51.100.1", "198.51.100.1"),  # the first part is the sender's word
        ("", "127.0.0.1"),
    ],
)
def test_the_address_behind_a_proxy_is_the_one_that_the_proxy_saw(
    client, tree, settings, forwarded, host
):
    settings.BEHIND_PROXY = True

    post(client, counts(1), HTTP_X_FORWARDED_FOR=forwarded)

    assert tree.run("counts").asker == pseudonym(host, settings.SECRET_KEY)


def test_without_a_proxy_nobody_says_where_they_come_from(client, tree, settings):
    post(client, counts(1), HTTP_X_FORWARDED_FOR="198.51.100.1")

    assert tree.run("counts").asker == pseudonym("127.0.0.1", settings.SECRET_KEY)
