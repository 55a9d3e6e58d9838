"""Uploads are other people's: nothing in a zip may lead out of it, lie or grow without end."""

import io
import random
import stat
import struct
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from catalogue.adapters import archive as adapter
from catalogue.adapters.archive import read_upload
from catalogue.errors import UnreadableSourceError

TOO_MUCH = "An entry holds at most 200 files and 33,554,432 bytes"


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    """A zip of (name or ZipInfo, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return buffer.getvalue()


def linked(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def named(name):
    """A member whose name zipfile would otherwise tidy up."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def read(data):
    return read_upload("entry.zip", data).files


def refused(data, name="entry.zip"):
    with pytest.raises(UnreadableSourceError) as caught:
        read_upload(name, data)
    return caught.value.detail


# What is taken


def test_a_notebook_alone_is_an_entry():
    assert read_upload("fit.ipynb", b"{}").files == {"fit.ipynb": b"{}"}
    assert read_upload("folder/Fit.IPYNB", b"{}").files == {"Fit.IPYNB": b"{}"}


def test_a_zip_of_files_is_an_entry():
    assert read(zipped(("a.ipynb", b"{}"), ("sub/b.csv", b"1"))) == {
        "a.ipynb": b"{}", "sub/b.csv": b"1",
    }  # fmt: skip


def test_a_single_folder_at_the_top_is_stripped():
    data = zipped(("entry/", b""), ("entry/a.ipynb", b"{}"), ("entry/sub/b.csv", b"1"))
    assert read(data) == {"a.ipynb": b"{}", "sub/b.csv": b"1"}


def test_two_folders_at_the_top_stay():
    assert set(read(zipped(("a/x", b""), ("b/y", b"")))) == {"a/x", "b/y"}
    assert set(read(zipped(("a/x", b""), ("y", b"")))) == {"a/x", "y"}


def test_what_a_mac_adds_is_left_out():
    data = zipped(("e/a.ipynb", b"{}"), ("__MACOSX/e/._a.ipynb", b"x"), ("e/.DS_Store", b"x"))
    assert read(data) == {"a.ipynb": b"{}"}


def test_an_empty_zip_is_an_empty_entry():
    assert read(zipped()) == {}


# Attacks


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/cron.d/evil", "//host/evil", "a/./b", "..\\evil", "C:\\evil",
     ".", "..", "a\nb", "a\u202eb", "x" * 201],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_zip_is_refused(name):
    assert refused(zipped((named(name), b"x"))) == (
        f"The zip holds {name[:80]!r}, which is not a plain file."
    )


def test_a_link_is_refused():
    assert refused(zipped((linked("a"), b"/etc/passwd"))) == (
        "The zip holds 'a', which is not a plain file."
    )


def test_a_link_to_a_folder_and_a_file_behind_it_are_refused():
    assert refused(zipped((linked("a"), b"/etc"), ("a/passwd", b"x"))) == (
        "The zip holds 'a', which is not a plain file."
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused():
    assert refused(zipped(("a", b"1"), ("a", b"2"))) == "The zip holds 'a' twice."


def test_a_file_that_is_a_folder_too_is_refused():
    assert refused(zipped(("a/b/c", b"1"), ("a", b"2"))) == (
        "The zip holds 'a' as a file and as a folder."
    )


def test_too_many_files_are_refused():
    assert len(read(zipped(*((str(number), b"") for number in range(200))))) == 200
    assert refused(zipped(*((str(number), b"") for number in range(201)))) == f"{TOO_MUCH}."


def test_a_zip_that_says_it_is_too_large_is_refused_unread():
    part = b"\0" * (12 * 1024 * 1024)
    assert refused(zipped(("a", part), ("b", part), ("c", part))) == f"{TOO_MUCH}."


def test_a_member_that_unpacks_to_too_much_is_refused():
    data = zipped(("bomb", b"\0" * (16 * 1024 * 1024 + 1)))
    assert refused(data) == "bomb unpacks to more than 16,777,216 bytes."


def _lying(data, size):
    """The same zip, whose headers say that its member has another size."""
    changed = bytearray(data)
    place = data.index(b"PK\x01\x02")
    changed[22:26] = changed[place + 24 : place + 28] = struct.pack("<I", size)
    return bytes(changed)


def test_a_bomb_with_a_lying_header_is_not_unpacked():
    started = time.process_time()
    detail = refused(_lying(zipped(("bomb", b"\0" * (64 * 1024 * 1024))), 10))
    assert detail.startswith("entry.zip is neither a notebook nor a zip: Bad CRC-32")
    assert time.process_time() - started < 2


def test_members_are_counted_as_they_unpack(monkeypatch):
    monkeypatch.setattr("catalogue.adapters.folder.ENTRY_BYTES_AT_MOST", 3)
    assert refused(zipped(("a", b"12"), ("b", b"34"))).startswith(
        "An entry holds at most 200 files"
    )


def test_an_encrypted_member_is_refused():
    data = bytearray(zipped(("a", b"secret"), method=zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)).startswith("entry.zip is neither a notebook nor a zip: File")


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"\x1f\x8b\x08", b"{}"])
def test_what_is_no_zip_is_refused(data):
    assert refused(data) == "entry.zip is neither a notebook nor a zip: File is not a zip file."


@pytest.mark.parametrize("name", ["a\nb.ipynb", "x" * 200 + ".ipynb", "a\\b.ipynb", "\u202e.ipynb"])
def test_a_notebook_with_a_name_that_is_not_plain_is_refused(name):
    assert refused(b"{}", name) == f"The file name {name[:80]!r} is not plain: rename it."


def test_a_notebook_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(adapter, "FILE_BYTES_AT_MOST", 3)
    assert refused(b"{  }", "a.ipynb") == "a.ipynb has 4 bytes, above 3: clear its outputs."


def test_a_file_without_a_name_is_refused():
    data = zipped(("a.ipynb", b"{}")).replace(b"a.ipynb", b"\0.ipynb")

    with pytest.raises(UnreadableSourceError, match="a file in it has no name"):
        read_upload("entry.zip", data)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@given(seed=st.integers(0, 2**32))
@hypothesis_settings(max_examples=80)
def test_a_damaged_zip_is_read_or_refused(method, seed):
    dice = random.Random(seed)  # noqa: S311 -- damage, no secret
    data = bytearray(zipped(("a.ipynb", b"{}" * 200), ("sub/b", bytes(range(256))), method=method))
    for _hit in range(dice.randint(1, 4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        files = read_upload("entry.zip", bytes(data)).files
    except UnreadableSourceError:
        return
    assert all(isinstance(name, str) for name in files)
