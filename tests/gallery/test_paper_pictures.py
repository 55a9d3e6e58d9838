"""Published pictures: PNG, JPEG, GIF and WebP, and nothing that only says so."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gallery.domain.pictures import BYTES_AT_MOST, NotAPictureError, media_type_of


def picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(made, form)
    return made.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(NotAPictureError) as refused:
        media_type_of(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("form", "kind"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")],
)
def test_a_picture_is_known_by_its_bytes(form, kind):
    assert media_type_of(picture(form)) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>",
        b"%PDF-1.7",
        b"BM" + bytes(60),
    ],
)
def test_what_is_none_of_the_four_is_no_picture(data):
    assert refusal(data) == "it is no PNG, JPEG, GIF or WebP by its first bytes"


def test_a_damaged_picture_is_none():
    data = bytearray(picture("PNG"))
    data[45] ^= 0xFF

    assert refusal(bytes(data)).startswith("it cannot be read (")


def test_a_riff_that_is_no_webp_is_no_picture():
    assert refusal(b"RIFF\x04\0\0\0WAVE") == "it cannot be read (UnidentifiedImageError)"


def bomb(side: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    assert refusal(bomb(9_000)) == "it has more than 60 million pixels"
    assert refusal(bomb(60_000)) == "it cannot be read (DecompressionBombError)"


def test_a_file_too_large_is_refused_unread():
    assert refusal(b"\x89PNG\r\n\x1a\n" + bytes(BYTES_AT_MOST)) == "it is larger than 16 MB"


@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]), st.integers(4, 60), st.binary(max_size=40))
def test_any_bytes_are_a_picture_or_refused(form, place, junk):
    data = picture(form)
    with suppress(NotAPictureError):
        assert media_type_of(data[:place] + junk + data[place:]).startswith("image/")
