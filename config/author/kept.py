"""What is kept between checks, and the fingerprint that says whether anything changed.

Imports no Django: a kept answer is told within a second.
"""

import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.author.options import Checking
from config.author.report.shape import Report

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = (
    "config", "bots", "gallery", "publishing", "executor", "catalogue", "ontology", "lib",
    "workflows",
)  # fmt: skip
KEPT_AT_MOST = 200
FORMAT = "reprise.kept/1"


def cache_folder() -> Path:
    """The folder of this user for what may be lost, by the rules of the platform."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "reprise"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "reprise"


def fingerprint(files: Iterable[dict[str, bytes]], options: Checking, name: str) -> str:
    """Sha256 over all that an answer depends on.

    Data files are in it by their checksums, which stand in the entry; where they lie does not
    change them.

    Args:
        files: path → bytes of the entry, then of each entry beside it.
        options: of the check.
        name: of the entry.
    """
    held = hashlib.sha256(FORMAT.encode())
    said = [name, options.figure, options.sandbox, options.seconds, options.memory]
    held.update(json.dumps(said).encode())
    for entry in files:
        held.update(_of_entry(entry))
    for part in (of_code(OURS), _of_python()):
        held.update(part)
    return held.hexdigest()


def _of_entry(files: dict[str, bytes]) -> bytes:
    names = sorted(files)
    return _of_pairs((name, files[name]) for name in names)


def _of_pairs(pairs: Iterable[tuple[str, bytes]]) -> bytes:
    held = hashlib.sha256()
    for name, data in pairs:
        held.update(hashlib.sha256(os.fsencode(name)).digest() + hashlib.sha256(data).digest())
    return held.digest()


def of_code(folders: Iterable[str]) -> bytes:
    """Digest of the files of Reprise in some of its folders."""
    return _of_pairs(
        (path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in _ours(folders)
    )


def _ours(folders: Iterable[str]) -> Iterator[Path]:
    for top in folders:
        for root, inside, names in os.walk(ROOT / top):
            inside[:] = sorted(name for name in inside if not name.startswith((".", "__pycache__")))
            yield from (Path(root) / name for name in sorted(names) if not name.startswith("."))


def _of_python() -> bytes:
    """Digest of the interpreter, the machine and the packages that are installed beside Reprise."""
    packages = {name for place in sys.path if place for name in _packages(Path(place))}
    told = [sys.version, sys.executable, platform.machine(), *sorted(packages)]
    return hashlib.sha256(json.dumps(told).encode()).digest()


def _packages(place: Path) -> list[str]:
    try:
        return [name for name in os.listdir(place) if name.endswith(".dist-info")]  # noqa: PTH208 -- names alone
    except OSError:
        return []


def recall(cache: Path, key: str) -> Report | None:
    """The report that was kept under a fingerprint; None when there is none."""
    content = _read(_file(cache, key))
    report: Report | None = content.get("report") if content.get("key") == key else None
    return report


def pictures_of(cache: Path, key: str) -> dict[str, str]:
    """Name → ``data:`` address of the pictures that were kept with a report."""
    content = _read(_file(cache, f"{key}.pictures"))
    return {str(name): str(value) for name, value in content.items()}


def keep(cache: Path, key: str, report: Report, pictures: dict[str, str]) -> None:
    """Keep a report with its pictures; the oldest of too many go."""
    _write(_file(cache, f"{key}.pictures"), pictures)
    _write(_file(cache, key), {"key": key, "report": report})
    folder = _file(cache, key).parent
    for old in sorted(folder.glob("*.json"), key=_age)[: -2 * KEPT_AT_MOST]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _file(cache: Path, name: str) -> Path:
    return cache / "verdicts" / f"{name}.json"


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".new-", delete=False) as part:
        json.dump(content, part)
    os.replace(part.name, file)  # noqa: PTH105 -- the name is text
