"""Evicting products: what can be made again makes room, and nothing else does."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.models import VersionFile
from executor.actions import evict, evict_products
from executor.models import Product, Run
from executor.tasks import evict_products as evict_products_task
from lib import holds, store
from tests.factories import rows

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=2)
BYTES = 10_000
ROOM = 25_000


@pytest.fixture(autouse=True)
def _room(settings, monkeypatch):
    """The budget is 25 kB: two products of 10 kB, and no third."""
    settings.STORE_GB = 25
    monkeypatch.setattr(evict, "GIGABYTE", 1000)


def aged(product: Product) -> Product:
    """The product, its bytes put long ago."""
    old = time.time() - 2 * store.FRESH_SECONDS
    os.utime(store.local_path(product.digest), (old, old))
    return product


def product(letter: str, *, size: int = BYTES, **fields: object) -> Product:
    usual = {"cost_seconds": 10.0, "used_at": LONG_AGO, "media_type": "image/png"}
    return aged(rows.ProductFactory(data=letter.encode() * size, **usual | fields))


def made(letter: str, *, role: str = "output", run: dict[str, object] | None = None, **fields):
    """A product that a finished run gave."""
    kept = product(letter, **fields)
    state = {"state": Run.States.FINISHED} | (run or {})
    rows.OutputFactory(run=rows.RunFactory(**state), role=role, product=kept)
    return kept


def evicted() -> set[str]:
    """The letters of products that are no longer kept; row and bytes must agree."""
    found = set()
    for item in Product.objects.all():
        assert store.has(item.digest) == (item.evicted_at is None)
        if item.evicted_at:
            found.add(LETTERS[item.digest])
    return found


LETTERS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _letters(monkeypatch):
    """Remembers which letter the bytes of each product are."""
    put = store.put

    def remembering(data: bytes, **named: object) -> str:
        name = put(data, **named)
        LETTERS[name] = chr(data[0])
        return name

    monkeypatch.setattr(store, "put", remembering)


def test_nothing_goes_while_the_budget_holds():
    made("a")
    made("b")

    assert (evict_products(), evicted()) == (0, set())


def test_what_is_cheapest_to_make_again_goes_until_there_is_room():
    made("a", cost_seconds=30.0)
    made("b", cost_seconds=10.0)
    made("c", cost_seconds=20.0)

    assert (evict_products(), evicted()) == (BYTES, {"b"})
    assert evict.kept_bytes() == 2 * BYTES


def test_what_is_used_stays_longer():
    made("a", uses=100)
    made("b")
    made("c", uses=100)

    evict_products()

    assert evicted() == {"b"}


@pytest.mark.parametrize(
    "stays",
    [
        {"is_pinned": True},
        {"used_at": timezone.now() + timedelta(hours=1)},
        {"size": evict.SMALL_BYTES},
        {"role": "notebook"},
        {"run": {"state": "failed"}},
        {"run": {"version__is_deterministic": False}},
    ],
    ids=lambda stays: next(iter(stays)),
)
def test_what_must_stay_stays_even_when_there_is_no_room(settings, stays):
    settings.STORE_GB = 1
    made("a", **stays)
    made("b")

    evict_products()

    assert evicted() == {"b"}


def test_a_large_executed_notebook_goes(settings):
    made("a", role="notebook", size=evict.NOTEBOOK_BYTES + 1, run={"state": "failed"})

    evict_products()

    assert evicted() == {"a"}


@pytest.mark.parametrize("state", ["waiting for inputs", "queued", "running", "waiting for data"])
def test_what_a_run_that_has_not_ended_is_fed_with_stays(settings, state):
    settings.STORE_GB = 1
    given, taken, other = made("a"), made("b"), made("c")
    run = rows.RunFactory(state=state)
    run.inputs.create(name="one", product=given)
    run.inputs.create(name="two", source=taken.outputs.get().run, output="total")

    evict_products()
    assert evicted() == {"c"}

    Run.objects.filter(pk=run.pk).update(state="finished")
    evict_products()
    assert evicted() == {"a", "b", "c"}
    assert other.outputs.count() == 1


def test_bytes_that_are_a_file_of_an_entry_stay(settings):
    settings.STORE_GB = 1
    kept, data, _other = made("a"), made("b"), made("c")
    version = rows.VersionFactory(
        data_json=[{"name": "x", "sha256": data.digest, "url": "https://data.example.org/x"}]
    )
    VersionFile.objects.create(version=version, path="x", digest=kept.digest, size=BYTES)

    evict_products()

    assert evicted() == {"c"}


def test_what_another_app_holds_stays(settings, monkeypatch):
    settings.STORE_GB = 1
    kept = made("a")
    made("b")
    monkeypatch.setitem(holds._added, "test", lambda digests: {kept.digest} & set(digests))

    evict_products()

    assert evicted() == {"b"}


def test_bytes_that_were_put_again_a_moment_ago_stay(settings):
    settings.STORE_GB = 1
    kept = made("a")
    os.utime(store.local_path(kept.digest))

    assert (evict_products(), evicted()) == (0, set())


def uploaded(letter: str, days: float) -> Product:
    when = timezone.now() - timedelta(days=days)
    return product(letter, uploaded_by="anonymous:x", used_at=when)


def test_an_upload_goes_after_thirty_days_without_a_use():
    uploaded("a", 31)
    uploaded("b", 29)

    assert (evict_products(), evicted()) == (BYTES, {"a"})


def test_an_upload_that_fed_a_run_stays_because_nobody_can_make_it_again(settings):
    settings.STORE_GB = 1
    run = rows.RunFactory(state="finished")
    run.inputs.create(name="image", product=uploaded("a", 400))

    assert (evict_products(), evicted()) == (0, set())


def test_what_was_left_without_a_run_goes_after_a_day():
    product("a")
    product("b", used_at=timezone.now() - timedelta(hours=23))

    assert (evict_products(), evicted()) == (BYTES, {"a"})


def test_a_run_that_asks_for_it_at_the_same_moment_keeps_it(settings, monkeypatch):
    settings.STORE_GB = 1
    kept = made("a")
    looked = iter(["before it is marked"])

    def is_fresh(_name: str) -> bool:
        if next(looked, None) is None:  # the row is marked, the bytes are still there
            rows.RunFactory(state="queued").inputs.create(name="image", product=kept)
        return False

    monkeypatch.setattr(store, "is_fresh", is_fresh)

    assert (evict_products(), evicted()) == (0, set())


def test_a_run_that_keeps_the_same_bytes_at_the_same_moment_never_promises_what_is_gone(
    settings, monkeypatch
):
    settings.STORE_GB = 1
    kept = made("a")
    remove = store.remove

    def removed(name: str) -> None:
        Product.objects.filter(pk=kept.pk).update(evicted_at=None)  # it found ours, and wrote so
        remove(name)

    monkeypatch.setattr(store, "remove", removed)
    evict_products()

    assert evicted() == {"a"}


def test_a_store_that_cannot_remove_leaves_the_product_kept(settings, monkeypatch):
    settings.STORE_GB = 1
    made("a")

    def fails(_name: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(store, "remove", fails)
    with pytest.raises(OSError, match="Input/output error"):
        evict_products()

    assert evicted() == set()


def test_the_task_does_what_its_name_says(settings):
    settings.STORE_GB = 1
    made("a")

    evict_products_task()

    assert evicted() == {"a"}
