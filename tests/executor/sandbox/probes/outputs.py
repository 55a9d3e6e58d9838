"""Tricks in what it leaves for the service to read."""

from tests.executor.sandbox.probes.kinds import Probe

OUTPUTS = 'os.makedirs("outputs", exist_ok=True)\n'
MANIFEST = """
with open("outputs/manifest.json", "w") as handle:
    json.dump({"format": "reprise.manifest/1", "outputs": [
        {"name": "x", "file": %s, "media_type": "text/plain"}]}, handle)
say("left")"""

PROBES = (
    Probe(
        "output-is-a-link", "leave a symbolic link to a secret as an output", "links are not read",
        f'{OUTPUTS}os.symlink(FACTS["secret"], "outputs/x")\nsay("left")',
        says="left", unreadable=("x",),
    ),
    Probe(
        "output-is-the-job", "leave a link to a file of its own, to be swapped later",
        "links are not read, wherever they lead",
        f'{OUTPUTS}open("real", "w").close()\nos.symlink("../real", "outputs/x")\nsay("left")',
        says="left", unreadable=("x",),
    ),
    Probe(
        "hard-link-to-data", "leave a hard link to data of the store as an output",
        "the store is another mount",
        f'{OUTPUTS}say(refused(lambda: os.link(FACTS["given"], "outputs/x"),'
        ' "EXDEV", "EPERM", "EROFS"))',
        unreadable=("x",),
    ),
    Probe(
        "two-names", "leave a file with two names as an output",
        "files with two names are not read",
        f'{OUTPUTS}open("outputs/x", "w").close()\nos.link("outputs/x", "y")\nsay("left")',
        says="left", unreadable=("x",),
    ),
    Probe(
        "output-is-a-pipe", "leave a named pipe, so that its reader waits for ever",
        "only plain files are read, and opening never waits",
        f'{OUTPUTS}os.mkfifo("outputs/x")\nsay("left")', says="left", unreadable=("x",),
    ),
    Probe(
        "output-is-a-socket", "leave a socket or a folder as an output",
        "only plain files are read",
        f'{OUTPUTS}socket.socket(socket.AF_UNIX).bind("outputs/x")\nos.mkdir("outputs/y")\n'
        'say("left")', says="left", unreadable=("x", "y"),
    ),
    Probe(
        "outputs-is-a-link", "leave the folder of outputs as a link to secrets",
        "the folder is opened without following links",
        'import shutil\nshutil.rmtree("outputs", ignore_errors=True)\n'
        'os.symlink(os.path.dirname(FACTS["secret"]), "outputs")\nsay("left")',
        says="left", unreadable=("secret",),
    ),
    Probe(
        "output-too-large", "leave a file larger than a product may be",
        "its size is looked at first",
        f'{OUTPUTS}open("outputs/x", "wb").truncate(1 << 28)\nsay("left")',
        says="left", unreadable=("x",),
    ),
    Probe(
        "manifest-elsewhere", "name a file elsewhere in the manifest",
        "a name with a slash is no output",
        OUTPUTS + MANIFEST % '"../../secret"', says="left",
        unreadable=("../../secret", "../said.json"),
    ),
    Probe(
        "manifest-is-a-link", "leave the manifest as a link", "links are not read",
        f'{OUTPUTS}refused(lambda: os.unlink("outputs/manifest.json"))\n'
        'os.symlink("/etc/passwd", "outputs/manifest.json")\nsay("left")\nos._exit(0)',
        says="left", unreadable=("manifest.json",),
    ),
    Probe(
        "odd-names", "leave names with line ends, escapes and bytes that are no text",
        "they are removed with the folder",
        """
for name in (b"a\\nb", b"\\x1b[2J", b"\\xff\\xfe", b"-rf", b"..\\\\x", b" "):
    open(name, "wb").close()
say("left")""",
        says="left",
    ),
    Probe(
        "path-of-the-launcher", "have the launcher run its programs, by PATH and PYTHONPATH",
        "the environment is only the job's own",
        """
say([name for name in ("owned",) if os.path.exists(name)])""",
        says=[],
        files={
            "bwrap": "#!/bin/sh\ntouch owned\n",
            "marshal.py": "open('owned', 'w')",
            "launcher/__init__.py": "open('owned', 'w')",
        },
        environ={"PATH": "HERE:/usr/bin:/bin"},
    ),
    Probe(
        "preloaded-library", "have its library loaded into the launcher or bubblewrap",
        "the environment is only the job's own",
        'say(FACTS["marker"] in open("/proc/1/environ", "rb").read().decode()'
        ' if os.access("/proc/1/environ", os.R_OK) else False)',
        says=False, environ={"LD_PRELOAD": "HERE/evil.so"}, files={"evil.so": "no library"},
    ),
)  # fmt: skip
