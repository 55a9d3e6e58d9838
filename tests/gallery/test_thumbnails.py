"""Small pictures of strangers' large ones: bounded, made once, never worse than the large one."""

import io
import struct
import zlib

import pytest
from PIL import Image

from gallery.actions.thumbnail import thumbnail
from gallery.adapters import thumbnails
from tests.factories import rows

PNG = "image/png"


def png(width: int = 800, height: int = 600, mode: str = "RGB") -> bytes:
    held = io.BytesIO()
    Image.new(mode, (width, height), 200 if mode == "L" else None).save(held, "PNG")
    return held.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A few hundred bytes that say they are 60,000 x 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_picture_becomes_a_small_one_of_the_same_shape(mode):
    small = thumbnails.drawn(png(1600, 600, mode), PNG)

    with Image.open(io.BytesIO(small)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGB", (640, 240))


def test_a_small_picture_is_not_made_larger():
    with Image.open(io.BytesIO(thumbnails.drawn(png(20, 10), PNG))) as picture:
        assert picture.size == (20, 10)


def test_what_is_transparent_is_white():
    held = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(held, "PNG")

    with Image.open(io.BytesIO(thumbnails.drawn(held.getvalue(), PNG))) as picture:
        assert min(picture.getpixel((1, 1))) > 250


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (bomb(), PNG),
        (b"", PNG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (png()[:-200], PNG),
        (png(), "image/jpeg"),
        (b"<svg/>", "image/svg+xml"),
        (b"GIF89a" + b"\0" * 50, PNG),
        (b"\0" * 100, "application/octet-stream"),
    ],
    ids=["bomb", "empty", "head", "cut", "other", "svg", "gif", "unknown"],
)
def test_what_cannot_be_decoded_safely_has_no_small_picture(data, kind):
    assert thumbnails.drawn(data, kind) is None


def test_a_file_that_is_too_long_is_not_opened(monkeypatch):
    monkeypatch.setattr(thumbnails, "BYTES_AT_MOST", 100)
    monkeypatch.setattr(Image, "open", lambda *_given, **_more: pytest.fail("it was opened"))

    assert thumbnails.drawn(png(), PNG) is None


# The route


@pytest.fixture
def pictured(db):
    """Makes a figure whose run gave this picture."""

    def make(data: bytes, kind: str = PNG):
        run = rows.RunFactory(state="finished")
        product = rows.ProductFactory(data=data, media_type=kind)
        rows.OutputFactory(run=run, name="curve", file="curve.png", product=product)
        return rows.FigureFactory(run=run, version=run.version, slug="a", picture="curve"), product

    return make


def test_a_small_picture_is_made_once_and_kept_for_ever(client, pictured, monkeypatch):
    _figure, product = pictured(png())
    path = f"/figures/a/thumbnail/{product.digest}"

    first = client.get(path)
    monkeypatch.setattr(thumbnails, "drawn", lambda *_given: pytest.fail("it was made again"))
    again = client.get(path)

    assert (first.status_code, first["Content-Type"]) == (200, "image/webp")
    assert first["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert again.content == first.content


def test_what_has_no_small_picture_leads_to_the_large_one_and_is_not_tried_again(
    client, pictured, monkeypatch
):
    _figure, product = pictured(bomb())
    path = f"/figures/a/thumbnail/{product.digest}"

    assert client.get(path)["Location"] == f"/products/{product.digest}"
    monkeypatch.setattr(thumbnails, "drawn", lambda *_given: pytest.fail("it was tried again"))
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("digest", ["0" * 64, "..", "%2e%2e%2fsecret", "x" * 200])
def test_only_pictures_of_the_figure_are_shown(client, pictured, digest):
    pictured(png())

    assert client.get(f"/figures/a/thumbnail/{digest}").status_code == 404


def test_the_published_picture_has_a_small_one_too(client, db):
    product = rows.ProductFactory(data=png(), media_type=PNG)
    rows.FigureFactory(slug="a", published_picture=product)

    assert client.get(f"/figures/a/thumbnail/{product.digest}").status_code == 200


def test_a_picture_that_nothing_can_shrink_is_shown_itself(client, pictured):
    _figure, product = pictured(b"<svg/>", "image/svg+xml")

    (card,) = client.get("/figures/").context["cards"]

    assert card.thumbnail == f"/products/{product.digest}"


def test_a_full_disk_costs_no_reader_the_small_picture(db, monkeypatch):
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(thumbnails, "keep", full)
    product = rows.ProductFactory(data=png(900, 701), media_type=PNG)

    assert thumbnail(product) == thumbnails.drawn(png(900, 701), PNG)
