"""What hostile code tries, on every path by which it may run, and gets nowhere with."""

import json
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from executor.adapters import folders
from executor.domain.job import Cause
from tests.executor.sandbox.probes import paths
from tests.executor.sandbox.probes.kinds import Probe
from tests.executor.sandbox.probes.listed import CHAPTERS, PROBES

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-probes.md"
AFTER = Probe("after", "run as usual", "it runs", 'say(sorted(os.listdir("/tmp"))[:0])', says=[])
MARKER = secrets.token_hex(8)
pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=[
    "direct",
    pytest.param("bubblewrap", marks=pytest.mark.system),
    "warm",
])  # fmt: skip
def path(request: pytest.FixtureRequest) -> str:
    """Each path by which code of others may run."""
    return request.param


@pytest.fixture(scope="module", autouse=True)
def _cold_again() -> Iterator[None]:
    """No warm interpreter of these tests is left to others."""
    yield
    paths.close_all()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is worth stealing, all readable by everybody."""
    made = tmp_path_factory.mktemp("place")
    for name in ("secret", "reprise.sqlite3", "store/stored", "store/given", "work/other/product"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(made.joinpath(name).name)
        (made / name).chmod(0o644)
    return made


@pytest.fixture(scope="module")
def facts(place: Path) -> Iterator[dict[str, Any]]:
    """What hostile code might have found out: where all that is, and listeners of the host."""
    abstract = f"reprise-{secrets.token_hex(8)}"
    groups = ("", "memory/", "unified/")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as hidden,
        socket.socket(socket.AF_UNIX) as named,
    ):
        hidden.bind(f"\0{abstract}")
        hidden.listen()
        here = os.open(place, os.O_RDONLY)
        named.bind(f"/proc/self/fd/{here}/socket")  # a socket's path has to be short
        os.close(here)
        named.listen()
        yield {
            "port": server.getsockname()[1],
            "abstract": abstract,
            "socket": str(place / "socket"),
            "secret": str(place / "secret"),
            "database": str(place / "reprise.sqlite3"),
            "stored": str(place / "store" / "stored"),
            "given": str(place / "store" / "given"),
            "other": str(place / "work" / "other"),
            "groups": [f"/sys/fs/cgroup/{name}cgroup.procs" for name in groups],
            "service": os.getpid(),
            "marker": MARKER,
        }


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_probe_gets_nowhere_and_leaves_nothing(
    path: str, probe: Probe, facts: dict[str, Any], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRISE_SECRET_KEY", MARKER)
    trial, before = paths.trial(path, place / "store"), seen(place)
    events: list[bytes] = []

    folder = laid_out(place, probe, facts)
    ending = trial(probe, folder, events)

    assert (said(folder), ending.cause in probe.ends) == (probe.says, True), ending
    assert sum(map(len, events)) <= 4 * 2**20
    assert [name for name in probe.unreadable if is_read(folder, name)] == []
    assert living(folder) == []
    assert owners(folder) == {os.geteuid() or 65534}
    folders.remove(folder)
    assert (seen(place), folder.exists()) == (before, False)

    again = laid_out(place, AFTER, facts)
    ending = trial(AFTER, again, events)
    assert (ending.cause, ending.code, said(again)) == (Cause.EXITED, 0, [])
    shutil.rmtree(again)


def laid_out(place: Path, probe: Probe, facts: dict[str, Any]) -> Path:
    """A work folder for a probe, of a name that no other has."""
    folder = place / "work" / f"run-{secrets.token_hex(8)}"
    folder.mkdir()
    (folder / ".facts.json").write_text(json.dumps(facts))
    for name, text in probe.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def said(folder: Path) -> Any:
    """What a probe left to say."""
    return json.loads((folder / "said.json").read_text())


def seen(place: Path) -> list[tuple[str, str | None, int, int]]:
    """What lies in a place of the host, but for warm interpreters: names, contents, owners."""
    return [
        (str(path), path.read_text() if path.is_file() else None, found.st_uid, found.st_mode)
        for path in sorted(place.rglob("*"))
        if ".warm-" not in str(path)
        for found in [path.lstat()]
    ]


def is_read(folder: Path, name: str) -> bool:
    """Whether the service reads an output."""
    try:
        folders.read_file(folder, name, 64 * 2**20)
    except folders.HostileFileError:
        return False
    return True


def living(folder: Path) -> list[str]:
    """The command lines of all processes of the host that see a work folder as a mount."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"/{folder.name} " in (process / "mountinfo").read_text():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def owners(folder: Path) -> set[int]:
    """Who owns what a work folder holds."""
    found = {folder.lstat().st_uid}
    for here, inner, files in os.walk(folder):
        found |= {(Path(here) / name).lstat().st_uid for name in inner + files}
    return found


def test_there_are_enough_probes_with_names_of_their_own() -> None:
    names = [probe.name for probe in PROBES]
    assert (len(names) >= 45, len(set(names))) == (True, len(names))


def test_page_lists_the_probes_as_they_are() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    chapters = re.findall(r"^## (\w+)$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(probe.name, probe.tries, probe.outcome) for probe in PROBES]
    assert chapters[: len(CHAPTERS)] == list(CHAPTERS)
