"""The broker in a folder: whole messages, and no worker that dies of half a one."""

import os
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from config import folder_broker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages").mkdir()
    return tmp_path / "messages"


@pytest.fixture
def channel(folder: Path, monkeypatch):
    monkeypatch.setitem(TRANSPORT_ALIASES, "filesystem", "replaced by what is installed")
    folder_broker.install()
    options = {
        "data_folder_in": str(folder), "data_folder_out": str(folder),
        "control_folder": str(folder.parent / "control"),
    }  # fmt: skip
    with Connection("filesystem://localhost", transport_options=options) as connection:
        yield connection.channel()


def test_messages_come_out_as_they_went_in_and_leave_nothing(channel, folder):
    channel._put("runs", {"number": 1})
    channel._put("other", {"number": 2})

    assert channel._get("runs") == {"number": 1}
    assert channel._get("other") == {"number": 2}
    assert list(folder.iterdir()) == []


def test_a_message_has_its_name_only_when_it_is_whole(channel, folder, monkeypatch):
    seen = []
    real = os.replace

    def replace(source, target):
        seen.append(([path.suffix for path in folder.iterdir()], Path(source).read_text()))
        real(source, target)

    monkeypatch.setattr(folder_broker.os, "replace", replace)
    channel._put("runs", {"number": 1})

    assert seen == [([".part"], '{"number": 1}')]


@pytest.mark.parametrize("text", ["", '{"number"'])
def test_half_a_message_is_none_and_no_error(channel, folder, text):
    (folder / "1_half.runs.msg").write_text(text)

    with pytest.raises(Empty):
        channel._get("runs")
    channel._put("runs", {"number": 1})
    assert channel._get("runs") == {"number": 1}
