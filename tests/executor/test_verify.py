"""Verifying products: damaged bytes are noticed, set aside, and never served again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executor.actions import verify_product, verify_products
from executor.actions.verify import Verified
from executor.models import Product
from executor.tasks import verify_products as verify_products_task
from lib import store
from tests.factories import rows

pytestmark = pytest.mark.django_db


def product(data: bytes, **fields: object) -> Product:
    return rows.ProductFactory(data=data, **fields)


def damage(found: Product, data: bytes) -> None:
    """Other bytes in its place, as a broken disk leaves them."""
    store.local_path(found.digest).write_bytes(data)


def test_right_bytes_are_right_and_it_is_written_down_when(time_machine):
    time_machine.move_to("2026-01-01T12:00:00Z", tick=False)
    found = product(b"40.0")

    assert (verify_product(found), verify_products()) == (True, Verified(0, 0))

    found.refresh_from_db()
    assert (found.verified_at, found.evicted_at) == (timezone.now(), None)


@pytest.mark.parametrize("data", [b"41.0", b"40", b"", b"40.0\n"])
def test_damaged_bytes_are_set_aside_and_the_product_is_to_be_made_again(data, settings, caplog):
    found = product(b"40.0")
    damage(found, data)

    assert verify_product(found) is False

    found.refresh_from_db()
    assert (found.evicted_at is None, store.has(found.digest)) == (False, False)
    aside = settings.DATA_DIR / "store" / "quarantine" / found.digest
    assert aside.read_bytes() == data
    (said,) = caplog.messages
    assert said.startswith(f"product {found.digest} is damaged: it has {len(data)} bytes")


def test_lost_bytes_are_a_product_to_be_made_again(caplog):
    found = product(b"40.0")
    store.remove(found.digest)

    assert verify_product(found) is False

    found.refresh_from_db()
    assert found.evicted_at is not None
    assert caplog.messages == [
        f"product {found.digest} is damaged: its bytes are gone; it is made again when asked for"
    ]


def test_a_disk_that_cannot_read_is_damage_and_one_that_is_busy_is_not(monkeypatch):
    found, number = product(b"40.0"), 5

    def fails(_name):
        raise OSError(number, "no")

    monkeypatch.setattr(store, "chunks", fails)
    number = 24  # too many open files
    with pytest.raises(OSError, match="no"):
        verify_product(found)
    assert Product.objects.get().evicted_at is None

    number = 5
    assert verify_product(found) is False
    assert Product.objects.get().evicted_at is not None


def test_what_was_not_read_for_longest_is_read_first(monkeypatch):
    now = timezone.now()
    days = {"a": 40, "b": 60, "c": 29}
    for letter, ago in days.items():
        product(letter.encode(), verified_at=now - timedelta(days=ago))
    never = product(b"d")
    evicted = product(b"e", evicted_at=now)
    read = []
    chunks = store.chunks
    monkeypatch.setattr(store, "chunks", lambda name: read.append(name) or chunks(name))

    assert verify_products() == Verified(3, 0)

    assert [store.get(name) for name in read] == [b"d", b"b", b"a"]
    assert (read[0], evicted.digest in read) == (never.digest, False)


def test_a_round_ends_when_its_time_is_up():
    product(b"a")
    product(b"b")

    assert verify_products(seconds=0) == Verified(0, 0)


def test_a_product_that_was_evicted_meanwhile_is_no_damage(caplog):
    found = product(b"40.0")
    store.remove(found.digest)
    Product.objects.update(evicted_at=timezone.now())

    verify_product(found)

    assert caplog.messages == []


def test_the_task_does_what_its_name_says():
    damage(product(b"40.0"), b"41.0")

    verify_products_task()

    assert Product.objects.get().evicted_at is not None
