"""Pages of images and headers: whatever the bytes, a page or a sentence."""
# ruff: noqa: E501, RUF001 -- words as they stand on the page

import gzip
import io
import json

import numpy as np
import pytest
from astropy.io import fits
from django.test import Client
from django.utils import timezone

from executor.pages import image_source
from lib import store
from tests.executor.fits_files import SKY, card, header, image, ramp
from tests.factories.rows import ProductFactory

pytestmark = pytest.mark.django_db
SIGHT = image(ramp(), SKY | {"BUNIT": "'s-1'"})


def product(data: bytes, file: str = "sky.fits", media_type: str = "application/fits") -> str:
    return f"/products/{ProductFactory(data=data, file=file, media_type=media_type).digest}"


def digest_of(data: bytes, file: str) -> str:
    return str(ProductFactory(data=data, file=file).digest)


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch) -> None:
    monkeypatch.setattr(image_source, "_shelf", image_source._Shelf())


def test_a_page_has_the_picture_axes_bar_and_form(client: Client) -> None:
    text = client.get(product(SIGHT) + "/image?name=my.fits").content.decode()

    told = ["my.fits", "40 × 30 pixels", "image.png?hdu=0", "−29°00′", "s-1", "Right ascension",
            'name="stretch"', "17ʰ45ᵐ36.00ˢ −29°00′00.0″"]  # fmt: skip
    assert [word for word in told if word not in text] == []


@pytest.mark.parametrize(
    "query", ["", "?map=inferno&stretch=log", "?stretch=histogram&limits=minmax", "?min=0&max=5",
              "?contours=100,200", "?by=max&plane=1&hdu=0"],
)  # fmt: skip
def test_a_picture_is_a_png_that_never_changes(client: Client, query: str) -> None:
    response = client.get(product(SIGHT) + "/image.png" + query)

    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(
        response.request["PATH_INFO"] + query, headers={"If-None-Match": response["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_looks_that_differ_have_tags_that_differ(client: Client) -> None:
    base = product(SIGHT)
    tags = {
        client.get(base + f"/image.{part}")["ETag"]
        for part in ("png", "bin", "json", "png?map=gray")
    }

    assert len(tags) == 4


def test_pixels_come_as_little_endian_floats(client: Client) -> None:
    data = client.get(product(SIGHT) + "/image.bin").content

    assert (np.frombuffer(data, "<f4").reshape(30, 40) == ramp()).all()


def test_what_a_viewer_needs_is_json(client: Client) -> None:
    told = client.get(product(SIGHT) + "/image.json").json()

    assert (told["columns"], told["rows"], told["factor"], told["unit"]) == (40, 30, 1, "s-1")
    assert told["limits"]["minmax"] == [0.0, 29039.0]
    assert len(told["sky"]["vectors"]) == 3 * told["sky"]["nodes"] ** 2
    assert told["sky"]["error"] < 0.02


def test_a_value_is_exact_and_has_a_position(client: Client) -> None:
    told = client.get(product(SIGHT) + "/image/value?x=21&y=16").json()

    assert (told["x"], told["y"], told["value"], told["unit"]) == (21, 16, 15020.0, "s-1")
    assert (told["ra"], told["dec"]) == (
        pytest.approx(266.394283, abs=1e-5),
        pytest.approx(-28.995, abs=1e-6),
    )


def test_a_pixel_is_told_without_scripts(client: Client) -> None:
    text = client.get(product(SIGHT) + "/image?x=21&y=16").content.decode()

    assert '<data value="15020.0">15020</data> s-1' in text


@pytest.mark.parametrize("where", ["x=41&y=1", "x=0&y=1", "x=1", "x=a&y=b"])
def test_a_pixel_that_is_none_is_a_problem(client: Client, where: str) -> None:
    assert client.get(product(SIGHT) + f"/image/value?{where}").status_code == 422


def test_a_part_of_the_grid_is_finer(client: Client) -> None:
    base = product(SIGHT)
    whole, part = (
        client.get(base + f"/image/grid{q}").json() for q in ("", "?box=400,300,500,400")
    )

    assert [label[0] for label in whole["labels"]] != [label[0] for label in part["labels"]]


def test_without_a_sky_axes_count_pixels(client: Client) -> None:
    base = product(image(ramp()))
    text = client.get(base + "/image").content.decode()

    assert "Its axes count pixels: its header says nothing about the sky (no CTYPE)." in text
    assert client.get(base + "/image.json").json()["sky"] is None
    assert client.get(base + "/image/grid").json() == {"path": "", "labels": []}


def test_a_broken_sky_is_told_and_the_image_is_shown(client: Client) -> None:
    text = client.get(product(image(ramp(), SKY | {"CRVAL1": "'<b>'"})) + "/image").content.decode()

    assert "CRVAL1 is not a number" in text


def test_packed_files_are_unpacked(client: Client) -> None:
    data = client.get(product(gzip.compress(SIGHT), "sky.fits.gz") + "/image.bin").content

    assert len(data) == 4 * 30 * 40


def test_a_packed_bomb_is_read_in_part_and_told(client: Client, monkeypatch) -> None:
    monkeypatch.setattr("executor.adapters.fits_file.UNPACKED_AT_MOST", 1_000_000)
    base = product(gzip.compress(image(np.zeros((4000, 4000), ">f4"))), "sky.fits.gz")

    assert client.get(base + "/image").status_code == 422
    assert "that much was read" in client.get(base + "/header").content.decode()


def test_images_compressed_in_tiles_are_unpacked_in_a_process_of_their_own(client: Client) -> None:
    file = io.BytesIO()
    values = np.arange(1200, dtype=np.int32).reshape(30, 40)
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(values)]).writeto(file)
    data = client.get(product(file.getvalue()) + "/image.bin").content

    assert (np.frombuffer(data, "<f4").reshape(30, 40) == values).all()


def test_tiles_that_are_wrong_are_a_sentence(client: Client) -> None:
    file = io.BytesIO()
    fits.HDUList(
        [fits.PrimaryHDU(), fits.CompImageHDU(np.arange(1200, dtype=np.int32).reshape(30, 40))]
    ).writeto(file)
    data = bytearray(file.getvalue())
    data[-2880:] = b"\xff" * 2880

    assert client.get(product(bytes(data)) + "/image").status_code in (200, 422)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n" + b"0" * 100, b"SIMPLE  =", b"\x1f\x8b" + b"x" * 50, b"\x1f\x8b"],
    ids=["empty", "png", "cut", "bad gzip", "short gzip"],
)  # fmt: skip
@pytest.mark.parametrize(
    "page", ["image", "image.png", "image.bin", "image.json", "header", "image/grid"]
)
def test_what_is_no_fits_file_is_a_sentence(client: Client, data: bytes, page: str) -> None:
    response = client.get(product(data) + "/" + page)

    assert response.status_code == 422
    assert "is no FITS file" in response.content.decode()


@pytest.mark.parametrize(
    "more", [{"NAXIS1": 10**12}, {"BITPIX": 3}, {"BSCALE": 1e308}, {"BSCALE": "'x'", "BZERO": "nan"}],
)  # fmt: skip
def test_headers_that_lie_are_a_page_or_a_sentence(client: Client, more: dict) -> None:
    cards = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": 40, "NAXIS2": 30} | more
    base = product(header(*[card(*pair) for pair in cards.items()]) + ramp().tobytes())

    for page in ("image", "image.png", "image.json", "header"):
        assert client.get(f"{base}/{page}").status_code in (200, 422)
    assert client.get(f"{base}/header").status_code == 200


def test_an_image_of_blanks_is_shown(client: Client) -> None:
    base = product(image(np.full((9, 9), np.nan, ">f4")))

    assert {
        client.get(f"{base}/{page}").status_code for page in ("image", "image.png", "image.json")
    } == {200}


def test_hostile_cards_are_words_on_the_page(client: Client) -> None:
    evil = b"EVIL    = '<script>pwn()</script>' / <img src=x onerror=pwn()>"
    data = header(
        card("SIMPLE", "T"), card("NAXIS", 0), evil.ljust(80), card("EXTNAME", "'<svg onload=1>'")
    )
    text = client.get(product(data) + "/header").content.decode()

    assert "&lt;script&gt;pwn()&lt;/script&gt;" in text
    assert [
        one for one in ("<script", "<img", "<svg onload") if one in text.partition("<main")[2]
    ] == []


def test_headers_are_saved_as_text(client: Client) -> None:
    response = client.get(product(SIGHT) + "/header?download")

    text = b"".join(response.streaming_content).decode()
    assert text.startswith("# header 0 PRIMARY\nSIMPLE  =")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_an_evicted_image_says_so(client: Client) -> None:
    gone = ProductFactory(data=SIGHT, evicted_at=timezone.now())

    assert client.get(f"/products/{gone.digest}/image").status_code == 410


def test_a_catalogue_and_regions_are_laid_over(client: Client) -> None:
    table = digest_of(b"name,ra,dec\nhere,266.4,-29.0\n<b>,266.41,-29.01\nfar,10,10\n", "cat.csv")
    regions = digest_of(b'icrs\ncircle(266.4,-29,36")\nnonsense\n', "a.reg")
    text = client.get(
        product(SIGHT) + f"/image?catalogue={table}:cat.csv&regions={regions}&contours=100"
    ).content.decode()

    told = ["2 of 3 sources lie in the image (columns ra and dec).", "<title>&lt;b&gt;</title>",
            "1 regions are drawn, 1 lines of their file are not understood.", "Contours at 100 s-1."]  # fmt: skip
    assert [words for words in told if words not in text] == []


@pytest.mark.parametrize("field", ["catalogue", "regions", "with"])
@pytest.mark.parametrize("data", [b"", b"x,y\n1,2\n", b"\x1f\x8b\x00", b"SIMPLE  ="])
def test_what_cannot_be_laid_over_is_a_sentence(client: Client, field: str, data: bytes) -> None:
    other = digest_of(data, "a.csv")
    for name in (f"{other}:a.csv", "0" * 64, "x"):
        assert client.get(product(SIGHT) + f"/image?{field}={name}").status_code == 200


def test_a_second_image_is_laid_over_the_first(client: Client) -> None:
    other = digest_of(image((2 * ramp()).astype(">f4"), SKY), "b.fits")
    base = product(SIGHT)
    text = client.get(base + f"/image?with={other}:b.fits").content.decode()
    onto = f"{base.removeprefix('/products/')}:0:1"
    data = client.get(f"/products/{other}/image.bin?onto={onto}").content

    assert f'data-other="/products/{other}"' in text
    assert (np.frombuffer(data, "<f4").reshape(30, 40) == 2 * ramp()).all()


def test_the_page_takes_few_questions(client: Client, django_assert_max_num_queries) -> None:
    base = product(SIGHT)
    with django_assert_max_num_queries(3):
        client.get(base + "/image")


def test_a_list_of_many_headers_is_bounded(client: Client) -> None:
    part = header(card("XTENSION", "'IMAGE'"), card("BITPIX", 8), card("NAXIS", 0))
    text = client.get(product(SIGHT + part * 1500) + "/header").content.decode()

    assert "Only the first 1,000 headers were read." in text


def test_json_holds_no_number_that_is_none(client: Client) -> None:
    values = ramp().copy()
    values[3, 3] = np.inf
    base = product(image(values, SKY | {"CTYPE1": "'RA---AIT'", "CTYPE2": "'DEC--AIT'", "CDELT1": -20.0,
                                        "CDELT2": 20.0}))  # fmt: skip

    told = json.loads(client.get(base + "/image.json").content, parse_constant=lambda _name: 1 / 0)
    assert None in told["sky"]["vectors"]
    assert client.get(base + "/image").status_code == 200


def test_a_file_that_is_gone_from_the_store_is_told(client: Client) -> None:
    gone = ProductFactory(data=b"ra,dec\n1,2\n")
    store.remove(gone.digest)
    text = client.get(product(SIGHT) + f"/image?catalogue={gone.digest}:a.csv").content.decode()

    assert "A file to be laid over cannot be read here." in text
    assert client.get(f"/products/{gone.digest}/image").status_code == 410
