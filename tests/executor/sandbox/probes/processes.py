"""Signals to others, and staying alive after the end."""

from executor.domain.job import Cause
from tests.executor.sandbox.probes.kinds import Probe

DAEMON = """
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.chdir("/")
            os.closerange(0, 1024)
            while True:
                time.sleep(60)
        os._exit(0)
    os.wait()
"""
DEAF = """
for item in range(1, 65):
    try:
        signal.signal(item, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
"""

PROBES = (
    Probe(
        "kill-all", "kill every process that it can", "there is nobody else",
        'say(refused(lambda: os.kill(-1, 9), "ESRCH"))',
    ),
    Probe(
        "kill-first", "send the first process every signal", "that one goes on",
        'for item in range(1, 32):\n    refused(lambda: os.kill(1, item))\nsay("went on")',
        says="went on",
    ),
    Probe(
        "kill-service", "signal the service by its number", "there is no such process",
        'say([refused(lambda: os.kill(FACTS["service"], 0), "ESRCH"),'
        ' refused(lambda: os.killpg(FACTS["service"], 0), "ESRCH", "EPERM")])',
        says=["refused"] * 2,
    ),
    Probe(
        "kill-group", "kill its own group and session", "only itself dies",
        'say("begun")\nos.killpg(0, signal.SIGKILL)',
        says="begun", ends=(Cause.SIGNALLED,),
    ),
    Probe(
        "daemon", "leave daemons, forked twice in sessions of their own", "they die with the job",
        f"{DAEMON}\nfor _ in range(3):\n    daemon()\nsay('left')", says="left",
    ),
    Probe(
        "subreaper", "gather its orphans itself, and take away the signal of its parent's death",
        "they die with the job",
        f'{DAEMON}\ncall("prctl", 36, 1, 0, 0, 0)\ncall("prctl", 1, 0, 0, 0, 0)\ndaemon()\n'
        'say("left")', says="left",
    ),
    Probe(
        "deaf", "ignore every signal", "it is killed at the wall clock",
        f'{DEAF}\nos.fork()\nsay("deaf")\nwhile True:\n    time.sleep(60)',
        says="deaf", ends=(Cause.TIMED_OUT,), limits={"wall_seconds": 0.8},
    ),
    Probe(
        "stopped", "escape the wall clock by stopping itself", "it is killed at the wall clock",
        'say("stopping")\nos.kill(os.getpid(), signal.SIGSTOP)\nsay("went on")',
        says="stopping", ends=(Cause.TIMED_OUT,), limits={"wall_seconds": 0.8},
    ),
    Probe(
        "closed-pipes", "close its log and events, and go on in silence",
        "it is killed at the wall clock",
        'say("silent")\nos.closerange(0, 1024)\nwhile True:\n    time.sleep(60)',
        says="silent", ends=(Cause.TIMED_OUT,), limits={"wall_seconds": 0.8},
    ),
    Probe(
        "core-dump", "leave a dump of memory, or have the host's program for dumps run",
        "no core is written",
        """
child = os.fork()
if child == 0:
    os.abort()
_, status = os.waitpid(child, 0)
say([os.WCOREDUMP(status), [name for name in os.listdir() if name.startswith("core")]])""",
        says=[False, []],
    ),
    Probe(
        "left-segments", "leave shared memory and queues behind",
        "segments cannot be made, and queues end with the job",
        """
made = refused(lambda: number(29, 194, 77, 1 << 20, 0o1666), "ENOSYS")
queue = libc.msgget(78, 0o1666)
say([made, queue >= 0])""",
        says=["refused", True],
    ),
)  # fmt: skip
