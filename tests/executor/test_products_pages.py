"""Products over HTTP: their bytes, whole or in part, and what a stranger's bytes may not do."""

from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from executor.models import Product, Run
from lib import store
from tests.factories import rows

pytestmark = pytest.mark.django_db
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
IMMUTABLE = "public, max-age=31536000, immutable"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.cookie)</script></svg>'
LETTERS = b"0123456789"


def product(data: bytes, media_type: str = "text/plain", **fields: object):
    return rows.ProductFactory(data=data, media_type=media_type, **fields)


@pytest.fixture
def served(client):
    """Asks for a product and closes its file when the test has looked."""
    with ExitStack() as answers:

        def get(found, query: str = "", *, method: str = "get", **headers: str):
            ask = getattr(client, method)
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            answer = ask(f"/products/{found.digest}{query}", headers=sent)
            return answers.enter_context(closing(answer))

        yield get


def test_a_product_is_served_as_it_is_and_may_be_kept_for_ever(served):
    found = product(b"40.0", "application/json")

    answer = served(found)

    assert (answer.status_code, answer.getvalue()) == (200, b"40.0")
    assert {name: answer[name] for name in (
        "Content-Type", "Content-Security-Policy", "Cache-Control", "ETag",
        "X-Content-Type-Options", "X-Frame-Options", "Content-Disposition",
    )} == {
        "Content-Type": "application/json",
        "Content-Security-Policy": HARMLESS,
        "Cache-Control": IMMUTABLE,
        "ETag": f'"{found.digest}"',
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Content-Disposition": f'inline; filename="{found.digest[:16]}"',
    }  # fmt: skip


def test_a_picture_with_a_script_in_it_can_do_nothing(served):
    found = product(SVG, "image/svg+xml")

    answer = served(found)

    assert answer["Content-Security-Policy"] == HARMLESS
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"].split("; ")


@pytest.mark.parametrize(
    "media_type", ["text/html", "application/xml", "application/octet-stream", "application/fits"]
)
def test_what_a_browser_should_not_open_is_saved(served, media_type):
    found = product(b"<script>", media_type)

    answer = served(found)

    assert answer["Content-Disposition"] == f'attachment; filename="{found.digest[:16]}"'


@pytest.mark.parametrize(
    ("query", "disposition"),
    [
        ("name=total.json", 'inline; filename="total.json"'),
        ("name=total.json&download", 'attachment; filename="total.json"'),
        ("name=../../etc/passwd", 'inline; filename="....etcpasswd"'),
        ('name=a"%0d%0aSet-Cookie: x=1', 'inline; filename="aSet-Cookiex1"'),
        (f"name={'x' * 300}", f'inline; filename="{"x" * 100}"'),
    ],
)
def test_a_file_name_of_the_reader_is_made_plain(served, query, disposition):
    found = product(b"40.0", "application/json")

    answer = served(found, f"?{query}")

    assert answer["Content-Disposition"] == disposition


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..", "%2e%2e"])
def test_an_unknown_product_is_a_page_with_a_sentence(client, digest):
    answer = client.get(f"/products/{digest}")

    assert answer.status_code == 404


def test_a_product_cannot_be_written(client):
    found = product(b"40.0", "application/json")

    assert client.post(f"/products/{found.digest}").status_code == 405


def test_the_whole_says_how_long_it_is_and_that_parts_may_be_had(served):
    answer = served(product(LETTERS))

    assert (answer["Content-Length"], answer["Accept-Ranges"]) == ("10", "bytes")


@pytest.mark.parametrize(
    ("asked", "part", "described"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_part_is_sent_as_a_part(served, asked, part, described):
    found = product(LETTERS)

    answer = served(found, Range=asked)

    assert (answer.status_code, answer.getvalue()) == (206, part)
    assert (answer["Content-Range"], answer["Content-Length"]) == (described, str(len(part)))
    assert (answer["ETag"], answer["Cache-Control"]) == (f'"{found.digest}"', IMMUTABLE)


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=4-2", "pages=1-2", "nonsense"])
def test_for_several_parts_or_none_that_is_understood_the_whole_is_sent(served, asked):
    answer = served(product(LETTERS), Range=asked)

    assert (answer.status_code, answer.getvalue()) == (200, LETTERS)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_part_outside_the_product_is_refused_with_its_size(served, asked):
    answer = served(product(LETTERS), Range=asked)

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")
    assert answer["Cache-Control"] == "no-store"


def test_a_part_of_something_else_is_answered_by_the_whole(served):
    found = product(LETTERS)

    same = served(found, Range="bytes=0-1", If_Range=f'"{found.digest}"')
    other = served(found, Range="bytes=0-1", If_Range='"other"')
    date = served(found, Range="bytes=0-1", If_Range="Wed, 21 Oct 2026 07:28:00 GMT")

    assert [(answer.status_code, answer.getvalue()) for answer in (same, other, date)] == [
        (206, b"01"), (200, LETTERS), (200, LETTERS),
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_who_has_it_already_is_told_so(served, tag):
    found = product(LETTERS)

    answer = served(found, If_None_Match=tag.format(found.digest), Range="bytes=0-1")

    assert (answer.status_code, answer.content, answer["Content-Length"]) == (304, b"", "10")
    assert (answer["ETag"], answer["Cache-Control"]) == (f'"{found.digest}"', IMMUTABLE)


def test_who_has_another_is_sent_this_one(served):
    assert served(product(LETTERS), If_None_Match='"other"').status_code == 200


def test_the_head_is_the_whole_without_its_bytes(served):
    found = product(LETTERS)

    head = served(found, method="head", Range="bytes=0-1")
    whole = served(found)

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_a_large_part_comes_piece_by_piece(served):
    found = product(bytes(range(256)) * 4096)

    answer = served(found, Range="bytes=1-")
    pieces = [len(piece) for piece in answer.streaming_content]

    assert (sum(pieces), max(pieces)) == (256 * 4096 - 1, store.CHUNK)


def test_a_product_of_a_store_elsewhere_is_streamed(served, monkeypatch):
    found = product(LETTERS)
    monkeypatch.setattr(store, "local_path", lambda _name: None)

    answers = [served(found), served(found, Range="bytes=2-3")]

    assert [answer.getvalue() for answer in answers] == [LETTERS, b"23"]
    assert [answer["Content-Length"] for answer in answers] == ["10", "2"]


# What is not kept


def evicted(data: bytes = b"40.0", **fields: object) -> Product:
    found = product(data, evicted_at=timezone.now(), **fields)
    store.remove(found.digest)
    return found


def made_by_run(found: Product) -> Run:
    run = rows.RunFactory(state="finished", version__workflow__slug="doubling")
    rows.OutputFactory(run=run, product=found)
    return run


def test_what_was_cleared_away_is_a_page_that_offers_to_make_it_again(client):
    found = evicted()
    run = made_by_run(found)

    page = client.get(found.get_absolute_url())

    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"], "ETag" in page) == (410, "no-store", False)
    assert page.context["problem"]["id"] == "executor:user:product-evicted"
    assert f'action="/products/{found.digest}/again"' in text
    assert run.get_absolute_url() in text


def test_an_upload_that_was_cleared_away_can_only_be_uploaded_again(client):
    page = client.get(evicted(uploaded_by="anonymous:x").get_absolute_url())

    assert (page.status_code, page.context["run"]) == (410, None)
    assert "upload the file again" in page.content.decode()


@pytest.mark.parametrize("data", [b"", b"40", None])
def test_bytes_cut_short_are_never_served(client, data):
    found = product(b"40.0")
    if data is None:
        store.remove(found.digest)
    else:
        store.local_path(found.digest).write_bytes(data)

    assert client.get(found.get_absolute_url()).status_code == 410

    found.refresh_from_db()
    assert found.evicted_at is not None


def test_the_button_asks_for_the_run_that_made_it(client, sent):
    found = evicted()
    run = made_by_run(found)

    answer = client.post(f"/products/{found.digest}/again")

    assert answer.status_code == 302
    asked = Run.objects.get(address=answer["Location"].removeprefix("/runs/"))
    assert (asked.state, asked.values_json) == ("queued", run.values_json)


def test_what_is_kept_is_not_made_again(client):
    page = client.post(f"/products/{product(LETTERS).digest}/again")

    assert (page.status_code, Run.objects.count()) == (409, 0)


def test_making_again_is_no_matter_of_following_a_link(client):
    assert client.get(f"/products/{evicted().digest}/again").status_code == 405


def test_a_form_of_another_site_makes_nothing_again():
    found = evicted()
    made_by_run(found)

    page = Client(enforce_csrf_checks=True).post(f"/products/{found.digest}/again")

    assert page.status_code == 403


# Uses


def test_a_use_is_counted_once_an_hour(served, time_machine):
    time_machine.move_to("2026-01-01T12:00:00Z", tick=False)
    found = product(LETTERS, used_at=timezone.now() - timedelta(hours=1))

    for _reader in range(3):
        served(found).getvalue()
    assert (Product.objects.get().uses, Product.objects.get().used_at) == (1, timezone.now())

    time_machine.shift(timedelta(hours=1))
    served(found, Range="bytes=0-1").getvalue()
    assert Product.objects.get().uses == 2


def test_who_has_it_already_and_who_asks_for_the_head_use_nothing(served):
    found = product(LETTERS, used_at=timezone.now() - timedelta(hours=2))

    served(found, If_None_Match="*")
    served(found, method="head")

    assert Product.objects.get().uses == 0


def test_a_database_that_takes_no_count_keeps_no_reader_from_the_bytes(served, monkeypatch):
    found = product(LETTERS, used_at=timezone.now() - timedelta(hours=2))

    def fails(*_given, **_named):
        raise DatabaseError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", fails)
    answer = served(found)

    assert answer.getvalue() == LETTERS
