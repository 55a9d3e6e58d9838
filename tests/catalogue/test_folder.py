"""Entries in folders of this machine: plain files only, and not too many."""

import os

import pytest

from catalogue.adapters import folder as adapter
from catalogue.adapters.folder import read_folder
from catalogue.errors import UnreadableSourceError


def refused(folder):
    with pytest.raises(UnreadableSourceError) as caught:
        read_folder(folder)
    return caught.value.detail


def test_the_files_of_a_folder_are_read_with_their_paths(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.csv").write_bytes(b"1,2")
    (tmp_path / "a.ipynb").write_bytes(b"{}")
    assert read_folder(tmp_path).files == {"a.ipynb": b"{}", "sub/b.csv": b"1,2"}


def test_what_programs_keep_for_themselves_is_left_out(tmp_path):
    for name in (".git/config", "sub/.ipynb_checkpoints/a.ipynb", "__pycache__/a.pyc", ".DS_Store"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert read_folder(tmp_path).files == {}


def test_links_are_not_followed(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    entry = tmp_path / "entry"
    entry.mkdir()
    (entry / "file").symlink_to(tmp_path / "secret")
    (entry / "folder").symlink_to(tmp_path)
    (entry / "dangling").symlink_to(tmp_path / "gone")
    assert read_folder(entry).files == {}


def test_pipes_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert read_folder(tmp_path).files == {}


def test_a_folder_that_is_not_there_is_named(tmp_path):
    gone = tmp_path / "gone"
    assert refused(gone) == f"There is no folder {gone}: name the folder of an entry."


@pytest.mark.parametrize("name", ["a\nb", "a\\b", "a\u202eb", os.fsdecode(b"\xff")])
def test_a_name_that_is_not_plain_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    assert refused(tmp_path) == f"The file name {name!r} is not plain: rename it."


def test_a_large_file_belongs_into_data_toml(tmp_path):
    with (tmp_path / "big.fits").open("wb") as handle:
        handle.truncate(16 * 1024 * 1024 + 1)
    assert refused(tmp_path) == (
        "big.fits has 16,777,217 bytes, above 16,777,216: name it in data.toml."
    )


@pytest.mark.parametrize(("name", "most"), [("FILES_AT_MOST", 2), ("ENTRY_BYTES_AT_MOST", 2)])
def test_an_entry_holds_no_more_than_it_may(tmp_path, monkeypatch, name, most):
    for number in range(2):
        (tmp_path / str(number)).write_bytes(b"x")
    monkeypatch.setattr(adapter, name, most)
    assert len(read_folder(tmp_path).files) == 2
    (tmp_path / "2").write_bytes(b"x")
    files, size = adapter.FILES_AT_MOST, adapter.ENTRY_BYTES_AT_MOST
    assert refused(tmp_path) == (
        f"An entry holds at most {files} files and {size:,} bytes: "
        "name large files in data.toml instead."
    )
