"""What is looked at before anything is started; each fault has its sentence and its code."""

import errno
import fcntl
import os
import shutil
import socket
import sqlite3
import tempfile
from pathlib import Path

from config.up.problem import StartError, damaged, disk_full

NEEDED_BYTES = 200 * 1024 * 1024
SQLITE_MAGIC = b"SQLite format 3\0"


def check_port(host: str, port: int) -> None:
    """Refuse a port that the web server could not take.

    Raises:
        StartError: code 3.
    """
    if not 0 < port < 2**16:
        raise StartError(3, f"Port {port} does not exist: choose one, as in make up PORT=8001")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _port_error(host, port, error) from error


def _port_error(host: str, port: int, error: OSError) -> StartError:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 2**16 - 1 else port - 1
        sentence = f"Port {port} is taken by another program: make up PORT={other} uses another."
    elif error.errno == errno.EACCES:
        sentence = f"Port {port} is reserved for the system: choose one, as in make up PORT=8001"
    else:
        sentence = f"{host} is not an address of this machine ({error.strerror}): leave out HOST."
    return StartError(3, sentence)


def check_data(data: Path) -> None:
    """Make the data folder and refuse one that cannot be written or has no room.

    Raises:
        StartError: code 4 for the folder, 5 for the disk.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data) as probe:
            probe.write(b"\0" * 4096)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(data) from error
        raise StartError(
            4,
            f"The data folder {data} cannot be written ({error.strerror}): "
            "choose another, as in make up DATA=~/reprise",
        ) from error
    check_room(data)


def check_room(data: Path) -> None:
    """Refuse a disk with less than 200 MB free.

    Raises:
        StartError: code 5.
    """
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise StartError(
            5,
            f"The disk that holds {data} is nearly full ({free >> 20} MB free, "
            f"{NEEDED_BYTES >> 20} MB needed): make room, or choose another: make up DATA=…",
        )


def hold(data: Path) -> int:
    """Take the data folder for this start; the open file keeps it until the process ends.

    The system lets go of the lock with the process, so a start that was killed is no obstacle.

    Raises:
        StartError: code 6 when another start holds it.
    """
    handle = os.open(data / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise StartError(
            6,
            f"Reprise already runs on the data folder {data}: stop it with Ctrl-C, "
            "or start on another folder: make up PORT=8001 DATA=…",
        ) from error
    return handle


def check_database(file: Path) -> None:
    """Refuse a database file that SQLite cannot read; a missing or empty one is new.

    Raises:
        StartError: code 7.
    """
    if not file.exists() or not file.stat().st_size:
        return
    with file.open("rb") as handle:
        if handle.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise damaged(file)
    try:
        with sqlite3.connect(file) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.close()
    except sqlite3.DatabaseError as error:
        raise damaged(file) from error
