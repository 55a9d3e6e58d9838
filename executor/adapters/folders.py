"""The work folder of an attempt: laid out before, read back with suspicion after."""

import json
import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from executor.runtime import RUNNER
from lib import store

OUTPUTS = "outputs"
HOME = ".home"
RUNNER_NAME = ".notebook_runner.py"


class HostileFileError(ValueError):
    """A file in the folder is not a plain file of acceptable size."""


def lay_out(
    folder: Path, *, files: Mapping[str, str], data: Mapping[str, str], job: Mapping[str, Any]
) -> tuple[Path, ...]:
    """Fill a new work folder; returns the data files on this machine that it points to.

    Args:
        folder: the folder to make.
        files: path → digest of every file of the version.
        data: name → digest of every data file; linked into ``data/``, never copied, so that the
            store's bytes can be bound read-only.
        job: what the runner is told, its ``job.json``.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, name in files.items():
        store.copy(name, folder / path)
    (folder / HOME).mkdir(exist_ok=True)
    shutil.copyfile(RUNNER, folder / RUNNER_NAME)
    (folder / ".job.json").write_text(json.dumps(job))
    return tuple(_link(folder / "data" / name, digest) for name, digest in data.items())


def read_file(folder: Path, name: str, most: int) -> bytes:
    """The bytes of a file in the outputs of a work folder.

    Raises:
        HostileFileError: it is missing, a link, a device, or larger than ``most``.
    """
    if "/" in name:
        raise HostileFileError(f"the file {name} is not in the outputs")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        outputs = os.open(folder / OUTPUTS, flags | os.O_DIRECTORY)
        try:
            handle = os.open(name, flags, dir_fd=outputs)
        finally:
            os.close(outputs)
    except (OSError, ValueError):
        raise HostileFileError(f"the file {name} is missing or is no plain file") from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
            raise HostileFileError(f"the file {name} is no plain file")
        if about.st_size > most:
            raise HostileFileError(f"the file {name} has {about.st_size:,} bytes, above {most:,}")
        with os.fdopen(handle, "rb", closefd=False) as file:  # a folder has been refused by now
            return file.read(most)
    finally:
        os.close(handle)


def remove(folder: Path) -> None:
    """Remove a work folder, whatever rights its files were given."""
    insisted: set[str] = set()

    def insist(_function: Any, path: str, _info: Any) -> None:  # noqa: ANN401 -- shutil's own shape
        if path not in insisted:
            insisted.add(path)
            _give_rights(Path(path))
            shutil.rmtree(path, onerror=insist)

    shutil.rmtree(folder, onerror=insist)


def _give_rights(path: Path) -> None:
    with suppress(OSError):
        path.parent.chmod(0o700)
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
        else:
            path.unlink(missing_ok=True)


def _link(link: Path, digest: str) -> Path:
    target = store.local_path(digest)
    link.parent.mkdir(parents=True, exist_ok=True)
    if target is None:
        store.copy(digest, link)
        return link
    link.symlink_to(target)
    return target
