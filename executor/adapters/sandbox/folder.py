"""How much a work folder holds, read while a hostile job is changing it."""

import os
import stat

ENTRY_BYTES = 1024  # each name counts at least so much: empty files fill a disk too
DEEPEST = 100  # folders within folders


def folder_bytes(folder: str | os.PathLike[str], most: int) -> int:
    """Bytes on disk below a folder, counted until they are more than ``most``.

    Every folder is opened relative to its parent and never through a symbolic link, so that the
    count cannot be led out of the folder. Folders nested deeper than DEEPEST count as too much.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return counted(descriptor, most, DEEPEST)
    finally:
        os.close(descriptor)


def counted(descriptor: int, most: int, depth: int) -> int:
    """Bytes below an open folder."""
    total = 0
    with os.scandir(descriptor) as entries:
        for entry in entries:
            total += entry_bytes(entry, descriptor, most - total, depth)
            if total > most:
                break
    return total


def entry_bytes(entry: os.DirEntry[str], parent: int, most: int, depth: int) -> int:
    """Bytes of an entry of an open folder; none when it is gone meanwhile or cannot be read."""
    try:
        found = os.stat(entry.name, dir_fd=parent, follow_symlinks=False)
        size = max(found.st_blocks * 512, ENTRY_BYTES)
        if not stat.S_ISDIR(found.st_mode):
            return size
        if depth == 0:
            return most + 1
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        inner = os.open(entry.name, flags, dir_fd=parent)
    except OSError:
        return 0
    try:
        return size + counted(inner, most - size, depth - 1)
    finally:
        os.close(inner)
