"""A file is found by its checksum, whatever it is called."""

import pytest

from lib import digest, mirror

DATA = b"flux 4.96"
SHA = digest.of_bytes(DATA)


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / "one", tmp_path / "two"]
    for folder in made:
        (folder / "deep").mkdir(parents=True)
    return made


def test_a_file_is_found_by_name_at_any_depth(folders):
    place = folders[1] / "deep" / "flux.csv"
    place.write_bytes(DATA)
    assert mirror.find(SHA, "flux.csv", folders) == place


def test_the_first_folder_is_asked_first(folders):
    for folder in folders:
        (folder / "flux.csv").write_bytes(DATA)
    assert mirror.find(SHA, "flux.csv", folders) == folders[0] / "flux.csv"


def test_the_right_name_with_other_bytes_is_passed_over(folders):
    (folders[0] / "flux.csv").write_bytes(b"flux 4.97")
    (folders[0] / "deep" / "flux.csv").write_bytes(DATA)
    assert mirror.find(SHA, "flux.csv", folders) == folders[0] / "deep" / "flux.csv"


def test_another_name_is_found_only_when_the_size_is_known(folders):
    place = folders[0] / "renamed.csv"
    place.write_bytes(DATA)
    assert mirror.find(SHA, "flux.csv", folders) is None
    assert mirror.find(SHA, "flux.csv", folders, size=len(DATA)) == place
    assert mirror.find(SHA, "flux.csv", folders, size=len(DATA) + 1) is None


@pytest.mark.parametrize("what", ["nothing", "folder", "dangling link", "missing folder"])
def test_what_is_no_file_is_not_found(folders, what):
    if what == "folder":
        (folders[0] / "flux.csv").mkdir()
    if what == "dangling link":
        (folders[0] / "flux.csv").symlink_to(folders[0] / "gone")
    places = [folders[0] / "gone"] if what == "missing folder" else folders
    assert mirror.find(SHA, "flux.csv", places, size=len(DATA)) is None


def test_a_file_that_cannot_be_read_is_passed_over(folders, monkeypatch):
    (folders[0] / "flux.csv").write_bytes(DATA)
    (folders[1] / "flux.csv").write_bytes(DATA)
    first, real = folders[0] / "flux.csv", digest.of_file

    def of_file(path):
        if path == first:
            raise PermissionError
        return real(path)

    monkeypatch.setattr(digest, "of_file", of_file)
    assert mirror.find(SHA, "flux.csv", folders) == folders[1] / "flux.csv"


def test_no_more_than_so_many_files_of_a_folder_are_looked_at(folders, monkeypatch):
    monkeypatch.setattr(mirror, "FILES_AT_MOST", 1)
    (folders[0] / "a.csv").write_bytes(b"")
    (folders[0] / "flux.csv").write_bytes(DATA)
    (folders[1] / "flux.csv").write_bytes(DATA)
    assert mirror.find(SHA, "flux.csv", folders) == folders[1] / "flux.csv"
