"""What one run does to its interpreter, its machine and its neighbours never reaches another."""
# ruff: noqa: E501, PTH208, S108 - cells as an author may write them

import errno
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from executor.adapters import warm
from executor.adapters.sandbox import isolation
from executor.domain.job import MEBIBYTE, Cause
from tests.executor.warm.trials import Bench, Ran

IMPORTS = """import json, os, random, csv, atexit, builtins, gc, multiprocessing, resource
import signal, socket, sys, threading, time, locale
import numpy as np"""
# Shows all that the attacks below are after.
WITNESS = """
seen = dict(
    builtins=[len([1, 2]), sum([1, 2]), str(open)[:18], hasattr(builtins, 'left')],
    numpy=[float(np.sin(0.0)), float(np.pi), np.arange(3).sum().item(), hasattr(np, 'left')],
    options=[repr(np.float64(0.1)), np.geterr(), str(np.array([0.123456789]))],
    json=json.dumps({'a': 1}), csv=csv.QUOTE_ALL, dialects=csv.list_dialects(),
    random=[random.random(), np.random.random()],
    modules=[name in sys.modules for name in ('left', 'numpy', 'this')],
    path=sys.path[1:], meta=[str(type(f)) for f in sys.meta_path], hooks=len(sys.path_hooks),
    names=sorted(n for n in globals() if n[0] != '_'), recursion=sys.getrecursionlimit(),
    switch=sys.getswitchinterval(), trace=str(sys.gettrace()), excepthook=str(sys.excepthook)[:9],
    environ=dict(os.environ), cwd=os.getcwd(), umask=os.umask(0o22), nice=os.nice(0),
    files={p: sorted(os.listdir(p)) for p in ('.', '/tmp', '/dev/shm', '/', '/etc', '/dev')},
    space=os.statvfs('/dev/shm').f_bavail == os.statvfs('/dev/shm').f_blocks,
    limits={n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n[:5] == 'RLIMI'},
    signals=[str(signal.getsignal(n)) for n in (1, 2, 10, 12, 14, 15, 17)],
    alarm=signal.alarm(0), timer=signal.getitimer(signal.ITIMER_REAL),
    threads=threading.active_count(), exits=atexit._ncallbacks(), gc=[gc.isenabled(), gc.get_threshold()],
    processes=[n for n in os.listdir('/proc') if n.isdigit()],
    descriptors=sorted(os.listdir('/proc/self/fd'), key=int)[:-1], affinity=len(os.sched_getaffinity(0)),
    host=os.uname().nodename, start=multiprocessing.get_start_method(allow_none=True),
    timeout=socket.getdefaulttimeout(), zone=time.tzname, sockets=open('/proc/net/unix').read().count('@'),
    ipc=open('/proc/sysvipc/sem').read().count('\\n'), locale=locale.setlocale(0),
    oom=open('/proc/self/oom_score_adj').read(), name=open('/proc/self/comm').read(),
    keys=sorted(k for k in os.environ), forks=os.waitpid(os.fork() or os._exit(0), 0)[1],
)
"""
ATTACKS = {
    "builtins": "import builtins\nbuiltins.left = 1\nbuiltins.open = print\nbuiltins.len = lambda _: 9\n"
    "builtins.sum = lambda _: 9",
    "numpy": "np.sin = lambda _: 9\nnp.pi = 3\nnp.left = 1\nnp.seterr(all='ignore')\n"
    "np.set_printoptions(precision=2)\nnp.random.seed(9)\nnp.arange = None",
    "ctypes into numpy": "import ctypes\nsmall = 1\n"
    "ctypes.memset(id(np.float64(0)) + 16, 7, 8)\nctypes.c_int.from_address(id(3) + 24).value = 4",
    "modules": "import sys\nfor name in list(sys.modules):\n"
    "    if name[0] in 'nrcj': sys.modules[name] = sys\nsys.modules['left'] = sys",
    "library classes": "json.dumps = lambda *a, **k: 'left'\njson.JSONEncoder.encode = json.dumps\n"
    "csv.register_dialect('left', delimiter=';')\nrandom.random = lambda: 9\nrandom.seed(9)",
    "interpreter": "import sys, gc, signal, locale\nsys.setrecursionlimit(99999)\nsys.path.append('/left')\n"
    "sys.setswitchinterval(1)\ngc.disable()\ngc.set_threshold(1)\nsys.meta_path.clear()\n"
    "sys.path_hooks.clear()\nsys.excepthook = print\nsys.settrace(lambda *_: None)\n",
    "process": "import signal, resource, socket\nos.umask(0)\nos.nice(5)\nos.chdir('/')\n"
    "os.environ['LEFT'] = '1'\nos.putenv('LEFT', '1')\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (999_999, 999_999))\nsocket.setdefaulttimeout(1)\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    "signal.setitimer(signal.ITIMER_REAL, 500)\nos.sched_setaffinity(0, [sorted(os.sched_getaffinity(0))[0]])\n"
    "os.setpriority(os.PRIO_USER, 0, 7)\nos.environ['TZ'] = 'Asia/Tokyo'\n__import__('time').tzset()",
    "every place": "import contextlib\nfor top, _, _ in os.walk('/'):\n"
    "    if top.startswith('/proc'): continue\n"
    "    with contextlib.suppress(OSError): open(top + '/left', 'w').close()\n"
    "open('/tmp/warm/left', 'w').close()",
    "shared memory": "with open('/dev/shm/left', 'wb') as f:\n"
    "    try:\n        while True: f.write(bytes(1 << 20))\n    except OSError: pass",
    "descriptors": "held = [os.open('/dev/null', 0) for _ in range(50)]\n"
    "for n in range(3): os.set_inheritable(n, True)\nos.closerange(4, 30)",
    "at fork and exit": "import atexit\natexit.register(print, 'left')\n"
    "os.register_at_fork(before=lambda: os.environ.update(LEFT='1'), after_in_parent=print,\n"
    "    after_in_child=lambda: os._exit(9))",
    "threads": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    "daemons": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        os.closerange(0, 200)\n        os.execv('/bin/sleep', ['sleep', '600'])\n    os._exit(0)",
    "signals": "import signal\nfor n in range(1, 40):\n    for number in (0, 9, 15, 19):\n"
    "        try:\n            if n != os.getpid(): os.kill(n, number)\n        except OSError: pass\n"
    "try: os.kill(-1, 9)\nexcept OSError: pass",
    "abstract socket": "import socket\nheld = socket.socket(socket.AF_UNIX)\nheld.bind('\\0left')\n"
    "held.listen()",
    "semaphores": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.semget(0x1234, 1, 0o1666)\n"
    "libc.msgget(0x1234, 0o1666)\nlibc.shmget(0x1234, 4096, 0o1666)",
    "names of processes": "import ctypes\nctypes.CDLL(None).prctl(15, b'left', 0, 0, 0)\n"
    "open('/proc/self/oom_score_adj', 'w').write('900')",
    "files of its own": "os.makedirs('data')\nopen('data/left', 'w').close()\n"
    "open('.home/left', 'w').close()\nos.symlink('/', 'outputs/left')\nos.chmod('.', 0o777)",
    "hard end": "os.kill(os.getpid(), 9)",
}


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, dict[str, object]]]:
    """One interpreter that all attacks are tried on, and what a witness sees on the cold path."""
    found = isolation("direct")
    if found.name != "direct":
        pytest.skip(found.reason)
    root = tmp_path_factory.mktemp("arena")
    (root / "work").mkdir()
    arena = Bench(root, preload=tuple(IMPORTS.splitlines()))
    yield arena, seen(arena.cold(IMPORTS, WITNESS, outputs={"seen": "structure"}))
    warm.close_all()


def seen(ran: Ran) -> dict[str, object]:
    """What a witness saw; the temporary folder has a test of its own, below."""
    found: dict[str, object] = ran.value("seen") | {"log": ran.log}
    del found["files"]["/tmp"]  # type: ignore[attr-defined]
    return found


def test_temporary_folder_holds_an_empty_place_and_nothing_else(bench: Bench) -> None:
    bench.warm(ATTACKS["every place"].replace("import contextlib", "import contextlib, os"))
    cell = "import os\nv = [sorted(os.listdir('/tmp')), os.listdir('/tmp/warm')]"
    shown = (bench.root, Path(__file__), Path(sys.executable))  # binds may lie below /tmp
    tops = {path.parts[2] for path in shown if path.parts[1] == "tmp"}
    found = bench.warm(cell, outputs={"v": "structure"}).value("v")
    assert set(found[0]) <= {"warm", *tops}
    assert (found[0].count("warm"), found[1]) == (1, [])


@pytest.mark.parametrize("name", ATTACKS)
def test_next_run_sees_what_a_fresh_interpreter_sees(
    arena: tuple[Bench, dict[str, object]], name: str
) -> None:
    bench, expected = arena
    bench.warm(IMPORTS, ATTACKS[name])
    launcher = warm.states()[0]["launcher"]
    found = seen(bench.warm(IMPORTS, WITNESS, outputs={"seen": "structure"}))
    assert [state["launcher"] for state in warm.states()] == [launcher]
    assert {name: found[name] for name in found if found[name] != expected[name]} == {}


def test_hundred_runs_leave_no_process_folder_or_descriptor(bench: Bench) -> None:
    bench.warm("1")
    before = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc"))
    for _ in range(30):
        bench.warm("1")
    after = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc"))
    assert after[0] == before[0]
    assert [len(list(path.iterdir())) for path in (bench.root / "work").iterdir()] == [0]


def test_interpreter_and_its_other_runs_are_out_of_reach(bench: Bench) -> None:
    probe = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    ctypes.set_errno(0)
    return ctypes.get_errno() if getattr(libc, name)(*arguments) == -1 else 'done'
def attempt(action):
    try: action()
    except OSError as error: return error.errno
    return 'done'
found = dict(
    processes=sorted(n for n in os.listdir('/proc') if n.isdigit()),
    ptrace=call('ptrace', 16, 1, 0, 0), unshare=call('unshare', 0x10000000),
    mounts=call('unshare', 0x20000), mount=call('mount', b'none', b'/tmp', b'tmpfs', 0, None),
    umount=call('umount2', b'/usr', 2), pivot=call('pivot_root', b'.', b'.'),
    join=call('setns', 0, 0), name=call('sethostname', b'x', 1), chroot=call('chroot', b'.'),
    keys=call('syscall', 250, 0, -3, 0, 0), first=attempt(lambda: os.listdir('/proc/1/fd')),
    memory=attempt(lambda: open('/proc/1/mem')), maps=attempt(lambda: open('/proc/1/maps')),
    root=attempt(lambda: os.listdir('/proc/1/root')), caps=[l.split()[1] for l in
    open('/proc/self/status') if l.startswith('Cap')], uid=os.getuid() != 0,
    clone=call('syscall', 56, 0x10000000 | 17, 0, 0, 0, 0), clone3=call('syscall', 435, 0, 88),
    packages=attempt(lambda: open(os.__file__, 'a')) in (errno.EROFS, errno.EACCES),
    site=attempt(lambda: open(np.__file__, 'a')) in (errno.EROFS, errno.EACCES),
)
"""
    found = bench.warm(IMPORTS, probe, outputs={"found": "structure"}).value("found")
    denied = ("ptrace", "unshare", "mounts", "mount", "umount", "pivot", "join", "name", "chroot")
    assert {name: found.pop(name) for name in (*denied, "keys", "clone")} == dict.fromkeys(
        (*denied, "keys", "clone"), 1
    )
    assert found == {
        "processes": ["1", "2"], "first": 13, "memory": 13, "maps": 13, "root": 13, "clone3": 38,
        "caps": ["0" * 16] * 5, "uid": True, "packages": True, "site": True,
    }  # fmt: skip


def test_run_sees_its_own_data_and_nothing_else_of_the_store(bench: Bench) -> None:
    store = bench.root / "store"
    (store / "ab").mkdir(parents=True)
    (store / "ab" / "mine").write_text("mine")
    (store / "ab" / "other").write_text("another's")
    bench.readable, bench.roots = (store / "ab" / "mine",), (store,)
    probe = (
        "import os\n"
        f"here = {str(store)!r}\n"
        "v = [open(here + '/ab/mine').read(), os.listdir(here + '/ab'), os.listdir(here)]\n"
        "w = sorted(os.listdir(os.path.dirname(here) + '/work'))\n"
        "try: open(here + '/ab/mine', 'a')\nexcept OSError as e: v.append(e.errno)"
    )
    refusal = errno.EACCES if os.geteuid() == 0 else errno.EROFS  # a file of the service's
    ran = bench.warm(probe, outputs={"v": "structure", "w": "structure"})
    assert ran.value("v") == ["mine", ["mine"], ["ab"], refusal]
    assert ran.value("w") == ["run"]


def test_data_that_interpreters_cannot_see_sends_the_run_the_cold_way(bench: Bench) -> None:
    (bench.root / "elsewhere").write_text("x")
    bench.readable = (bench.root / "elsewhere",)
    with pytest.raises(warm.ColdError, match="in no folder that warm interpreters can see"):
        bench.warm("1")


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is no other user")
def test_files_do_not_come_back_as_roots(bench: Bench) -> None:
    ran = bench.warm("open('made', 'w').close()")
    assert (ran.folder / "made").stat().st_uid == 65534


def test_siblings_at_the_same_time_do_not_see_each_other(tmp_path: Path, bench: Bench) -> None:
    name = secrets.token_hex(8)
    benches = []
    for number in range(4):
        root = tmp_path / str(number)
        (root / "work").mkdir(parents=True)
        benches.append(Bench(root))
    cell = f"""
import os, socket, time
me = socket.socket(socket.AF_UNIX)
me.bind('\\0{name}')
me.listen()
open('/dev/shm/{name}', 'x').close()
open('/tmp/{name}', 'x').close()
time.sleep(0.5)
v = [sorted(n for n in os.listdir('/proc') if n.isdigit()), len(os.listdir('/dev/shm'))]
"""
    with ThreadPoolExecutor(4) as threads:
        runs = [threads.submit(one.warm, cell, outputs={"v": "structure"}) for one in benches]
        seen = [run.result().value("v") for run in runs]
    assert seen == [[["1", "2"], 1]] * 4


def test_memory_that_one_run_takes_is_bounded(bench: Bench) -> None:
    cell = "try:\n    held = bytearray(10**9)\nexcept MemoryError:\n    print('refused')"
    ran = bench.warm(cell, memory_bytes=512 * MEBIBYTE)
    assert (ran.ending.cause, ran.log) == (Cause.EXITED, "refused\n")


def test_processes_of_a_run_are_bounded(bench: Bench) -> None:
    cell = """
import os, time
count = 0
try:
    while count < 200:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    pass
"""
    ran = bench.warm(cell, outputs={"count": "number"}, processes=20)
    assert 8 <= ran.value("count") <= 28


def test_death_of_the_run_is_not_the_death_of_the_interpreter(bench: Bench) -> None:
    bench.preload = ()
    ran = bench.warm("import os\nos.abort()")
    launchers = {state["launcher"] for state in warm.states()}
    assert (ran.ending.cause, ran.ending.code) == (Cause.SIGNALLED, signal.SIGABRT)
    assert bench.warm("1").ending.code == 0
    assert {state["launcher"] for state in warm.states()} == launchers


def test_witness_can_tell(bench: Bench) -> None:
    harmless = ATTACKS["process"].replace("os.chdir('/')", "pass").replace("(20, 20)", "(99, 99)")
    harmless = harmless.replace("signal.SIGCHLD", "signal.SIGHUP")
    attack = harmless.replace("999_999", "99_999_999") + "\nnp.sin = lambda _: 9\nnp.left = 1"
    plain = seen(bench.cold(IMPORTS, WITNESS, outputs={"seen": "structure"}))
    spoilt = seen(bench.cold(IMPORTS, attack, WITNESS, outputs={"seen": "structure"}))
    changed = {name for name in plain if plain[name] != spoilt[name]}
    assert changed >= {"numpy", "environ", "nice", "umask", "limits", "signals", "alarm", "zone"}
