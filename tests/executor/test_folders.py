"""Work folders: laid out before an attempt, read back with suspicion after it."""

import json
import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from catalogue.domain.choices import Runtime
from executor.adapters import folders
from executor.adapters.folders import (
    HostileFileError,
    check_file,
    keep_file,
    lay_out,
    read_file,
    remove,
)
from executor.runtime import RUNNER
from lib import store

NOBODY = 65534


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "work"
    (made / "outputs").mkdir(parents=True)
    return made


def refused(folder, name="x", most=100) -> str:
    with pytest.raises(HostileFileError) as error:
        read_file(folder, name, most)
    return str(error.value)


def test_a_folder_holds_the_files_the_runner_and_what_it_is_told(tmp_path):
    files = {"double.ipynb": store.put(b"{}"), "lib/tools.py": store.put(b"x = 1")}

    lay_out(tmp_path / "work", files=files, linked={}, job={"seed": 7})

    found = {
        str(path.relative_to(tmp_path / "work")): path.read_bytes()
        for path in (tmp_path / "work").rglob("*")
        if path.is_file()
    }
    assert found == {
        "double.ipynb": b"{}",
        "lib/tools.py": b"x = 1",
        ".job.json": json.dumps({"seed": 7}).encode(),
        ".notebook_runner.py": RUNNER.read_bytes(),
    }
    assert (tmp_path / "work" / ".home").is_dir()


def test_data_is_linked_and_never_copied(tmp_path):
    digest = store.put(b"bytes")

    linked = lay_out(tmp_path / "work", files={}, linked={"data/x.fits": digest}, job={})

    link = tmp_path / "work" / "data" / "x.fits"
    assert link.is_symlink()
    assert linked == (store.local_path(digest),)
    assert link.samefile(linked[0])


def test_data_of_a_store_elsewhere_is_linked_to_its_copy_here(tmp_path, monkeypatch):
    digest = store.put(b"bytes")
    copy = tmp_path / "copy"
    copy.write_bytes(b"bytes")
    monkeypatch.setattr("lib.store.local_copy", {digest: copy}.__getitem__)

    linked = lay_out(
        tmp_path / "work", files={}, linked={"data/x": digest, "inputs/y": digest}, job={}
    )

    assert linked == (copy,)
    assert [(tmp_path / "work" / path).samefile(copy) for path in ("data/x", "inputs/y")] == [
        True, True,
    ]  # fmt: skip


def test_data_whose_bytes_are_gone_is_noticed_before_anything_runs(tmp_path):
    with pytest.raises(FileNotFoundError):
        lay_out(tmp_path / "work", files={}, linked={"data/x": "0" * 64}, job={})


def test_what_an_earlier_attempt_left_is_gone(folder):
    (folder / "left").write_text("x")

    lay_out(folder, files={}, linked={}, job={})

    assert not (folder / "left").exists()


def test_a_plain_file_is_read(folder):
    (folder / "outputs" / "x").write_bytes(b"1234")

    assert read_file(folder, "x", 4) == b"1234"


def test_a_plain_file_is_kept_as_it_is(folder):
    (folder / "outputs" / "x").write_bytes(b"1234")

    check_file(folder, "x", 4)
    digest, size = keep_file(folder, "x", 4)

    assert (store.get(digest), size) == (b"1234", 4)


def test_a_hostile_file_is_not_kept(folder, settings):
    (folder / "outputs" / "x").symlink_to("/etc/passwd")
    (folder / "outputs" / "y").write_bytes(b"12345")

    for name in ("x", "y", "../x"):
        for refuse in (keep_file, check_file):
            with pytest.raises(HostileFileError):
                refuse(folder, name, 4)

    kept = [path for path in (settings.DATA_DIR / "store").rglob("*") if path.is_file()]
    assert kept == []


def test_a_file_that_grows_while_it_is_read_is_cut_where_it_was_too_large(folder, monkeypatch):
    (folder / "outputs" / "x").write_bytes(b"1234")
    monkeypatch.setattr(os, "read", lambda _handle, size: b"9" * size)

    assert read_file(folder, "x", 600_000) == b"9" * 600_000


def test_a_file_that_is_too_large_is_not_read(folder):
    (folder / "outputs" / "x").write_bytes(b"12345")

    assert refused(folder, most=4) == "the file x has 5 bytes, above 4"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "deep/x", "."])
def test_a_name_that_leads_elsewhere_is_refused(folder, name):
    (folder / "secret").write_text("key")
    (folder / "outputs" / "deep").mkdir()
    (folder / "outputs" / "deep" / "x").write_text("x")

    why = "is no plain file" if name == "." else "is not in the outputs"
    assert refused(folder, name) == f"the file {name} {why}"


@pytest.mark.parametrize("name", ["", "a\0b", "a\ud800", "not-there", "a" * 300])
def test_a_name_that_no_file_has_is_refused(folder, name):
    assert refused(folder, name) == f"the file {name} is missing or is no plain file"


def test_a_link_is_not_followed(folder):
    (folder / "outputs" / "x").symlink_to("/etc/passwd")

    assert refused(folder) == "the file x is missing or is no plain file"


def test_a_link_in_place_of_the_outputs_is_not_followed(folder):
    (folder / "outputs").rmdir()
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "x").write_text("x")
    (folder / "outputs").symlink_to("elsewhere")

    assert refused(folder) == "the file x is missing or is no plain file"


def test_a_pipe_does_not_keep_the_reader_waiting(folder):
    os.mkfifo(folder / "outputs" / "x")

    assert refused(folder) == "the file x is no plain file"


def test_a_folder_is_no_file(folder):
    (folder / "outputs" / "x").mkdir()

    assert refused(folder) == "the file x is no plain file"


def test_a_file_with_a_second_name_is_refused(folder):
    (folder / "first").write_text("x")
    os.link(folder / "first", folder / "outputs" / "x")

    assert refused(folder) == "the file x is no plain file"


def test_reading_leaves_no_descriptor_open(folder):
    (folder / "outputs" / "x").mkdir()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- counted, not listed

    for _ in range(5):
        refused(folder)

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 -- counted, not listed


def test_a_folder_is_removed_whatever_rights_its_files_were_given(folder):
    locked = folder / "locked"
    (locked / "inner").mkdir(parents=True)
    (locked / "inner" / "x").write_text("x")
    (locked / "inner").chmod(0)
    locked.chmod(stat.S_IXUSR)

    remove(folder)

    assert not folder.exists()


def as_nobody(function) -> int:
    """Calls a function as a user without privileges; returns the exit status, 0 when it went."""
    child = os.fork()
    if child == 0:
        try:
            os.setuid(NOBODY if os.getuid() == 0 else os.getuid())
            function()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_service_without_privileges_removes_what_was_locked_within_the_locked():
    with TemporaryDirectory() as made:
        top = Path(made)
        top.chmod(0o777)

        def lock_and_remove() -> None:
            inner = top / "work" / "locked" / "inner"
            inner.mkdir(parents=True)
            (inner / "x").write_text("x")
            for folder, rights in ((inner, 0), (inner.parent, 0o100), (top / "work", 0o500)):
                folder.chmod(rights)
            remove(top / "work")

        assert as_nobody(lock_and_remove) == 0
        assert list(top.iterdir()) == []


def test_removing_does_not_follow_links_out_of_the_folder(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_text("x")
    (folder / "link").symlink_to(outside)
    outside.chmod(0o500)

    remove(folder)

    assert not folder.exists()
    assert ((outside / "keep").read_text(), stat.S_IMODE(outside.stat().st_mode)) == ("x", 0o500)


def test_a_folder_that_is_not_there_is_removed_already(tmp_path):
    remove(tmp_path / "nowhere")

    assert not (tmp_path / "nowhere").exists()


def test_the_runner_has_a_name_that_no_notebook_gives_by_chance():
    assert (folders.runners(Runtime.NOTEBOOK), folders.OUTPUTS) == (
        (".notebook_runner.py",), "outputs",
    )  # fmt: skip
