"""Products in the API: what is known of one, uploads, and making evicted ones again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from executor.models import Product, Run
from lib import digest, store
from tests.factories import rows

pytestmark = pytest.mark.django_db
FITS = b"SIMPLE  =                    T"


@pytest.fixture
def upload(client):
    def send(name: str, data: bytes, **headers: str):
        form = {"file": SimpleUploadedFile(name, data)}
        return client.post("/api/products/", form, headers=headers)

    return send


def test_a_product_is_described_with_the_runs_that_made_it(client):
    run = rows.finished_run()
    found = run.outputs.get().product

    answer = client.get(f"/api/products/{found.digest}/")

    about = answer.json()
    assert about.pop("created_at") is not None
    assert (answer.status_code, about) == (
        200,
        {
            "digest": found.digest, "media_type": "application/json", "size": 4, "file": "",
            "url": f"/products/{found.digest}", "verified_at": None, "evicted_at": None,
            "pinned": False, "uploaded": False, "again": None,
            "made_by": [
                {"run": run.address, "output": "total", "role": "output", "file": "total.json",
                 "state": "finished"},
            ],
        },
    )  # fmt: skip


def test_an_evicted_product_says_how_it_is_made_again(client):
    run = rows.finished_run()
    Product.objects.update(evicted_at=timezone.now())
    name = run.outputs.get().product_id

    about = client.get(f"/api/products/{name}/").json()

    assert about["evicted_at"] is not None
    assert about["again"] == (
        "Its bytes were cleared away to make room, and can be made again: POST "
        f"/api/products/{name}/again/ asks for that, and the run is {run.address}."
    )


def test_the_list_asks_the_database_as_often_for_three_products_as_for_one(
    client, django_assert_num_queries
):
    for number in range(3):
        rows.ProductFactory(data=b"%d" % number)
        with django_assert_num_queries(2):
            assert client.get("/api/products/").json()["count"] == number + 1


@pytest.mark.parametrize("path", ["/api/products/x/", f"/api/products/{'0' * 64}/"])
def test_an_unknown_product_is_a_problem(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["id"]) == (404, "executor:user:unknown-product")


# Uploads


def test_an_upload_is_a_product_by_its_digest(upload):
    answer = upload("folder/map.fits", FITS)

    found = Product.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/products/{found.digest}/")
    assert (answer.json()["digest"], answer.json()["uploaded"]) == (digest.of_bytes(FITS), True)
    assert (found.file, found.media_type, found.size, store.get(found.digest)) == (
        "map.fits", "application/fits", len(FITS), FITS,
    )  # fmt: skip
    assert found.uploaded_by.startswith("anonymous:")


def test_the_same_upload_again_is_the_same_product(upload):
    upload("map.fits", FITS)
    answer = upload("other.png", FITS)

    assert (answer.status_code, Product.objects.get().file) == (200, "map.fits")


def test_an_upload_brings_back_what_was_cleared_away(upload):
    upload("map.fits", FITS)
    Product.objects.update(evicted_at=timezone.now())
    store.remove(digest.of_bytes(FITS))

    assert upload("map.fits", FITS).json()["evicted_at"] is None
    assert store.get(Product.objects.get().digest) == FITS


def test_the_bytes_of_a_run_are_nobodys_upload(upload):
    found = rows.finished_run().outputs.get().product

    answer = upload("number.json", b"40.0")

    assert (answer.json()["digest"], answer.json()["uploaded"]) == (found.digest, False)


def test_what_a_name_says_is_not_believed(upload):
    answer = upload("figure.png", b"<script>alert(1)</script>")

    assert answer.json()["media_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("..", "upload"), (".hidden", "hidden"), ("a\\b.fits", "b.fits"), ("x" * 300, "x" * 200)],
)
def test_a_name_is_made_plain(upload, name, kept):
    from executor.actions import upload_product  # noqa: PLC0415 -- below the form, which has its own rules

    upload_product(name, [FITS])

    assert Product.objects.get().file == kept


def test_an_upload_that_is_too_large_is_refused_by_its_length(upload, settings):
    settings.UPLOAD_MB = 1
    answer = upload("map.fits", b"x" * 1_200_000)

    assert (answer.status_code, answer.json()["id"]) == (413, "executor:user:upload-too-large")
    assert Product.objects.count() == 0


def test_an_upload_that_is_too_large_is_refused_by_its_bytes(upload, settings):
    settings.UPLOAD_MB = 1
    answer = upload("map.fits", b"x" * 1_048_577)

    assert (answer.status_code, answer.json()["id"]) == (413, "executor:user:upload-too-large")
    kept = [path for path in (settings.DATA_DIR / "store").rglob("*") if path.is_file()]
    assert (kept, Product.objects.count()) == ([], 0)


def test_who_has_no_room_left_uploads_nothing(upload, settings):
    settings.ANONYMOUS_STORAGE_MB = 1
    assert upload("a.txt", b"a" * 600_000).status_code == 201

    answer = upload("b.txt", b"b" * 600_000)

    assert (answer.status_code, answer.json()["id"]) == (429, "executor:user:quota")
    assert Product.objects.get().file == "a.txt"


@pytest.mark.parametrize("form", [{}, {"file": "text"}])
def test_a_form_without_a_file_is_told_what_to_send(client, form):
    answer = client.post("/api/products/", form)

    assert (answer.status_code, answer.json()["detail"]) == (
        400, "Send a file, in the field `file` of a multipart form.",
    )  # fmt: skip


# Making again


def test_what_was_cleared_away_is_asked_for_again(client, sent):
    run = rows.finished_run(version__workflow__slug="doubling")
    Product.objects.update(evicted_at=timezone.now())

    answer = client.post(f"/api/products/{run.outputs.get().product_id}/again/")

    assert answer.status_code == 202
    assert (answer.json()["workflow"], answer.json()["state"]) == ("doubling", "queued")
    assert Run.objects.get(address=answer.json()["address"]).values_json == run.values_json


def test_an_upload_cannot_be_made_again(client, upload):
    upload("map.fits", FITS)
    Product.objects.update(evicted_at=timezone.now())

    answer = client.post(f"/api/products/{digest.of_bytes(FITS)}/again/")

    assert (answer.status_code, answer.json()["id"]) == (410, "executor:user:upload-gone")
