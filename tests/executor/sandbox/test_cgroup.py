"""Control groups: found, bounded, counted, removed; and what holds where there are none."""

import os
from pathlib import Path

import pytest

from executor.adapters.sandbox import cgroup, processes, spare
from executor.adapters.sandbox.cgroup import Group, Places, own_folders, settings
from executor.domain.job import MEBIBYTE, Cause, Limits
from tests.executor.sandbox.trials import Sandbox

MOUNTS_1 = """\
25 1 0:22 / /proc rw,nosuid - proc proc rw
33 32 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
34 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
35 32 0:30 /docker/ab /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
36 32 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
"""
GROUPS_1 = """\
9:name=systemd:/init
5:pids:/docker/ab
4:memory:/service
2:cpu,cpuacct:/service/web
0::/
"""
BOMB = """
import os, time
for _ in range(11):
    if os.fork() == 0:
        break
held = bytearray(b"x") * (40 << 20)
time.sleep(30)
"""
SPIN = """
import os, time
children = [os.fork() or 0 for _ in range(2)]
end = time.process_time() + 0.2
while time.process_time() < end:
    pass
if 0 not in children:
    os.wait()
    os.wait()
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Group:
    """A group on this machine."""
    if cgroup.places() is None:
        pytest.skip("no control groups can be made here")
    found = cgroup.make(Limits())
    assert found is not None
    return found


def test_the_services_own_groups_are_found_in_version_1() -> None:
    assert own_folders(GROUPS_1, MOUNTS_1) == {
        "memory": Path("/sys/fs/cgroup/memory/service"),
        "cpu": Path("/sys/fs/cgroup/cpu,cpuacct/service/web"),
        "cpuacct": Path("/sys/fs/cgroup/cpu,cpuacct/service/web"),
        "pids": Path("/sys/fs/cgroup/pids"),
        "": Path("/sys/fs/cgroup/unified"),
    }


def test_the_services_own_group_is_found_in_version_2() -> None:
    mounts = "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
    groups = "0::/system.slice/reprise.service/main"
    assert own_folders(groups, mounts) == {
        "": Path("/sys/fs/cgroup/system.slice/reprise.service/main")
    }


@pytest.mark.parametrize(
    "groups", ["0::/../other", "4:memory:/elsewhere/../../x", "7:blkio:/x", "4:memory:/out"]
)
def test_a_group_outside_of_what_is_mounted_is_none(groups: str) -> None:
    mounts = (
        "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        "31 1 0:27 /in /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"
    )
    assert own_folders(groups, mounts) == {}


def test_both_versions_are_told_the_same_limits() -> None:
    limits = Limits(memory_bytes=1000, processes=10, cpus=1.5)
    needed = [
        {(name, file): text for name, file, text, needed in settings(v, limits) if needed}
        for v in (1, 2)
    ]
    assert needed == [
        {
            ("memory", "memory.limit_in_bytes"): "1000",
            ("pids", "pids.max"): "18",
            ("cpu", "cpu.cfs_quota_us"): "150000",
        },
        {
            ("memory", "memory.max"): "1000",
            ("pids", "pids.max"): "18",
            ("cpu", "cpu.max"): "150000 100000",
        },
    ]


def test_figures_of_version_2_are_read(tmp_path: Path) -> None:
    (tmp_path / "memory.events").write_text("low 0\nmax 7\noom 1\noom_kill 1\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1000000\n")
    found = Group(2, {"memory": tmp_path, "cpuacct": tmp_path})
    assert (found.ran_out(), found.cpu_seconds()) == (True, 1.5)


def test_a_group_without_memory_and_time_knows_neither(tmp_path: Path) -> None:
    found = Group(2, {"pids": tmp_path})
    assert (found.bounds_memory, found.ran_out(), found.cpu_seconds()) == (False, False, None)


def test_a_place_that_cannot_be_written_gives_no_group(tmp_path: Path) -> None:
    places = Places(1, {"memory": tmp_path / "missing", "pids": tmp_path})
    assert (cgroup.group(places, Limits()), list(tmp_path.iterdir())) == (None, [])


def test_a_group_is_made_with_its_bounds_and_removed(made: Group) -> None:
    folders = set(made.folders.values())
    assert all(folder.is_dir() for folder in folders)
    made.close()
    assert not any(folder.exists() for folder in folders)


def test_groups_of_services_that_are_no_more_are_swept(tmp_path: Path) -> None:
    own = f"reprise-{os.getpid()}-{cgroup.began(os.getpid())}-1"
    reused = f"reprise-{os.getpid()}-1-1"
    for name in (own, reused, "reprise-4194999-5-1", "somebody-4194999-5-1"):
        (tmp_path / name).mkdir()
    cgroup.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {own, "somebody-4194999-5-1"}


def test_no_group_of_a_job_is_left(any_sandbox: Sandbox) -> None:
    found = cgroup.places()
    if found is None:
        pytest.skip("no control groups can be made here")
    any_sandbox.command("/bin/true")
    spare.drop()
    mine = f"reprise-{os.getpid()}-*"
    assert [path for parent in found.parents.values() for path in parent.glob(mine)] == []


@pytest.fixture(params=["group", "watch"])
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who counts: a control group, or we ourselves where there is none."""
    if request.param == "watch":
        monkeypatch.setattr(cgroup, "places", lambda: None)
    elif cgroup.places() is None:
        pytest.skip("no control groups can be made here")
    return request.param


def test_memory_of_many_processes_is_bounded(any_sandbox: Sandbox, counted: str) -> None:
    ending = any_sandbox.python(BOMB, memory_bytes=256 * MEBIBYTE).ending
    assert (ending.cause, ending.code) == (Cause.TOO_MUCH_MEMORY, None)


def test_shared_memory_is_counted_once(any_sandbox: Sandbox, counted: str) -> None:
    probe = (
        "import os, time\n"
        "held = bytearray(b'x') * (90 << 20)\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(0.9)\n"
        "        os._exit(0)\n"
        "for _ in range(6):\n"
        "    os.wait()"
    )
    ending = any_sandbox.python(probe, memory_bytes=400 * MEBIBYTE).ending
    assert (ending.cause, ending.code) == (Cause.EXITED, 0)


def test_processor_time_of_all_processes_is_told(any_sandbox: Sandbox, counted: str) -> None:
    ending = any_sandbox.python(SPIN).ending
    assert 0.6 <= ending.cpu_seconds < 3


def test_processor_time_of_a_job_that_is_killed_is_told(sandbox: Sandbox, counted: str) -> None:
    ending = sandbox.python("while True: pass", wall_seconds=2).ending
    assert (ending.cause, ending.cpu_seconds > 0.1) == (Cause.TIMED_OUT, True)


def test_processes_below_one_are_found() -> None:
    assert os.getpid() in processes.below(os.getppid())
    assert processes.below(os.getpid()) == []


def test_memory_of_this_process_is_some(tmp_path: Path) -> None:
    mine = [os.getpid()]
    resident = processes.memory_bytes(mine, 2**60)
    shared = processes.memory_bytes(mine, 0)
    assert 2**20 < shared <= resident


def test_files_without_a_name_are_counted_once(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    before = processes.unnamed_bytes([os.getpid()], device)
    with (tmp_path / "file").open("wb", 0) as handle:
        handle.write(bytes(2**20))
        second = os.dup(handle.fileno())
        named = processes.unnamed_bytes([os.getpid()], device)
        (tmp_path / "file").unlink()
        unnamed = processes.unnamed_bytes([os.getpid()], device)
        os.close(second)
    assert (named - before, unnamed - before) == (0, 2**20)


def test_time_is_counted_by_version_2_too(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [cgroup.usable(found) for found in cgroup.candidates() if found.version == 2]
    if not known or "cpuacct" not in known[0].parents:
        pytest.skip("no group of version 2 can be made here")
    monkeypatch.setattr(cgroup, "places", lambda: known[0])
    ending = any_sandbox.python(SPIN).ending
    assert 0.6 <= ending.cpu_seconds < 3


def test_groups_are_made_beside_the_service_where_systemd_says_so(tmp_path: Path) -> None:
    own = tmp_path / "main"
    own.mkdir()
    before = cgroup.delegated(own)
    try:
        os.setxattr(tmp_path, "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"this file system keeps no attributes: {error}")
    assert (before, cgroup.delegated(own)) == (own, tmp_path)
