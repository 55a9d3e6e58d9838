"""Media types of uploads: the name and the bytes must agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.media import sniffed

PNG = b"\x89PNG\r\n\x1a\n..."
FITS = b"SIMPLE  =                    T"
UNKNOWN = "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("map.fits", FITS, "application/fits"),
        ("map.FITS", FITS, "application/fits"),
        ("figure.png", PNG, "image/png"),
        ("figure.gif", b"GIF89a", "image/gif"),
        ("figure.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("plain", b"RIFF\0\0\0\0WAVE", UNKNOWN),
        ("table.csv", b"a,b\n1,2\n", "text/csv"),
        ("table.ecsv", b"# %ECSV 1.0\n", "text/csv"),
        ("number.json", b"40.0", "application/json"),
        ("note.txt", "größer".encode(), "text/plain"),
        ("cat.vot", b'<?xml version="1.0"?>', "application/x-votable+xml"),
        ("plain", FITS, "application/fits"),
        ("plain", b"anything", UNKNOWN),
        ("cut.txt", b"x" * 4095 + "ö".encode()[:1], "text/plain"),
        ("empty.csv", b"", "text/csv"),
    ],
)
def test_a_file_is_what_its_name_and_its_bytes_say(name, head, kind):
    assert sniffed(name, head) == kind


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("figure.png", b"<script>alert(1)</script>"),
        ("figure.png", FITS),
        ("map.fits", PNG),
        ("figure.webp", b"RIFF\0\0\0\0WAVE"),
        ("table.csv", PNG),
        ("table.csv", b"<html>"),
        ("number.json", b" \n<html>"),
        ("table.csv", b"a,b\0"),
        ("note.txt", b"\xff\xfe\x00"),
        ("cat.vot", b"no markup"),
        ("page.html", b"<html>"),
    ],
)
def test_a_file_whose_bytes_say_something_else_is_no_kind_at_all(name, head):
    assert sniffed(name, head) == UNKNOWN


@given(st.text(max_size=40), st.binary(max_size=100))
def test_nothing_that_somebody_uploads_is_ever_a_page(name, head):
    assert sniffed(name, head) not in {"text/html", "application/xhtml+xml"}
