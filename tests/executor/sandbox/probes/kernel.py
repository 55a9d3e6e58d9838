"""Calls of the kernel that lead out, or have led out of other sandboxes."""

from tests.executor.sandbox.probes.kinds import Probe


def calls(name: str, tries: str, *lines: str, outcome: str = "the filter refuses them") -> Probe:
    """A probe of calls that all have to give EPERM."""
    body = ",\n".join(f'refused(lambda: {line}, "EPERM")' for line in lines)
    return Probe(name, tries, outcome, f"say([{body}])", says=["refused"] * len(lines))


PROBES = (
    calls(
        "ptrace", "trace itself or the first process",
        'call("ptrace", 0, 0, 0, 0)', 'call("ptrace", 16, 1, 0, 0)',
        'call("ptrace", 0x4206, 1, 0, 0)',
    ),
    calls(
        "process-memory", "read and write the memory of the first process",
        'call("process_vm_readv", 1, None, 0, None, 0, 0)',
        'call("process_vm_writev", 1, None, 0, None, 0, 0)',
        "number(312, 272)", "number(438, 438)",
    ),
    Probe(
        "first-process", "find more rights or secrets in the first process",
        "it has no more than the job, and cannot be written",
        """
def rights(process):
    lines = open(f"/proc/{process}/status").read().splitlines()
    return [line for line in lines if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))]
def search():
    return FACTS["marker"].encode() in open("/proc/1/environ", "rb").read()
try:
    found = search()
except OSError:
    found = False
try:
    handle = open("/proc/1/mem", "r+b", 0)
    handle.seek(0)
    written = refused(lambda: handle.write(b"x"))
except OSError:
    written = "refused"
say([rights(1) == rights("self"), found, written])""",
        says=[True, False, "refused"],
    ),
    calls(
        "mount", "mount, bind, remount, unmount",
        'call("mount", b"none", b"/tmp", b"tmpfs", 0, None)',
        'call("mount", b"/", b"/tmp", None, 4096, None)',
        'call("mount", None, b"/usr", None, 32 | 4096, None)', 'call("umount2", b"/usr", 2)',
    ),
    calls(
        "new-mount-calls", "mount by the newer calls",
        *(f"number({n}, {n})" for n in (428, 429, 430, 431, 432, 433, 442, 467)),
    ),
    calls(
        "unshare", "enter new namespaces of every kind",
        *(f'call("unshare", {flag})' for flag in (
            0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000)),
    ),
    Probe(
        "clone", "start a process in a new user namespace, by clone or clone3",
        "the filter refuses the flag, and says that there is no clone3",
        'say([refused(lambda: number(56, 220, 0x10000000 | 17, 0, 0, 0, 0), "EPERM"),'
        ' refused(lambda: number(435, 435, 0, 88), "ENOSYS")])', says=["refused"] * 2,
    ),
    calls(
        "setns", "join the namespaces of the first process",
        'call("setns", os.open("/proc/self/ns/mnt", os.O_RDONLY), 0)',
        'call("setns", os.open("/proc/self/ns/user", os.O_RDONLY), 0)',
    ),
    calls("chroot", "change its root", 'os.chroot(".")'),
    calls("pivot-root", "swap its root", 'call("pivot_root", b".", b".")'),
    calls(
        "keyring", "use the kernel's keyring",
        "number(248, 217)", "number(250, 219)", "number(249, 218)",
    ),
    calls("bpf", "load a program into the kernel", "number(321, 280)"),
    calls("perf", "count events of the machine", "number(298, 241)"),
    calls("io-uring", "get round the filter by io_uring", *(f"number({n}, {n})" for n in (
        425, 426, 427))),
    calls("userfaultfd", "handle its own page faults", "number(323, 282)"),
    calls("file-handles", "open files of the host by handle",
          'call("open_by_handle_at", 0, None, 0)', "number(303, 264)"),
    calls("modules", "load and remove kernel modules",
          "number(175, 105)", "number(313, 273)", "number(176, 106)"),
    calls("reboot", "restart the machine, or another kernel",
          'call("reboot", 0x1234567)', "number(246, 104)", "number(320, 294)"),
    calls(
        "clock", "set the clock",
        "number(227, 112, 0, 0)", "number(164, 170, 0, 0)", "number(159, 171, 0)",
        "number(305, 266, 0, 0)",
    ),
    calls("accounting", "switch on swap, quotas and accounting",
          'call("swapon", b"f", 0)', "number(179, 60)", 'call("acct", b"f")'),
    Probe(
        "second-table", "use the second table of calls (x32)", "the filter knows none of it",
        'say(refused(lambda: number(0x40000000 | 101, 1 << 30), "ENOSYS"))',
    ),
    Probe(
        "memory-files", "make memory files, to run from or to hide memory in",
        "the filter says that there are none",
        'say([refused(lambda: os.memfd_create("x"), "ENOSYS"),'
        ' refused(lambda: number(447, 447), "ENOSYS")])', says=["refused"] * 2,
    ),
    Probe(
        "terminal", "type into the operator's terminal", "there is none, and no way to type",
        """
import fcntl
say([refused(lambda: open("/dev/tty"), "ENXIO", "ENOENT"),
    refused(lambda: fcntl.ioctl(0, 0x5412, b"x"), "EPERM"),
    refused(lambda: fcntl.ioctl(0, 0x541C, b"x"), "EPERM")])""",
        says=["refused"] * 3,
    ),
    Probe(
        "become-root", "change user, group and capabilities", "it has none and gains none",
        """
lines = open("/proc/self/status").read().splitlines()
status = dict(line.split(":\\t") for line in lines if ":\\t" in line)
caps = {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
wanted = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
say([sorted(caps), status["NoNewPrivs"], status["Seccomp"], os.getuid() != 0,
    refused(lambda: os.setuid(0)), refused(lambda: os.setgid(0)),
    refused(lambda: os.setgroups([0])),
    refused(lambda: call("capset", ctypes.byref(header), ctypes.byref(wanted)), "EPERM"),
    refused(lambda: call("prctl", 47, 2, 21, 0, 0)), refused(lambda: call("prctl", 38, 0, 0, 0, 0)),
    refused(lambda: call("prctl", 22, 0, 0, 0, 0))])""",
        says=[["0" * 16], "1", "2", True, *["refused"] * 7],
    ),
    Probe(
        "setuid-programs", "gain rights from setuid programs of the machine, or its own",
        "every mount says nosuid, and no_new_privs is set",
        """
import shutil, subprocess
options = [os.statvfs(path).f_flag & os.ST_NOSUID for path in ("/usr", ".", "/tmp", "/")]
shutil.copy("/usr/bin/id", "id")
os.chmod("id", 0o6755)
same = subprocess.run(["./id", "-u"], capture_output=True, text=True).stdout == f"{os.geteuid()}\\n"
say([options, same])""",
        says=[[2] * 4, True],
    ),
    Probe(
        "mknod", "make devices", "it may not",
        'say([refused(lambda: os.mknod("disk", 0o60600, os.makedev(254, 0)), "EPERM"),'
        ' refused(lambda: os.mknod("/tmp/kmsg", 0o20600, os.makedev(1, 11)), "EPERM")])',
        says=["refused"] * 2,
    ),
    Probe(
        "priority", "run before everybody else, or die after them", "it may not",
        """
say([refused(lambda: os.setpriority(os.PRIO_PROCESS, 0, -20), "EACCES", "EPERM"),
    refused(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)), "EPERM"),
    refused(lambda: put("/proc/self/oom_score_adj", b"-1000"), "EACCES", "EROFS")])""",
        says=["refused"] * 3,
    ),
    Probe(
        "limits", "raise its limits", "they only go down",
        """
kinds = ("NPROC", "AS", "FSIZE", "NOFILE", "CORE", "CPU")
say([refused(lambda: resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"),
    (resource.RLIM_INFINITY,) * 2)) for kind in kinds])""",
        says=["refused"] * 6,
    ),
    Probe(
        "control-group", "leave its control group", "there is no file to write to",
        'say([refused(lambda: put(path, b"0")) for path in FACTS["groups"]])',
        says=["refused"] * 3,
    ),
)  # fmt: skip
