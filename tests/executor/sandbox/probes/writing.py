"""Writing anywhere but into the work folder."""

from tests.executor.sandbox.probes.kinds import Probe

READ_ONLY = '"EROFS", "EACCES", "EPERM", "ENOENT"'  # ENOENT is how /proc refuses

PROBES = (
    Probe(
        "write-outside", "make files all over the place", "nothing but its folders can be written",
        'places = ("/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/proc/1", sys.prefix)\n'
        f'say([refused(lambda: open(p + "/made", "w"), {READ_ONLY}) for p in places])',
        says=["refused"] * 8,
    ),
    Probe(
        "change-existing", "change programs, libraries and settings", "they are read-only",
        'paths = ("/etc/ld.so.cache", "/etc/passwd", "/usr/bin/env", sys.executable)\n'
        f'say([refused(lambda: open(path, "ab"), {READ_ONLY}) for path in paths])',
        says=["refused"] * 4,
    ),
    Probe(
        "environment-write", "plant a module in the environment, for the runs to come",
        "the environment is read-only",
        'folder = os.path.dirname(json.__file__)\n'
        f'say([refused(lambda: open(folder + "/planted.py", "w"), {READ_ONLY}),'
        f' refused(lambda: open(json.__file__, "a"), {READ_ONLY}),'
        f' refused(lambda: os.unlink(json.__file__), {READ_ONLY})])',
        says=["refused"] * 3,
    ),
    Probe(
        "given-file-write", "change, cut, chmod, rename or remove data that it was given",
        "data are bound read-only",
        """
path = FACTS["given"]
ways = (
    lambda: open(path, "r+"), lambda: os.truncate(path, 0), lambda: os.chmod(path, 0o777),
    lambda: os.unlink(path), lambda: os.rename(path, path + "x"), lambda: os.utime(path),
    lambda: os.setxattr(path, "user.x", b"x"), lambda: os.chown(path, 65534, 65534),
)
say([refused(way, "EROFS", "EACCES", "EPERM", "EBUSY") for way in ways])""",
        says=["refused"] * 8,
    ),
    Probe(
        "beside-the-folder", "make and remove files beside the work folder",
        "what it makes there is its own, or cannot be made; the host's stay",
        'refused(lambda: open(HERE + "/../made", "w"))\n'
        'refused(lambda: os.unlink(FACTS["secret"]))\n'
        'say(refused(lambda: open(FACTS["secret"]), "ENOENT"))',
    ),
    Probe(
        "settings-of-the-kernel", "write /proc/sys, /proc/sysrq-trigger and core_pattern",
        "they are refused",
        'names = ("sys/kernel/core_pattern", "sys/kernel/hostname", "sys/vm/overcommit_memory",'
        ' "sys/kernel/modprobe", "sysrq-trigger", "sys/net/ipv4/ip_forward",'
        ' "sys/net/ipv4/ping_group_range")\n'
        f'say([refused(lambda: put("/proc/" + name, b"1"), {READ_ONLY})'
        ' for name in names])',
        says=["refused"] * 7,
    ),
    Probe(
        "temporary-folders", "see or fill the temporary folders of the host",
        "it has its own, of 256 and 64 MiB",
        """
def fill(folder):
    before = set(os.listdir(folder)) - {part for part in HERE.split("/") + sys.prefix.split("/")}
    full = refused(lambda: open(folder + "/full", "wb", 0).write(bytes(300 << 20)) >= 300 << 20
        or open(folder + "/more", "wb", 0).write(bytes(1 << 20)) == 0, "ENOSPC")
    size = os.statvfs(folder)
    return size.f_blocks * size.f_frsize >> 20
say([fill("/tmp"), fill("/dev/shm")])""",
        says=[256, 64], limits={"memory_bytes": 1024 * 2**20},
    ),
    Probe(
        "mode-of-the-folder", "hand its folder to root, or give files another owner",
        "only its own user can own its files",
        'open("file", "w").close()\n'
        'say([refused(lambda: os.chown(path, 0, 0), "EPERM", "EINVAL") for path in (".", "file")])',
        says=["refused"] * 2,
    ),
)  # fmt: skip
