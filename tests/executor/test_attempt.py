"""Attempts: claimed once, ended once, and written down only by who still holds the lease."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from executor.actions import attempt as attempts
from executor.actions import start_run
from executor.actions.progress import Progress
from executor.adapters.sandbox import Isolation, SandboxError
from executor.domain.job import Cause, Ending
from executor.models import Attempt, Output, Run
from executor.signals import run_ended
from tests.executor import notebooks
from tests.factories import rows

pytestmark = pytest.mark.django_db
MINE, ANOTHER = "mine", "another"
MANIFEST = {
    "format": "reprise.manifest/1",
    "outputs": [{"name": "total", "file": "total.json"}],
    "python": "3.11.7",
    "packages": ["numpy==2.4"],
}


@pytest.fixture
def run(ready) -> Run:
    made = notebooks.version("total = 40.0")
    return rows.RunFactory(version=made)


@pytest.fixture
def job(monkeypatch):
    """Says what happens in the sandbox, in place of a sandbox: ``job(function)``."""

    def happens(what=lambda **_given: None, ending: Ending | None = None) -> None:
        def sandboxed(job, **given) -> Ending:
            outputs = job.folder / "outputs"
            outputs.mkdir()
            (outputs / "manifest.json").write_text(json.dumps(MANIFEST))
            (outputs / "total.json").write_text("40.0")
            what(job=job, **given)
            return ending or Ending(Cause.EXITED, 0, 0.1)

        monkeypatch.setattr(attempts.sandbox, "run", sandboxed)

    happens()
    return happens


def started(run: Run, committed) -> Run:
    with committed():
        assert start_run(run.pk) is True
    run.refresh_from_db()
    return run


def fails(error: Exception):
    def what(**_given: object) -> None:
        raise error

    return what


def test_an_attempt_ends_in_products_and_says_so(run, job, told, committed, work):
    started(run, committed)

    (attempt,) = run.attempts.all()
    assert (run.state, run.stage, run.lease_until, run.error_id) == ("finished", "", None, "")
    assert [(item.name, item.product.read()) for item in run.outputs.all()] == [("total", b"40.0")]
    assert (attempt.number, attempt.outcome) == (1, "finished")
    assert attempt.ended_at == run.ended_at
    assert attempt.facts_json["packages"] == ["numpy==2.4"]
    assert attempt.facts_json["python"] == "3.11.7"
    assert told == [run.pk]
    assert list(work.iterdir()) == []


def test_the_code_is_told_its_parameters_outputs_and_seed(run, job, committed):
    seen = {}
    job(lambda job, **_given: seen.update(json.loads((job.folder / ".job.json").read_text())))

    started(run, committed)

    assert seen == {
        "format": "reprise.job/1", "notebook": "double.ipynb", "parameters": {"energy": 20.0},
        "outputs": [{"name": "total", "kind": "number"}], "products": [], "folder": "outputs",
        "seed": 0, "events_fd": 3,
    }  # fmt: skip


def test_the_code_gets_an_environment_that_is_the_same_everywhere(
    run, job, committed, settings, monkeypatch
):
    monkeypatch.setenv("REPRISE_SECRET_KEY", "the key")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    settings.RUN_SECONDS, settings.RUN_MEMORY_MB, settings.RUN_LOG_KB = 7, 100, 5
    seen = []
    job(lambda job, **_given: seen.append(job))

    started(run, committed)

    (given,) = seen
    assert set(given.environ) == {
        "PATH", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "MPLBACKEND",
        "LC_ALL", "TZ", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "SOURCE_DATE_EPOCH",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    }  # fmt: skip
    assert (given.limits.wall_seconds, given.limits.memory_bytes) == (7, 100 * 2**20)
    assert given.limits.log_bytes == 5 * 1024
    assert given.argv[1:] == ("-s", "-B", ".notebook_runner.py", ".job.json")


def test_it_reads_its_data_where_the_store_has_them(run, job, committed):
    run.version.data_json = [notebooks.data_file("rows.csv", b"1,2\n")]
    run.version.save()
    seen = []
    job(lambda job, **_given: seen.append((job.folder / "data" / "rows.csv").read_bytes()))

    assert started(run, committed).state == "finished"
    assert seen == [b"1,2\n"]


# Whose lease it is


def test_a_worker_that_lost_its_lease_writes_nothing(run, job, told, committed):
    job(lambda **_given: Run.objects.update(token=ANOTHER, stage="at work", lease_until=None))

    started(run, committed)

    assert (run.state, run.token, run.stage, run.ended_at) == (
        "running",
        "another",
        "at work",
        None,
    )
    assert Output.objects.count() == 0
    assert told == []


def test_an_attempt_that_was_called_lost_stays_lost(run, job, committed):
    def lose(**_given: object) -> None:
        Run.objects.update(token=ANOTHER)
        Attempt.objects.update(ended_at=timezone.now(), outcome="lost")

    job(lose)
    started(run, committed)

    assert run.attempts.get().outcome == "lost"


def test_a_worker_that_lost_its_lease_is_told_to_stop(run, job, committed, monkeypatch):
    monkeypatch.setattr("executor.actions.progress.PAUSE", 0)
    answers = []

    def lose(*, should_stop, **_given: object) -> None:
        answers.append(should_stop())
        Run.objects.update(token=ANOTHER)
        answers.append(should_stop())

    job(lose, Ending(Cause.STOPPED, None, 0.1))
    started(run, committed)

    assert answers == [False, True]
    assert run.state == "running"


def test_a_run_that_is_asked_to_stop_is_cancelled(run, job, told, committed, monkeypatch):
    monkeypatch.setattr("executor.actions.progress.PAUSE", 0)
    answers = []

    def ask(*, should_stop, **_given: object) -> None:
        Run.objects.update(cancel_asked=True)
        answers.append(should_stop())

    job(ask, Ending(Cause.STOPPED, None, 0.1))
    started(run, committed)

    assert answers == [True]
    assert (run.state, run.error, run.attempts.get().outcome) == ("cancelled", "", "cancelled")
    assert told == [run.pk]


# Faults of the platform


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError("a secret of ours"), OSError(28, "full")],
)
def test_an_unexpected_error_is_ours_and_shows_no_traceback(run, job, committed, caplog, error):
    job(fails(error))

    started(run, committed)

    sentence = f"The service failed: {type(error).__name__}."
    how = (run.state, run.error_id, run.error)
    assert how == ("queued", "executor:platform:unexpected", sentence)
    assert (run.attempts.get().error, run.ended_at) == (sentence, None)
    assert caplog.records[0].exc_info[1] is error  # the operator's log has it


def test_a_sandbox_that_does_not_start_has_an_id_of_its_own(run, job, committed):
    job(fails(SandboxError("no namespaces")))

    started(run, committed)

    how = (run.state, run.error_id, run.error)
    assert how == ("queued", "executor:platform:sandbox", "no namespaces")


def test_a_fault_of_the_platform_is_tried_again_and_given_up_in_the_end(
    run, job, told, committed, settings
):
    settings.ATTEMPTS = 3
    job(fails(ZeroDivisionError()))

    states = [started(run, committed).state for _ in range(3)]

    assert states == ["queued", "queued", "failed"]
    assert [item.number for item in run.attempts.all()] == [1, 2, 3]
    assert told == [run.pk]
    assert run.ended_at is not None
    assert start_run(run.pk) is False


def test_a_fault_of_the_platform_is_tried_again_after_a_pause(run, job, committed, time_machine):
    time_machine.move_to("2026-01-01T00:00:00Z", tick=False)
    job(fails(ZeroDivisionError()))

    started(run, committed)

    assert run.try_after == timezone.now() + timedelta(seconds=5)


def test_what_an_earlier_attempt_failed_by_is_forgotten_when_the_next_finishes(run, job, committed):
    job(fails(ZeroDivisionError()))
    started(run, committed)
    job()
    started(run, committed)

    assert (run.state, run.error_id, run.error) == ("finished", "", "")
    assert [item.outcome for item in run.attempts.all()] == ["queued", "finished"]


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_does_not_undo_a_finished_run(run, job):
    def listen(**_signal: object) -> None:
        raise ZeroDivisionError

    run_ended.connect(listen)
    try:
        assert start_run(run.pk) is True
    finally:
        run_ended.disconnect(listen)

    run.refresh_from_db()
    assert (run.state, run.error_id, run.attempts.get().outcome) == ("finished", "", "finished")


def test_data_out_of_reach_is_waited_for(run, job, told, committed, time_machine):
    time_machine.move_to("2026-01-01T00:00:00Z", tick=False)
    digest = "0" * 64
    run.version.data_json = [{"name": "x.fits", "sha256": digest, "size": 3, "url": "http://x/x"}]
    run.version.save()

    started(run, committed)

    assert (run.state, run.error_id, run.error) == (
        "waiting for data", "executor:platform:data-unreachable",
        ("The file x.fits is not reachable from here. "
         "Tried: http://x/x (only https addresses are fetched, not http)."),
    )  # fmt: skip
    assert run.try_after == timezone.now() + timedelta(minutes=10)
    assert (run.ended_at, told) == (None, [])


def test_a_machine_that_cannot_isolate_refuses_code_of_strangers(
    run, job, committed, settings, monkeypatch
):
    monkeypatch.setattr(
        attempts.sandbox, "isolation", lambda _wanted: Isolation("off", "No namespaces.")
    )
    settings.ATTEMPTS = 1

    started(run, committed)

    assert (run.state, run.error_id, run.error) == (
        "failed", "executor:platform:no-isolation",
        "This machine cannot isolate code: No namespaces.",
    )  # fmt: skip


def test_code_runs_without_isolation_when_its_operator_says_so(run, job, committed, settings):
    settings.SANDBOX = "off"

    started(run, committed)

    assert run.state == "finished"
    assert run.attempts.get().facts_json["isolation"] == "off"


# Progress


@pytest.fixture
def progress() -> Progress:
    run = rows.RunFactory(state="running", token=MINE)
    return Progress(rows.AttemptFactory(run=run))


def seen(progress: Progress) -> tuple[int, int, str]:
    progress._written -= 60  # as if nothing had been written for a minute
    progress.should_stop()
    run = Run.objects.get()
    return run.done, run.total, run.stage


def test_events_become_a_sentence_and_two_numbers(progress):
    progress.on_event(b'{"event": "cell", "index": 3, "of": 5}')

    assert seen(progress) == (2, 5, "running cell 3 of 5")


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"3", b"no JSON", b"\xff", b'{"event": "end"}', b"[" * 100_000,
        b'{"index": 0, "of": 5}', b'{"index": 6, "of": 5}', b'{"index": -1, "of": 5}',
        b'{"index": 1, "of": 10000}', b'{"index": null, "of": 5}', b'{"index": [], "of": {}}',
        b'{"index": Infinity, "of": NaN}', b'{"index": 1, "of": Infinity}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_event_is_passed_over(progress, line):
    progress.on_event(line)

    assert seen(progress) == (0, 0, "")


def test_what_is_printed_is_kept_as_text(progress):
    progress.on_log(b"caf\xc3\xa9 ")
    progress.on_log(b"\xff\0 end")
    progress.close()

    assert Attempt.objects.get().log == "café \ufffd\ufffd end"


def test_the_database_is_asked_now_and_then_only(progress, django_assert_num_queries):
    progress.should_stop()

    with django_assert_num_queries(0):
        assert progress.should_stop() is False


def test_a_long_preparation_keeps_its_lease(on_file, settings):
    settings.LEASE_SECONDS = 0.2  # a beat every twentieth of a second

    def prepare() -> bool:
        begun = timezone.now()
        run = rows.RunFactory(state="running", token=MINE, lease_until=begun)
        waits = threading.Event()
        with Progress(rows.AttemptFactory(run=run)).kept_alive():
            while run.lease_until == begun and timezone.now() < begun + timedelta(seconds=20):
                waits.wait(0.01)
                run.refresh_from_db()
        return run.lease_until > begun

    assert on_file(prepare, 1) == [True]
