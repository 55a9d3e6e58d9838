"""Byte code of the modules of an environment: made once a wheel, then shared by hard links.

``DATA/bytecode/<sha256 of the wheel>.<tag of the Python>/`` holds the ``*.pyc`` of a wheel at the
paths they have in an environment, and ``files.json`` with the list of them, written last. They
are of the kind that is not compared with its source (PEP 552), as neither changes any more.

uv can compile too, but starts the environment's own Python for it, which runs the ``*.pth`` files
of the packages: code of strangers, outside the sandbox. Here the packages are only read.
"""

import csv
import json
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from catalogue.domain.lock import normalised
from executor.adapters import uv

FILES = "files.json"
TAG = sys.implementation.cache_tag
MEMORY_BYTES = 4 * 1024**3
# Reads names of files, and leaves out what cannot be compiled: Python would not either.
PROGRAM = f"""
import py_compile, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES},) * 2)
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
for name in sys.stdin.read().split("\\0"):
    try:
        py_compile.compile(name, doraise=True, quiet=2, invalidation_mode=mode)
    except Exception:
        pass
"""


def complete(
    root: Path, environment: Path, wheels: Iterable[Path], *, should_stop: Callable[[], bool]
) -> None:
    """Put byte code beside every module of an environment, from the store where it has it.

    Args:
        root: the data folder.
        environment: the environment; the wheels are installed in it.
        wheels: kept wheels, each in a folder named by its sha256; what others brought is compiled
            and not kept.
        should_stop: asked now and then.

    Raises:
        PlatformFailedError: the disk is full.
        StoppedError: ``should_stop`` said so.
    """
    packages = site_packages(environment)
    stores = {normalised(wheel.name.split("-", 1)[0]): store_of(root, wheel) for wheel in wheels}
    try:
        known = {name: store for name, store in stores.items() if _has(store)}
        new = {
            name: _modules(about) for name, about in _about(packages).items() if name not in known
        }
        _compile(packages, [module for names in new.values() for module in names], should_stop)
        for name, modules in new.items():
            if name in stores:
                _store(stores[name], packages, [_cached(module) for module in modules])
        for store in known.values():
            _link(store, packages, json.loads((store / FILES).read_text()))
    except OSError as error:
        raise uv.of_system(error) from None


def site_packages(environment: Path) -> Path:
    """Where the packages of an environment are."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))


def store_of(root: Path, wheel: Path) -> Path:
    """Where the byte code of a kept wheel is kept."""
    return root / "bytecode" / f"{wheel.parent.name}.{TAG}"


def _has(part: Path) -> bool:
    with suppress(FileNotFoundError):
        os.utime(part)  # the last use, for the collection
    return (part / FILES).is_file()


def _modules(about: Path) -> list[str]:
    """The modules that a package brought, as paths in the folder of packages."""
    with (about / "RECORD").open(newline="", encoding="utf-8", errors="replace") as file:
        names = [row[0] for row in csv.reader(file) if row]
    return [name for name in names if name.endswith(".py") and not name.startswith(("..", "/"))]


def _about(packages: Path) -> Mapping[str, Path]:
    """The folders in which packages say what they brought, by the package's name."""
    return {normalised(path.name.split("-", 1)[0]): path for path in packages.glob("*.dist-info")}


def _cached(name: str) -> str:
    folder, _slash, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file[:-3]}.{TAG}.pyc".lstrip("/")


def _compile(packages: Path, names: Sequence[str], should_stop: Callable[[], bool]) -> None:
    """Compile in processes of their own, which the source of a stranger may bring down."""
    count = os.cpu_count() or 1
    shares = [share for number in range(count) if (share := names[number::count])]
    if not shares:
        return
    with ThreadPoolExecutor(len(shares)) as pool:
        # Only this thread may ask whether to stop; what it hears is passed on.
        heard: list[bool] = []
        running = [
            pool.submit(_compile_share, packages, share, lambda: bool(heard)) for share in shares
        ]
        while not all(future.done() for future in running):
            time.sleep(uv.POLL_SECONDS)
            if not heard and should_stop():
                heard.append(True)
        for future in running:
            future.result()


def _compile_share(packages: Path, names: Sequence[str], should_stop: Callable[[], bool]) -> None:
    with tempfile.TemporaryFile() as given:
        given.write("\0".join(names).encode("utf-8", "surrogateescape"))
        given.seek(0)
        command = [sys.executable, "-I", "-S", "-c", PROGRAM]
        uv.run(command, packages, {}, should_stop=should_stop, given=given)


def _store(part: Path, packages: Path, names: Sequence[str]) -> None:
    """Keep the byte code of a wheel; who is second to do so finds it done."""
    part.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=part.parent, prefix="part-"))
    try:
        made = [name for name in names if (packages / name).is_file()]
        _link(packages, scratch, made)
        (scratch / FILES).write_text(json.dumps(made))
        with suppress(OSError):
            scratch.rename(part)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _link(source: Path, target: Path, names: Iterable[str]) -> None:
    """Link files below one folder to the same places below another."""
    made: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        if folder not in made:
            (target / folder).mkdir(parents=True, exist_ok=True)
            made.add(folder)
        with suppress(FileExistsError):
            _link_or_copy(source / name, target / name)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, or too many of one file
        shutil.copyfile(source, target)
