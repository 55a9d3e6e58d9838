"""Reading what is the service's, the host's or another run's."""

from tests.executor.sandbox.probes.kinds import Probe

PROBES = (
    Probe(
        "secret-beside", "read a file beside the work folder", "it is not there",
        'say(refused(lambda: open(FACTS["secret"]), "ENOENT"))',
    ),
    Probe(
        "database", "open the database of the service", "it is not there",
        'import sqlite3\n'
        'try:\n    sqlite3.connect(f"file:{FACTS[\'database\']}?mode=ro", uri=True)\n'
        'except sqlite3.OperationalError:\n    say("refused")',
    ),
    Probe(
        "other-run", "list and read the work folder of another run", "it is not there",
        'say([refused(lambda: os.listdir(FACTS["other"]), "ENOENT"),'
        ' refused(lambda: open(FACTS["other"] + "/product"), "ENOENT")])',
        says=["refused"] * 2,
    ),
    Probe(
        "store-not-given", "read a file of the store that it was not given", "it is not there",
        'say([open(FACTS["given"]).read(), refused(lambda: open(FACTS["stored"]), "ENOENT")])',
        says=["given", "refused"],
    ),
    Probe(
        "link-to-a-secret", "follow a symbolic link out of the work folder", "it leads nowhere",
        'os.symlink(FACTS["secret"], "link")\nsay(refused(lambda: open("link"), "ENOENT"))',
    ),
    Probe(
        "root-by-proc", "reach the host's root by /proc/1/root, /proc/1/cwd and /proc/self/root",
        "they lead to the sandbox's own root",
        'say([refused(lambda: open(f"/proc/{way}{FACTS[\'secret\']}"), "ENOENT", "EACCES")'
        ' for way in ("1/root", "1/cwd", "self/root", "self/root/../.."'
        ', "thread-self/root")])',
        says=["refused"] * 5,
    ),
    Probe(
        "open-folders", "find a descriptor of a folder that was left open", "there is none",
        """
found = []
for item in range(1024):
    try:
        if stat.S_ISDIR(os.fstat(item).st_mode):
            found.append(item)
    except OSError:
        pass
say(found)""",
        says=[],
    ),
    Probe(
        "host-files", "read /etc/shadow, /root/.ssh, /home, /var, /run and /boot",
        "they are not there",
        'paths = ("/etc/shadow", "/root/.ssh", "/home", "/var", "/run", "/boot", "/etc/ssh")\n'
        'say([refused(lambda: os.stat(path), "ENOENT") for path in paths])',
        says=["refused"] * 7,
    ),
    Probe(
        "host-accounts", "learn the accounts of the host", "it sees root and its own",
        'say([line.split(":")[0] for line in open("/etc/passwd")])', says=["root", "job"],
    ),
    Probe(
        "service-environment", "find the service's environment in any process",
        "no process that it sees has it",
        """
found = 0
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        found += FACTS["marker"].encode() in open(f"/proc/{name}/environ", "rb").read()
    except OSError:
        pass
say(found)""",
        says=0,
    ),
    Probe(
        "host-processes", "see the processes of the host", "it sees its own",
        'seen = [name for name in os.listdir("/proc") if name.isdigit()]\n'
        'say([str(FACTS["service"]) in seen, len(seen) <= 4])', says=[False, True],
    ),
    Probe(
        "host-name", "learn or set the name of the machine", "it is `sandbox`, and stays so",
        'say([os.uname().nodename, refused(lambda: call("sethostname", b"x", 1), "EPERM"),'
        ' refused(lambda: call("setdomainname", b"x", 1), "EPERM")])',
        says=["sandbox", "refused", "refused"],
    ),
    Probe(
        "kernel-log", "read the log of the kernel", "the call is refused, the device missing",
        'say([refused(lambda: call("klogctl", 3, ctypes.create_string_buffer(99), 99), "EPERM"),'
        ' refused(lambda: open("/dev/kmsg"), "ENOENT")])', says=["refused"] * 2,
    ),
    Probe(
        "devices", "open memory, disks, terminals, tun, fuse and kvm", "they are not there",
        'names = ("mem", "kmem", "port", "sda", "vda", "fuse", "kvm", "net/tun", "loop-control")\n'
        'say([refused(lambda: open(f"/dev/{name}"), "ENOENT") for name in names])',
        says=["refused"] * 9,
    ),
    Probe(
        "sys", "read /sys and the control groups", "there is no /sys",
        'say([refused(lambda: os.listdir(path), "ENOENT") for path in ("/sys", "/sys/fs/cgroup")])',
        says=["refused"] * 2,
    ),
)  # fmt: skip
