"""The work folder of an attempt: laid out before, read back with suspicion after."""

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from catalogue.domain.choices import Runtime
from executor.runtime import CWL_RUNNER, EXACT_RUNNER, RUNNER
from lib import store

OUTPUTS = "outputs"
HOME = ".home"
RUNNERS = {
    Runtime.NOTEBOOK: (RUNNER,),
    Runtime.EXACT: (EXACT_RUNNER, RUNNER),
    Runtime.CWL: (CWL_RUNNER,),
}


class HostileFileError(ValueError):
    """A file in the folder is not a plain file of acceptable size."""


def runners(runtime: Runtime) -> tuple[str, ...]:
    """Names in the work folder of the programs that a runtime needs, the one started first."""
    return tuple(f".{path.name}" for path in RUNNERS[runtime])


def lay_out(
    folder: Path,
    *,
    files: Mapping[str, str],
    linked: Mapping[str, str],
    job: Mapping[str, Any],
    runtime: Runtime = Runtime.NOTEBOOK,
) -> tuple[Path, ...]:
    """Fill a new work folder; returns the files of the store on this machine that it points to.

    Args:
        folder: the folder to make.
        files: path → digest of every file of the version.
        linked: path → digest of every data file and input; linked, never copied, so that the
            store's bytes can be bound read-only.
        job: what the runner is told, its ``job.json``.
        runtime: how the main file is run.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, name in files.items():
        store.copy(name, folder / path)
    (folder / HOME).mkdir(exist_ok=True)
    for program in RUNNERS[runtime]:
        shutil.copyfile(program, folder / f".{program.name}")
    (folder / ".job.json").write_text(json.dumps(job))
    return tuple(dict.fromkeys(_link(folder / path, digest) for path, digest in linked.items()))


def read_file(folder: Path, name: str, most: int) -> bytes:
    """The bytes of a small file in the outputs of a work folder, in memory.

    Raises:
        HostileFileError: it is missing, a link, a device, or larger than ``most``.
    """
    return b"".join(_chunks(folder, name, most))


def keep_file(folder: Path, name: str, most: int) -> tuple[str, int]:
    """Take a file in the outputs of a work folder into the store, read once and never in memory.

    Returns its digest and how many bytes it has. It can be made again, so nobody waits for the
    disk.

    Raises:
        HostileFileError: as ``read_file``; nothing is kept then.
    """
    return store.put_stream(_chunks(folder, name, most), durable=False)


def check_file(folder: Path, name: str, most: int) -> None:
    """Refuse what ``keep_file`` would refuse, without reading it; raises as it does.

    Who keeps several files checks all of them first, so that one bad file leaves no good ones in
    the store that no row knows.
    """
    with _opened(folder, name, most):
        pass


def _chunks(folder: Path, name: str, most: int) -> Iterator[bytes]:
    """The bytes of a file that a stranger wrote, piece by piece; raises as ``read_file``."""
    with _opened(folder, name, most) as handle:
        left = most  # a file that grows while it is read ends here all the same
        while left and (piece := os.read(handle, min(store.CHUNK, left))):
            left -= len(piece)
            yield piece


@contextmanager
def _opened(folder: Path, name: str, most: int) -> Iterator[int]:
    """A descriptor of a plain file of at most so many bytes; raises as ``read_file``."""
    handle = _open(folder, name)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
            raise HostileFileError(f"the file {name} is no plain file")
        if about.st_size > most:
            raise HostileFileError(f"the file {name} has {about.st_size:,} bytes, above {most:,}")
        yield handle
    finally:
        os.close(handle)


def _open(folder: Path, name: str) -> int:
    """A descriptor of a file right in the outputs, with no link followed."""
    if "/" in name:
        raise HostileFileError(f"the file {name} is not in the outputs")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        outputs = os.open(folder / OUTPUTS, flags | os.O_DIRECTORY)
        try:
            return os.open(name, flags, dir_fd=outputs)
        finally:
            os.close(outputs)
    except (OSError, ValueError):
        raise HostileFileError(f"the file {name} is missing or is no plain file") from None


def has_room(folder: Path, needed: int) -> bool:
    """Whether so many bytes are free where a folder is, or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free >= needed


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
    """Link to a file of the store, or to the copy of it on this machine; returns where it is."""
    target = store.local_copy(digest)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    return target
