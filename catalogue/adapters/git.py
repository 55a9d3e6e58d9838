"""Entries in git repositories, read at one commit."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from catalogue.adapters.folder import read_folder
from catalogue.domain.entry import Entry
from catalogue.errors import UnreadableSourceError

SECONDS_AT_MOST = 120
SAFE = (
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "http.followRedirects=false",
    "protocol.ext.allow=never",
    "safe.directory=*",
)
REVISION = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}$")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a repository at a commit, and the commit's full id."""

    entry: Entry
    commit: str


def read_repository(url: str, revision: str = "", *, local: bool = False) -> Checkout:
    """Clone a repository into a scratch folder and read it at a revision.

    Hooks, submodules, filters of the user's configuration and every transport but https are
    off; ``local`` also allows folders of this machine, for the operator's own command line.

    Raises:
        UnreadableSourceError: the address or revision is not one, or git could not read it.
    """
    if revision and not REVISION.match(revision):
        raise UnreadableSourceError(f"{revision[:80]!r} is not a branch, tag or commit.")
    with tempfile.TemporaryDirectory(prefix="reprise-git-") as scratch:
        target = Path(scratch) / "repository"
        protocols = "https:http:file" if local else "https:http"
        clone = ("clone", "--quiet", "--no-checkout", "--no-recurse-submodules", "--")
        _git(Path(scratch), protocols, *clone, url, str(target))
        _git(target, protocols, "checkout", "--quiet", revision or "HEAD", "--")
        commit = _git(target, protocols, "rev-parse", "HEAD").strip()
        return Checkout(read_folder(target), commit)


def _git(folder: Path, protocols: str, *arguments: str) -> str:
    environ = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        # Not the repository: a .gitconfig in it would be the user's own to git.
        "HOME": "/nonexistent",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "LC_ALL": "C.UTF-8",
    }
    safe = [part for setting in SAFE for part in ("-c", setting)]
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program; the address follows `--`
            ["/usr/bin/env", "git", *safe, *arguments],
            cwd=folder, env=environ, capture_output=True, text=True, errors="replace",
            timeout=SECONDS_AT_MOST, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnreadableSourceError(f"git did not answer within {SECONDS_AT_MOST} s.") from None
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise UnreadableSourceError(f"git could not read it: {reason[0][:300]}")
    return done.stdout
