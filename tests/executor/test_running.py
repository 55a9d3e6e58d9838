"""Attempts and sites: where a run goes, what is learnt from it, and what the operator says."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from executor.actions import running
from executor.actions.claim import claim
from executor.actions.preparing import Prepared
from executor.actions.progress import Progress
from executor.actions.running import run_prepared
from executor.actions.sites import drain_site, open_site, stands
from executor.adapters.sandbox import SandboxError
from executor.adapters.sites.parsl_site import Ended
from executor.domain.draining import BY_OPERATOR
from executor.domain.job import Cause, Ending, Job
from executor.domain.sites import Kind, Site
from executor.errors import SiteFailedError, StoppedError
from executor.models import Attempt
from executor.models import Site as SiteRow
from tests.factories import rows

pytestmark = pytest.mark.django_db
CLUSTER = Site("cluster", Kind.SLURM, 1, 1)
HERE = Site("here", Kind.LOCAL, 2)
GOOD = Ending(Cause.EXITED, 0, 0.1)
FACTS = {"isolation": "bubblewrap", "machine": "Linux (node-7)"}


@pytest.fixture
def sites(settings):
    settings.SITES = (CLUSTER, HERE)


@pytest.fixture
def cluster(monkeypatch):
    """What the cluster does with a job, in place of one: ``cluster(error)`` fails."""

    def does(error=None):
        def run_on_site(*_given):
            if error:
                raise error
            return Ended(GOOD, FACTS)

        monkeypatch.setattr(running.parsl_site, "run_on_site", run_on_site)

    does()
    return does


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setattr(running.sandbox, "run", lambda *_job, **_given: GOOD)


def claimed(**run) -> Attempt:
    return claim(rows.RunFactory(**run).pk)


def tried(attempt: Attempt, tmp_path) -> Ending:
    prepared = Prepared(Job(("/bin/true",), tmp_path), tmp_path)
    return run_prepared(attempt, prepared, Progress(attempt))


def failing(attempt, tmp_path):
    with pytest.raises(SiteFailedError):
        tried(attempt, tmp_path)
    Attempt.objects.filter(pk=attempt.pk).update(ended_at=timezone.now())


def test_without_sites_a_run_goes_nowhere_else_and_nothing_more_is_asked(
    tmp_path, django_assert_num_queries
):
    attempt = claimed()

    with django_assert_num_queries(0):
        assert tried(attempt, tmp_path) == GOOD
    attempt.refresh_from_db()
    assert attempt.site == "local"


@pytest.mark.usefixtures("sites", "cluster")
def test_a_run_goes_to_the_first_site_and_its_attempt_says_so(tmp_path):
    attempt = claimed()

    assert tried(attempt, tmp_path) == GOOD
    attempt.refresh_from_db()
    assert (attempt.site, SiteRow.objects.get(name="cluster").failures) == ("cluster", 0)


@pytest.mark.usefixtures("sites", "cluster")
def test_an_attempt_elsewhere_knows_the_machine_of_the_node(tmp_path):
    attempt = claimed()

    tried(attempt, tmp_path)

    assert attempt.facts_json == {**FACTS, "site": "cluster"}


@pytest.mark.usefixtures("sites", "cluster")
def test_a_site_takes_no_more_runs_than_it_may(tmp_path):
    for _ in range(3):
        tried(claimed(), tmp_path)

    assert list(Attempt.objects.order_by("pk").values_list("site", flat=True)) == [
        "cluster",
        "here",
        "here",
    ]


@pytest.mark.usefixtures("sites")
def test_a_run_that_a_site_failed_goes_elsewhere_the_next_time(tmp_path, cluster):
    cluster(SiteFailedError("cluster", "its node was lost"))
    attempt = claimed()
    failing(attempt, tmp_path)
    Attempt.objects.update(error_id="executor:platform:site")
    attempt.run.state = "queued"
    attempt.run.save()

    again = claim(attempt.run_id)

    assert tried(again, tmp_path) == GOOD
    assert again.site == "here"


@pytest.mark.usefixtures("sites")
def test_three_failures_in_a_row_drain_a_site_and_keep_the_reason(tmp_path, cluster):
    cluster(SiteFailedError("cluster", "its node was lost"))
    for _ in range(3):
        failing(claimed(), tmp_path)

    row = SiteRow.objects.get(name="cluster")

    assert (row.failures, row.drained_until - row.changed_at) == (3, timedelta(minutes=1))
    assert row.reason == "The site cluster failed: its node was lost."
    later = claimed()
    tried(later, tmp_path)
    assert later.site == "here"


@pytest.mark.usefixtures("sites")
def test_a_success_between_failures_keeps_a_site_open(tmp_path, cluster):
    for good in (False, False, True, False, False):
        cluster(None if good else SiteFailedError("cluster", "its node was lost"))
        attempt = claimed()
        if good:
            tried(attempt, tmp_path)
            Attempt.objects.filter(pk=attempt.pk).update(ended_at=timezone.now())
        else:
            failing(attempt, tmp_path)

    row = SiteRow.objects.get(name="cluster")

    assert (row.failures, row.drained_until) == (2, None)


def test_a_sandbox_that_does_not_start_here_counts_too(tmp_path, settings, monkeypatch):
    def fails(*_job, **_given):
        raise SandboxError("no namespaces")

    settings.SITES = (HERE,)
    monkeypatch.setattr(running.sandbox, "run", fails)

    with pytest.raises(SandboxError):
        tried(claimed(), tmp_path)

    row = SiteRow.objects.get(name="here")
    assert (row.failures, row.reason) == (1, "no namespaces")


def test_a_run_that_waits_for_a_place_can_be_stopped(tmp_path, settings):
    settings.SITES = (Site("here", Kind.LOCAL, 1, 1),)
    tried(claimed(), tmp_path)
    waiting = claimed()
    waiting.run.cancel_asked = True
    waiting.run.save()

    with pytest.raises(StoppedError):
        tried(waiting, tmp_path)


@pytest.fixture
def eight(transactional_db):
    return [claimed() for _ in range(8)]


def test_two_workers_do_not_both_take_the_last_place(eight, on_file, settings):
    settings.SITES = (Site("one", Kind.LOCAL, 1, 1), Site("rest", Kind.LOCAL, 2))
    lock = threading.Lock()

    def take():
        with lock:
            attempt = eight.pop()
        return running.take_place(attempt, Progress(attempt)).name

    assert sorted(on_file(take)) == ["one", *["rest"] * 7]


@pytest.mark.usefixtures("sites", "cluster")
def test_what_the_operator_drained_takes_nothing_until_it_is_opened(tmp_path):
    drain_site("cluster")
    first = claimed()
    tried(first, tmp_path)
    open_site("cluster")
    second = claimed()
    tried(second, tmp_path)

    assert (first.site, second.site) == ("here", "cluster")


def listed(**options):
    out = StringIO()
    call_command("sites", stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.mark.usefixtures("sites")
def test_the_command_lists_drains_and_opens():
    assert listed(drain="cluster") == [
        "site     kind   rank  runs    state    failures  reason",
        "cluster  slurm  1     0 of 1  drained  0         The operator drained it.",
        "here     local  2     0       open     0",
    ]
    assert SiteRow.objects.get(name="cluster").drained_until == BY_OPERATOR
    assert listed(open="cluster")[1:] == [
        "cluster  slurm  1     0 of 1  open   0",
        "here     local  2     0       open   0",
    ]


@pytest.mark.usefixtures("sites")
def test_the_command_refuses_a_site_that_is_not_configured():
    with pytest.raises(CommandError) as caught:
        listed(drain="elsewhere")

    assert str(caught.value) == "There is no site 'elsewhere'. Configured are: cluster, here."


def test_without_sites_the_command_lists_this_machine():
    assert [stand.site.name for stand in stands()] == ["local"]
    assert listed() == [
        "site   kind   rank  runs  state  failures  reason",
        "local  local  1     0     open   0",
    ]
