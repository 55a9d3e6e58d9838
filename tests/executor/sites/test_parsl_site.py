"""Jobs on a site of a batch system; here parsl starts its pilots as processes of this machine."""

import sys
import threading
import time
from pathlib import Path

import pytest
from parsl.launchers import SingleNodeLauncher
from parsl.providers import LocalProvider

from executor.adapters.sites import kernel, node, parsl_site, side
from executor.domain.job import Cause, Job, Limits
from executor.domain.sites import Kind, Site
from executor.errors import SiteFailedError

pytestmark = pytest.mark.system

SITE = Site("pilots", Kind.SLURM, options={"address": "127.0.0.1", "runs_per_node": 2})
BASE = Path(sys.executable).resolve().parent.parent


def local(site, init):
    # A new session, as a job of a batch system has, so that it can be ended as a whole.
    return LocalProvider(
        worker_init=f"{init}\n{site.text('init')}", launcher=SingleNodeLauncher(), max_blocks=1
    )


@pytest.fixture(scope="module", autouse=True)
def _pilots():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("executor.adapters.sites.providers.provider", local)
        yield
        kernel.close_all()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")


class Heard:
    """What is told of a job; ``stop`` makes it end."""

    def __init__(self):
        self.log, self.events, self.started = b"", [], 0
        self.stop = threading.Event()

    def hooks(self):
        return parsl_site.Hooks(self.begin, self.print, self.events.append, self.stop.is_set)

    def begin(self):
        self.started += 1

    def print(self, piece):
        self.log += piece


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def order(tmp_path):
    def made(code, seconds=60.0, patience=20.0):
        folder = tmp_path / "work" / "job"
        folder.mkdir(parents=True)
        job = Job(
            ("/usr/bin/python3", "-I", "-u", "-c", code),
            folder,
            limits=Limits(wall_seconds=seconds),
        )
        return node.Order(job, "auto", trusted=False, patience=patience)

    return made


def test_a_job_runs_on_a_node_and_is_heard_from_here(data, order, heard):
    code = "import os; os.write(3, b'{\"index\": 1}\\n'); open('made', 'w').write('1'); print('hi')"
    given = order(code)

    ended = parsl_site.run_on_site(SITE, given, heard.hooks(), data)

    assert (ended.ending.cause, ended.ending.code) == (Cause.EXITED, 0)
    assert (heard.log, heard.events, heard.started) == (b"hi\n", [b'{"index": 1}'], 1)
    assert (given.job.folder / "made").read_text() == "1"
    assert ended.facts["isolation"] in {"bubblewrap", "direct"}
    assert not side.beside(given.job.folder).exists()


def test_a_job_that_fails_by_itself_says_so_and_is_no_fault_of_the_site(data, order, heard):
    ended = parsl_site.run_on_site(SITE, order("raise SystemExit(5)"), heard.hooks(), data)

    assert (ended.ending.cause, ended.ending.code) == (Cause.EXITED, 5)


def test_a_job_that_takes_too_long_is_ended_on_the_node(data, order, heard):
    given = order("import time; time.sleep(60)", seconds=0.5)

    ended = parsl_site.run_on_site(SITE, given, heard.hooks(), data)

    assert ended.ending.cause is Cause.TIMED_OUT


def test_a_job_is_stopped_on_the_node_when_somebody_wants_so(data, order, heard):
    given = order("import time; print('up'); time.sleep(60); open('late', 'w')")
    threading.Timer(3.0, heard.stop.set).start()
    begun = time.monotonic()

    ended = parsl_site.run_on_site(SITE, given, heard.hooks(), data)

    assert ended.ending.cause is Cause.STOPPED
    assert time.monotonic() - begun < 12
    assert not (given.job.folder / "late").exists()


def test_a_node_that_hears_nothing_more_of_us_ends_the_job(data, order, heard, monkeypatch):
    monkeypatch.setattr(side.Count, "go_on", once)
    given = order("import time; time.sleep(60)", patience=2.0)

    ended = parsl_site.run_on_site(SITE, given, heard.hooks(), data)

    assert ended.ending.cause is Cause.STOPPED


def once(count):
    if not count.number:
        count.number = 1
        side.write(count.path, "1")


def test_a_pilot_that_dies_on_starting_is_a_failure_of_the_site(data, order, heard):
    broken = Site("broken", Kind.SLURM, options={"address": "127.0.0.1", "init": "exit 7"})

    with pytest.raises(SiteFailedError) as caught:
        parsl_site.run_on_site(broken, order("print(1)"), heard.hooks(), data)

    assert caught.value.id == "executor:platform:site"
    assert caught.value.detail.startswith("The site broken failed: ")


def test_a_site_whose_nodes_do_not_come_in_time_is_given_up(data, order, heard):
    slow = Site(
        "slow",
        Kind.SLURM,
        options={"address": "127.0.0.1", "init": "sleep 600", "wait_seconds": 2},
    )

    with pytest.raises(SiteFailedError) as caught:
        parsl_site.run_on_site(slow, order("print(1)"), heard.hooks(), data)

    assert caught.value.detail == "The site slow failed: no node took the run within 2 s."


def test_a_batch_system_that_is_not_there_is_a_failure_of_the_site(data, order, heard, monkeypatch):
    monkeypatch.setattr("executor.adapters.sites.providers.provider", fails)
    away = Site("away", Kind.SLURM, options={"address": "127.0.0.1"})

    with pytest.raises(SiteFailedError) as caught:
        parsl_site.run_on_site(away, order("print(1)"), heard.hooks(), data)

    assert caught.value.detail == "The site away failed: OSError no sbatch here."


def fails(_site, _init):
    raise OSError("no sbatch here")
