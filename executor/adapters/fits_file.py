"""A product as a seekable FITS file on this machine, unpacked within bounds."""

import gzip
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from executor.domain.fits_image import NoImageError, Plane, plane_of
from executor.domain.looking.hdus import Hdu
from lib import copies, store

FETCHED_AT_MOST = 512 * 1024 * 1024
UNPACKED_AT_MOST = 256 * 1024 * 1024
PIXELS_AT_MOST = 64_000_000  # of a plane that is compressed in tiles
TILE_SECONDS = 20
PIECE = 1024 * 1024
GZIP = b"\x1f\x8b"
CHILD = Path(__file__).with_name("fits_tiles.py")


class TooFarError(OSError):
    """The bytes are kept elsewhere and are too many to be fetched for a picture."""


@dataclass(frozen=True, slots=True)
class FitsFile:
    """An open file, how many bytes it has, and a sentence when it was not unpacked whole."""

    handle: IO[bytes]
    size: int
    note: str


@contextmanager
def opened(digest: str, size: int) -> Iterator[FitsFile]:
    """A product's bytes as a file, only to be read.

    Args:
        digest: of the product.
        size: of the product.

    Raises:
        FileNotFoundError: the store does not hold it.
        TooFarError: the store is elsewhere, and it has too many bytes to be fetched.
    """
    if store.local_path(digest) is None and size > FETCHED_AT_MOST and not copies.find(digest):
        raise TooFarError
    with store.local_copy(digest).open("rb") as handle:
        if handle.read(2) != GZIP:
            handle.seek(0)
            yield FitsFile(handle, size, "")
            return
        handle.seek(0)
        with tempfile.TemporaryFile(prefix="reprise-fits-") as unpacked:
            note = unpack(handle, unpacked)
            yield FitsFile(unpacked, os.fstat(unpacked.fileno()).st_size, note)


def unpack(packed: IO[bytes], target: IO[bytes]) -> str:
    """Unpack gzip, 256 MiB of it at most; returns a sentence when that was not all."""
    left, note = UNPACKED_AT_MOST, ""
    try:
        with gzip.GzipFile(fileobj=packed) as stream:
            while piece := stream.read(min(PIECE, left) or 1):
                if not left:
                    note = (
                        f"It unpacks to more than {UNPACKED_AT_MOST >> 20} MiB: that much was read."
                    )
                    break
                target.write(piece)
                left -= len(piece)
    except (OSError, EOFError, zlib.error):
        note = "The compressed file is damaged or cut short: what came before was read."
    target.flush()
    target.seek(0)
    return note


@contextmanager
def plane_in(file: FitsFile, hdu: Hdu, plane: int) -> Iterator[Plane]:
    """One plane of an image in a file, its tiles unpacked when it has some.

    Raises:
        NoImageError: there is no such image or plane, or it cannot be read.
    """
    if hdu.kind != "compressed image":
        yield plane_of(file.handle, hdu, plane)
        return
    if not 0 <= plane < hdu.planes or hdu.is_cut:
        raise NoImageError("there is no such plane")
    width, height = hdu.shape[:2]
    with tempfile.TemporaryFile(prefix="reprise-tiles-") as target:
        _unpack_tiles(file, hdu, plane, target)
        yield Plane(np.memmap(target, np.dtype("<f8"), "r", 0, (height, width)), 1.0, 0.0, None)


def _unpack_tiles(file: FitsFile, hdu: Hdu, plane: int, target: IO[bytes]) -> None:
    """Have a process of its own, with little memory and time, unpack a stranger's tiles."""
    width, height = hdu.shape[:2]
    if width * height > PIXELS_AT_MOST:
        raise NoImageError(
            f"the image is compressed and has more than {PIXELS_AT_MOST:,} pixels a plane"
        )
    file.handle.seek(0)
    order = [sys.executable, "-I", str(CHILD), str(hdu.index), str(plane)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program; numbers as arguments
            order, stdin=file.handle, stdout=target, stderr=subprocess.DEVNULL,
            timeout=TILE_SECONDS, check=False, env={"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NoImageError(f"its tiles were not unpacked within {TILE_SECONDS} seconds") from None
    if done.returncode or os.fstat(target.fileno()).st_size != width * height * 8:
        raise NoImageError("its compressed tiles cannot be unpacked")
