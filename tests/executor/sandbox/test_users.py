"""Who the code of others runs as: nobody when the service is root, else the service's own user."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.factories.folders import let_others_in

PROJECT = Path(__file__).parents[3]
PARTS = ("executor", "catalogue", "ontology", "lib")
PYTHON = "/usr/bin/python3"  # the one that every user may start
SOMEBODY = 54321
CALLER = """
import json, sys
from pathlib import Path
from executor.adapters.sandbox import isolation, run
from executor.domain.job import Job
name, folder = sys.argv[1], Path(sys.argv[2])
script = "id -u; touch made; mkdir sub; : > sub/made"
log = bytearray()
found = isolation(name)
ending = run(
    Job(("/bin/sh", "-c", script), folder), isolation=found, on_log=log.extend, on_event=print,
    should_stop=bool,
)
print(json.dumps([found.name, found.reason, ending.cause, ending.code, log.decode().split()]))
"""

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root starts programs as somebody else"),
    pytest.mark.skipif(
        not Path(PYTHON).exists() or shutil.which("setpriv") is None,
        reason="needs the system's Python and setpriv",
    ),
]


def ran(name: str, folder: Path, uid: int, project: Path) -> list[object]:
    """What comes of a job that a service of some user runs in a folder."""
    become = () if uid == 0 else ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    done = subprocess.run(
        (*become, PYTHON, "-B", "-c", CALLER, name, str(folder)),
        cwd=project, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["direct", "bubblewrap"])
@pytest.mark.parametrize(("service", "job"), [(0, 65534), (SOMEBODY, SOMEBODY)])
def test_code_runs_as_an_ordinary_user_who_owns_what_it_makes(
    tmp_path: Path, name: str, service: int, job: int
) -> None:
    let_others_in(tmp_path)
    for part in PARTS:  # the project itself may lie where only we may look
        shutil.copytree(PROJECT / part, tmp_path / part, ignore=shutil.ignore_patterns("*.pyc"))
    folder = tmp_path / "work"
    folder.mkdir()
    os.chown(folder, service, service)

    used, reason, cause, code, log = ran(name, folder, service, tmp_path)

    if used != name:
        pytest.skip(str(reason))
    owners = {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}
    assert (cause, code, log, owners) == ("exited", 0, [str(job)], {job})
