"""Using up the machine."""

from executor.domain.job import MEBIBYTE, Cause
from tests.executor.sandbox.probes.kinds import Probe

PROBES = (
    Probe(
        "fork-bomb", "fork without end", "so many processes, and no more, until the wall clock",
        'say("begun")\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass',
        says="begun", ends=(Cause.TIMED_OUT,), limits={"wall_seconds": 1.0},
    ),
    Probe(
        "process-count", "have more processes than it may", "fork is refused",
        """
count = 0
try:
    while count < 200:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except BlockingIOError:
    pass
say(10 <= count <= 24)""",
        says=True, limits={"processes": 20},
    ),
    Probe(
        "thread-bomb", "start threads without end", "a thread counts as a process",
        """
import threading
held = threading.Event()
count = 0
try:
    while count < 200:
        threading.Thread(target=held.wait, daemon=True).start()
        count += 1
except RuntimeError:
    pass
say(10 <= count <= 24)""",
        says=True, limits={"processes": 20},
    ),
    Probe(
        "memory", "take more memory than it may, in one process", "it is refused",
        'try:\n    bytearray(10**9)\nexcept MemoryError:\n    say("refused")',
    ),
    Probe(
        "memory-of-many", "take more memory than it may, spread over many processes",
        "the job is ended for it",
        """
say("begun")
for _ in range(11):
    if os.fork() == 0:
        break
held = bytearray(b"x") * (40 << 20)
time.sleep(30)""",
        says="begun", ends=(Cause.TOO_MUCH_MEMORY,),
        limits={"memory_bytes": 256 * MEBIBYTE},
    ),
    Probe(
        "memory-in-folders", "hide memory in its temporary folders and pipes",
        "those are bounded, and counted where there is a control group",
        """
pipes = [os.pipe() for _ in range(8)]
sizes = []
import fcntl
for _, end in pipes:
    try:
        sizes.append(fcntl.fcntl(end, 1031, 1 << 30))
    except OSError as error:
        sizes.append("refused")
say(sizes)""",
        says=["refused"] * 8,
    ),
    Probe(
        "disk", "fill the disk with bytes", "the job is ended for it",
        """
say("begun")
count = 0
while True:
    with open(f"file{count}", "wb") as handle:
        handle.write(bytes(1 << 18))
    count += 1
    time.sleep(0.01)""",
        says="begun", ends=(Cause.TOO_MUCH_WRITTEN,), limits={"folder_bytes": 4 * MEBIBYTE},
    ),
    Probe(
        "empty-files", "fill the disk with empty files", "a name counts as 1 kB",
        'say("begun")\nfor item in range(3000):\n    open(f"file{item}", "w").close()',
        says="begun", ends=(Cause.TOO_MUCH_WRITTEN,), limits={"folder_bytes": 2 * MEBIBYTE},
    ),
    Probe(
        "sparse-file", "make a file of a terabyte", "no file may be so long",
        'handle = open("file", "wb")\n'
        'say([refused(lambda: handle.truncate(1 << 40), "EFBIG"),'
        ' refused(lambda: os.posix_fallocate(handle.fileno(), 0, 1 << 40), "EFBIG")])',
        says=["refused"] * 2,
    ),
    Probe(
        "unnamed-files", "fill the disk with files that it removes while they are open",
        "they count as long as they are open",
        """
say("begun")
held = []
while True:
    held.append(open("file", "wb", 0))
    held[-1].write(bytes(1 << 18))
    os.unlink("file")
    time.sleep(0.02)""",
        says="begun", ends=(Cause.TOO_MUCH_WRITTEN,), limits={"folder_bytes": 4 * MEBIBYTE},
    ),
    Probe(
        "deep-folders", "nest folders until nobody can count or remove them",
        "very deep folders count as too much, and are removed",
        'say("begun")\nfor _ in range(400):\n    os.mkdir("x")\n    os.chdir("x")',
        says="begun", ends=(Cause.TOO_MUCH_WRITTEN,),
    ),
    Probe(
        "long-names", "make names that nobody can handle", "the kernel refuses them",
        'say([refused(lambda: open("x" * 300, "w"), "ENAMETOOLONG"),'
        ' refused(lambda: open("/".join(["x"] * 3000), "w"), "ENAMETOOLONG")])',
        says=["refused"] * 2,
    ),
    Probe(
        "closed-folders", "leave folders that cannot be opened", "they are removed all the same",
        'os.makedirs("a/b")\nopen("a/b/c", "w").close()\n'
        'os.chmod("a/b", 0)\nos.chmod("a", 0)\nsay("left")',
        says="left",
    ),
    Probe(
        "endless-output", "print without end", "the job is ended for it",
        'say("begun")\nwhile True:\n    print("x" * 1000)',
        says="begun", ends=(Cause.TOO_MUCH_PRINTED,), limits={"log_bytes": 100_000},
    ),
    Probe(
        "endless-events", "report without end", "all after 4 MiB is dropped",
        'for _ in range(8000):\n    os.write(3, b"x" * 1023 + b"\\n")\nsay("done")', says="done",
    ),
    Probe(
        "endless-line", "report one event that never ends", "a line of more than 64 KiB is dropped",
        'for _ in range(8000):\n    os.write(3, b"x" * 1024)\nsay("done")', says="done",
    ),
    Probe(
        "processor", "use more processor time than it may", "the kernel kills it",
        'say("begun")\nwhile True:\n    pass',
        says="begun", ends=(Cause.SIGNALLED,), limits={"cpu_seconds": 1},
    ),
    Probe(
        "descriptors", "open more files than it may", "it is refused",
        'held = []\ndef fill():\n    while len(held) < 200:\n'
        '        held.append(open("/dev/null"))\n'
        'found = refused(fill, "EMFILE")\nheld.clear()\nsay(found)',
        limits={"open_files": 64},
    ),
    Probe(
        "huge-environment", "start programs with a huge environment", "the kernel refuses it",
        'say(refused(lambda: os.execve("/bin/true", ["true"], {"X": "x" * (1 << 21)}), "E2BIG"))',
    ),
)  # fmt: skip
