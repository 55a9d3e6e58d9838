"""Counting what a work folder holds."""

import os
from pathlib import Path

from executor.adapters.sandbox.folder import folder_bytes

PLENTY = 10**9


def test_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert folder_bytes(tmp_path, PLENTY) == 0


def test_files_count_as_what_they_take_on_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(100_000))
    taken = (tmp_path / "file").stat().st_blocks * 512
    assert folder_bytes(tmp_path, PLENTY) == taken


def test_links_count_as_links_wherever_they_lead(tmp_path: Path) -> None:
    (tmp_path / "root").symlink_to("/")
    (tmp_path / "self").symlink_to(".")
    (tmp_path / "nowhere").symlink_to("missing")
    assert folder_bytes(tmp_path, PLENTY) == 3 * 1024


def test_count_stops_once_it_is_too_much(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    assert folder_bytes(tmp_path, 4 * 1024) == 5 * 1024


def test_very_deep_folders_count_as_too_much(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(150):
        os.mkdir("x", dir_fd=here)
        below = os.open("x", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert folder_bytes(tmp_path, PLENTY) > PLENTY
