"""What strangers' notebooks try: each ends as a failed run with a sentence, and nothing is kept."""

import json
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings

from executor.actions import request_run
from executor.adapters import sandbox
from executor.adapters.environments import python_of
from lib import store
from tests.executor import notebooks
from tests.executor.notebooks import Ended

pytestmark = pytest.mark.django_db

ISOLATED = sandbox.isolation("auto").name != "off"
needs_isolation = pytest.mark.skipif(not ISOLATED, reason="this machine cannot isolate code")
NOTEBOOK = ("notebook", "notebook")


@pytest.fixture(autouse=True)
def _small(ready, settings):
    settings.RUN_SECONDS = 20
    settings.RUN_MEMORY_MB = 512


@pytest.fixture
def ran(work: Path):
    """Runs a cell and looks whether anything was left behind or taken for an answer."""

    def run(body: str, **options: object) -> Ended:
        made = notebooks.version(body, **options)
        ended = notebooks.run(made)
        assert list(work.iterdir()) == []
        assert request_run(made, {}).known is (ended.run.state == "finished")
        return ended

    return run


def raised(sentence: str) -> tuple[str, str, str]:
    return "failed", "executor:user:raised", sentence


def hostile(sentence: str) -> tuple[str, str, str]:
    return "failed", "executor:user:hostile-output", f"An output is not acceptable: {sentence}."


def nothing(how: str) -> tuple[str, str, str]:
    sentence = f"It ended with {how} before it could give its products; the log says more."
    return "failed", "executor:user:no-products", sentence


def test_a_good_notebook_finishes_so_that_the_others_can_fail(ran):
    ended = ran("total = energy * 2")

    assert ended.how == ("finished", "", "")
    assert ended.kept == [NOTEBOOK, ("total", "output")]
    assert (ended.product("total"), ended.attempt.log) == (40.0, "the end\n")


def test_an_exception_is_told_with_cell_line_and_message_and_the_notebook_is_kept(ran):
    ended = ran("a = 1\nraise ValueError('no light curve')")

    assert ended.how == raised("Cell 2, line 2 raised ValueError: no light curve")
    assert ended.kept == [NOTEBOOK]
    (output,) = (one for cell in ended.product("notebook")["cells"] for one in cell["outputs"])
    assert (output["ename"], output["evalue"]) == ("ValueError", "no light curve")


def test_a_message_that_no_database_takes_is_made_readable(ran):
    ended = ran(r"raise ValueError('half \ud800 of a pair, \0 and the rest')")

    assert ended.run.state == "failed"
    assert ended.run.error_id == "executor:user:raised"
    assert ended.run.error.startswith("Cell 2, line 1 raised ValueError: half ")
    assert "\0" not in ended.run.error


def test_a_notebook_that_never_ends_is_stopped(ran, settings):
    settings.RUN_SECONDS = 1

    ended = ran("while True: pass")

    sentence = "It did not end within 1 s and was stopped."
    assert ended.how == ("failed", "executor:user:too-long", sentence)
    assert ended.kept == []


def test_a_notebook_that_prints_without_end_is_stopped(ran, settings):
    settings.RUN_LOG_KB = 16

    ended = ran("while True: print('x' * 1000)")

    sentence = "It printed more than 16 kB and was stopped."
    assert ended.how == ("failed", "executor:user:too-much-printed", sentence)
    assert 16_000 < len(ended.attempt.log) < 64_000


def test_a_notebook_that_fills_the_folder_is_stopped(ran, settings):
    settings.RUN_FOLDER_MB = 2

    ended = ran(
        "import time\n"
        "for i in range(8):\n"
        "    open(f'{i}.bin', 'wb').write(bytes(2**20))\n"
        "time.sleep(20)"
    )

    sentence = "It wrote more than 2 MB and was stopped."
    assert ended.how == ("failed", "executor:user:too-much-written", sentence)


@needs_isolation
def test_what_is_written_outside_the_folder_never_arrives(ran, tmp_path):
    planted = tmp_path / "planted"

    ran(f"import os\nos.makedirs({str(tmp_path)!r}, exist_ok=True)\nopen({str(planted)!r}, 'w')")

    assert not planted.exists()


@needs_isolation
def test_the_environment_of_all_its_runs_cannot_be_changed(ran):
    ended = ran("import os, sys\nos.mkdir(sys.prefix + '/lib/planted')")

    prefix = python_of(Path(settings.DATA_DIR) / "environments" / ended.run.environment)
    planted = prefix.parent.parent / "lib" / "planted"
    assert ended.how == raised(
        f"Cell 2, line 2 raised OSError: [Errno 30] Read-only file system: '{planted}'"
    )
    assert not planted.exists()


@needs_isolation
def test_the_files_of_the_service_cannot_be_read(ran, tmp_path):
    (tmp_path / "secret").write_text("the key")

    ended = ran(f"print(open({str(tmp_path / 'secret')!r}).read())")

    assert ended.run.error_id == "executor:user:raised"
    assert "the key" not in ended.attempt.log


@needs_isolation
@pytest.mark.enable_socket
def test_no_socket_reaches_a_listener_of_this_machine(ran):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        ended = ran(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)")

        with pytest.raises(BlockingIOError):
            listener.accept()
    assert ended.run.error_id == "executor:user:raised"
    assert ended.run.error.startswith("Cell 2, line 2 raised ")


@needs_isolation
def test_forks_without_end_hit_a_wall(ran):
    ended = ran(
        "import os, time\n"
        "for _ in range(1000):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(30)\n"
        "        os._exit(0)\n"
    )

    assert ended.how == raised(
        "Cell 2, line 3 raised BlockingIOError: [Errno 11] Resource temporarily unavailable"
    )


def test_memory_has_an_end(ran, settings):
    settings.RUN_MEMORY_MB = 256

    ended = ran("held = []\nwhile True: held.append(bytes(2**26))")

    assert ended.how == raised("Cell 2, line 2 raised MemoryError")


def test_leaving_by_the_back_door_gives_no_products(ran):
    ended = ran("import os\nprint('bye', flush=True)\nos._exit(0)")

    assert ended.how == nothing("status 0")
    assert (ended.kept, ended.attempt.log) == ([], "bye\n")


def test_a_notebook_that_kills_itself_is_no_answer(ran):
    ended = ran("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")

    assert ended.how == nothing("signal 11")


def test_a_killed_notebook_is_told_of_memory_and_time(ran):
    ended = ran("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    sentence = (
        "It was killed, most likely because it used more than 512 MB of memory or too much "
        "processor time."
    )
    assert ended.how == ("failed", "executor:user:no-products", sentence)


def test_an_output_that_was_never_assigned_is_named(ran):
    ended = ran("pass")

    sentence = "It ended without giving total: assign it in the notebook."
    assert ended.how == ("failed", "executor:user:missing-output", sentence)
    assert ended.kept == [NOTEBOOK]


def test_an_output_of_the_wrong_type_is_told_with_what_to_assign(ran):
    ended = ran("total = 'forty'")

    assert ended.how == raised(
        "The notebook raised OutputError: output 'total' is declared as number and holds str: "
        "assign a single number, for instance float(x)"
    )


# What the runner wrote can be replaced by the notebook: it has the same rights in the folder.
AT_THE_END = """
import atexit, json, os
def forge():
    outputs = 'outputs'
{forgery}
atexit.register(forge)
total = 40.0
"""


def forge(*lines: str) -> str:
    return AT_THE_END.format(forgery="\n".join(f"    {line}" for line in lines))


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ("os.symlink('/etc/passwd', 'outputs/total.json')", "is missing or is no plain file"),
        ("os.mkfifo('outputs/total.json')", "is no plain file"),
        ("os.mkdir('outputs/total.json')", "is no plain file"),
        ("os.link('.job.json', 'outputs/total.json')", "is no plain file"),
        ("pass", "is missing or is no plain file"),
    ],
    ids=["symlink", "fifo", "directory", "second name", "nothing"],
)
def test_an_output_that_is_no_plain_file_is_refused(ran, instead, why):
    ended = ran(forge("os.unlink('outputs/total.json')", instead))

    assert ended.how == hostile(f"the file total.json {why}")
    assert ended.kept == []


@pytest.mark.parametrize("file", ["../../x", "/etc/passwd", "a\ud800"])
def test_a_manifest_that_names_what_is_not_its_own_is_no_manifest(ran, file):
    forged = {"format": "reprise.manifest/1", "outputs": [{"name": "total", "file": file}]}

    ended = ran(forge(f"open('outputs/manifest.json', 'w').write({json.dumps(forged)!r})"))

    assert ended.how == nothing("status 0")
    assert ended.kept == []


@pytest.mark.parametrize(
    "forgery",
    [
        "os.unlink('outputs/manifest.json')",
        "open('outputs/manifest.json', 'w').write('no JSON')",
        "open('outputs/manifest.json', 'w').write('[' * 100_000)",
        "open('outputs/manifest.json', 'w').write('[]')",
        "open('outputs/manifest.json', 'w').write(' ' * (4 * 2**20 + 1))",
        "os.rename('outputs', 'elsewhere')",
        "(os.rename('outputs', 'elsewhere'), os.symlink('elsewhere', 'outputs'))",
    ],
)
def test_without_a_readable_manifest_there_are_no_products(ran, forgery):
    ended = ran(forge(forgery))

    assert ended.how == nothing("status 0")
    assert ended.kept == []


def test_a_forged_manifest_without_the_outputs_is_no_answer(ran):
    forged = '{"format": "reprise.manifest/1", "outputs": []}'

    ended = ran(forge(f"open('outputs/manifest.json', 'w').write('{forged}')"))

    sentence = "It ended without giving total."
    assert ended.how == ("failed", "executor:user:missing-output", sentence)


def test_a_forged_manifest_does_not_hide_that_the_process_ended_badly(ran):
    ended = ran(forge("os._exit(7)"))

    assert ended.how == nothing("status 7")
    assert ended.kept == []


def test_an_answer_that_is_no_number_harms_no_page(ran, client):
    ended = ran(forge("open('outputs/total.json', 'w').write('[' * 100_000)"))

    answer = client.get(f"/api/runs/{ended.run.address}/")
    page = client.get(ended.run.get_absolute_url())

    (total,) = (item for item in answer.json()["outputs"] if item["name"] == "total")
    assert (answer.status_code, page.status_code) == (200, 200)
    assert (total["value"], total["unit"]) == (None, "keV")


@needs_isolation
def test_data_cannot_be_changed_not_even_by_replacing_it(ran, tmp_path):
    made = notebooks.version("open('data/rows.csv', 'a').write('one more')")
    made.data_json = [notebooks.data_file("rows.csv", b"1,2\n")]
    made.save()

    ended = notebooks.run(made)

    assert ended.run.error_id == "executor:user:raised"
    assert "rows.csv" in ended.run.error
    assert store.get(made.data[0].sha256) == b"1,2\n"


def processes_in(folder: Path) -> list[str]:
    """The processes of this machine whose current folder is inside this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [process.name] if str(folder) in str((process / "cwd").readlink()) else []
    return found


@needs_isolation
def test_a_daemon_does_not_outlive_its_run(ran, work):
    ended = ran(
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "total = 40.0"
    )

    assert ended.how == ("finished", "", "")
    assert processes_in(work) == []
