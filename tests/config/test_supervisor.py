"""What stands in the way of a start is one sentence with its code; what dies is started again."""

import errno
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config import supervisor
from config.up import parts, preflight, prepare, problem, processes, watch

ROOT = Path(supervisor.__file__).parent.parent
Usage = namedtuple("Usage", ["total", "used", "free"])  # noqa: PYI024 - as shutil returns it


@pytest.mark.enable_socket
def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(problem.StartError) as caught:
            preflight.check_port("127.0.0.1", port)
    other = port + 1 if port < 65535 else port - 1
    assert (caught.value.code, str(caught.value)) == (
        3,
        f"Port {port} is taken by another program: make up PORT={other} uses another.",
    )


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(problem.StartError) as caught:
        preflight.check_port("127.0.0.1", port)
    assert str(caught.value) == (f"Port {port} does not exist: choose one, as in make up PORT=8001")


@pytest.mark.enable_socket
def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(
        problem.StartError, match=r"^192\.0\.2\.1 is not an address of this"
    ) as caught:
        preflight.check_port("192.0.2.1", 8000)
    assert caught.value.code == 3


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(problem.StartError) as caught:
        preflight.check_data(tmp_path / "file" / "data")
    assert (caught.value.code, str(caught.value)) == (
        4,
        (
            f"The data folder {tmp_path}/file/data cannot be written (Not a directory): "
            "choose another, as in make up DATA=~/reprise"
        ),
    )


def test_a_disk_with_little_room_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1 << 30, 1 << 30, 199 << 20))
    with pytest.raises(problem.StartError, match=r"199 MB free, 200 MB needed") as caught:
        preflight.check_data(tmp_path)
    assert caught.value.code == 5


def _in_namespace(script: str) -> "subprocess.CompletedProcess[str]":
    command = ["unshare", "-rm", "sh", "-c", script, "sh", sys.executable]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.system
def test_a_folder_mounted_read_only_is_one_sentence(tmp_path: Path) -> None:
    done = _in_namespace(
        f"mount --bind '{tmp_path}' '{tmp_path}' && mount -o remount,ro,bind '{tmp_path}' "
        f"&& exec \"$1\" -m config.supervisor --data '{tmp_path}'"
    )
    assert (done.returncode, done.stderr) == (
        4,
        (
            f"The data folder {tmp_path} cannot be written (Read-only file system): "
            "choose another, as in make up DATA=~/reprise\n"
        ),
    )


@pytest.mark.system
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    done = _in_namespace(
        f"mount -t tmpfs -o size=64k none '{tmp_path}'; "
        f"head -c 64k /dev/zero > '{tmp_path}/all'; "
        f"exec \"$1\" -m config.supervisor --data '{tmp_path}'"
    )
    assert (done.returncode, done.stderr) == (
        5,
        f"The disk that holds {tmp_path} is full: make room, or choose another: make up DATA=…\n",
    )


def test_a_data_folder_serves_one_start_at_a_time(tmp_path: Path) -> None:
    handle = preflight.hold(tmp_path)
    with pytest.raises(problem.StartError, match=r"^Reprise already runs on") as caught:
        preflight.hold(tmp_path)
    os.close(handle)
    os.close(preflight.hold(tmp_path))
    assert caught.value.code == 6


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 99])
def test_a_damaged_database_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "reprise.sqlite3"
    file.write_bytes(content)
    with pytest.raises(problem.StartError) as caught:
        preflight.check_database(file)
    assert (caught.value.code, str(caught.value)) == (
        7,
        (
            f"{file} is not a usable database: put a copy of yours in its place, "
            "or start with another folder: make up DATA=…"
        ),
    )


def test_a_database_that_is_missing_empty_or_sound_is_taken(tmp_path: Path) -> None:
    preflight.check_database(tmp_path / "missing")
    (tmp_path / "empty").touch()
    preflight.check_database(tmp_path / "empty")
    connection = sqlite3.connect(tmp_path / "sound")
    connection.execute("CREATE TABLE t (c)")
    connection.close()
    preflight.check_database(tmp_path / "sound")


def test_a_database_of_a_newer_reprise_is_refused() -> None:
    known = {("executor", "0001_initial")}
    prepare.check_not_newer(known, known)
    with pytest.raises(problem.StartError, match=r"executor\.0009_later is unknown") as caught:
        prepare.check_not_newer(known | {("executor", "0009_later")}, known)
    assert caught.value.code == 7


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 5),
        (sqlite3.OperationalError("database or disk is full"), 5),
        (sqlite3.DatabaseError("database disk image is malformed"), 7),
        (ValueError("a\nb"), 8),
    ],
)
def test_a_failed_preparation_is_one_sentence(tmp_path: Path, error: Exception, code: int) -> None:
    told = problem.of_preparation(error, tmp_path)
    assert (told.code, str(told).count("\n")) == (code, 0)


def test_the_traceback_of_a_failed_preparation_is_kept(tmp_path: Path) -> None:
    told = problem.of_preparation(ValueError("odd"), tmp_path)
    assert str(told) == (
        f"The service could not be prepared (ValueError: odd); {tmp_path}/logs/start.log says more."
    )
    assert (tmp_path / "logs" / "start.log").read_text() == "ValueError: odd\n"


def test_a_part_is_started_again_ever_later() -> None:
    moments = [100.0, 101.0, 102.0, 103.0]
    assert [watch.delay(moments[:count], 103.0) for count in (1, 2, 3, 4)] == [0.0, 1.0, 2.0, 4.0]


def test_five_deaths_in_a_minute_are_too_many() -> None:
    assert watch.too_often([0.0, 10.0, 20.0, 30.0, 59.0], 59.0)
    assert not watch.too_often([0.0, 10.0, 20.0, 30.0, 60.0], 60.0)


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "web.log"
    parts.turn_log(file)
    file.write_bytes(b"x" * (parts.LOG_BYTES + 1))
    parts.turn_log(file)
    assert [entry.name for entry in file.parent.iterdir()] == ["web.log.1"]


def test_the_last_lines_of_a_log_are_told(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a\nb\nc\n")
    assert parts.last_lines(tmp_path / "log", 2) == "b\nc"
    assert parts.last_lines(tmp_path / "none") == ""


def _sleeper(data: Path) -> parts.Part:
    code = (
        "import subprocess, sys, time; "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], "
        "start_new_session=True); open('ready', 'w').close(); time.sleep(60)"
    )
    return parts.Part("sleeper", ("-c", f"import os; os.chdir({str(data)!r}); {code}"))


def _wait_for(file: Path, process: "subprocess.Popen[bytes]") -> None:
    while not file.exists():
        assert process.poll() is None


def test_stopping_ends_a_part_and_what_it_started_in_other_sessions(tmp_path: Path) -> None:
    keeper = watch.Watch([_sleeper(tmp_path)], tmp_path, ROOT)
    keeper.start("sleeper")
    _wait_for(tmp_path / "ready", keeper.running["sleeper"])
    before = len(processes.marked(tmp_path))
    keeper.stop()
    left = [pid for pid in processes.marked(tmp_path) if processes.alive(pid)]
    assert (before, left) == (2, [])


def test_a_part_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from config.up import parts; "
        f"data = Path({str(tmp_path)!r}); "
        "parts.start(parts.Part('p', ('-c', f'import time; open({str(data / \"ready\")!r}, \"w\")"
        ".close(); time.sleep(60)')), data, Path.cwd()); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    _wait_for(tmp_path / "ready", parent)
    (child,) = processes.marked(tmp_path)
    parent.kill()
    parent.wait()
    while processes.alive(child):
        pass
    assert processes.marked(tmp_path) == set()


@pytest.mark.enable_socket
def test_a_part_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    keeper = watch.Watch([parts.Part("web", ("-c", "raise SystemExit('no luck')"))], tmp_path, ROOT)
    keeper.start("web")
    keeper.running["web"].wait()
    with pytest.raises(problem.StartError) as caught:
        keeper.wait_until_answering("http://127.0.0.1:9/healthz")
    keeper.stop()
    assert (caught.value.code, str(caught.value).splitlines()[-1]) == (9, "no luck")


def test_a_setting_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "config.supervisor",
        "--port",
        "64999",
        "--data",
        str(tmp_path),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"REPRISE_WORKERS": "many"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "REPRISE_WORKERS is 'many': write a whole number above zero.\n",
    )
