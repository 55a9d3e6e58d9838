"""Running what is prepared: apart from the service, on the site that takes it."""

import platform

from django.conf import settings

from catalogue.domain.choices import Runtime
from executor.actions.preparing import Prepared
from executor.actions.progress import Progress
from executor.actions.sites import note_failure, note_success, take_place
from executor.actions.warming import warmth_of
from executor.adapters import sandbox, warm
from executor.adapters.sites import parsl_site
from executor.adapters.sites.node import Order
from executor.domain.job import Ending
from executor.domain.sites import Kind, Site
from executor.errors import PlatformFailedError
from executor.models import Attempt, Run
from lib import store


def run_prepared(attempt: Attempt, prepared: Prepared, progress: Progress) -> Ending:
    """Run a job in isolation, here or on another site; what a site does wrong is remembered.

    Raises:
        PlatformFailedError: the site failed, or cannot isolate code that is not trusted.
        SandboxError: the job could not be started.
        StoppedError: it was asked to stop before a site had room for it.
    """
    site = take_place(attempt, progress)
    run_there = _run_here if site.kind is Kind.LOCAL else _run_on_site
    try:
        ending = run_there(site, attempt, prepared, progress)
    except (PlatformFailedError, sandbox.SandboxError) as error:
        note_failure(site, attempt, error)
        raise
    note_success(site)
    return ending


def _run_here(_site: Site, attempt: Attempt, prepared: Prepared, progress: Progress) -> Ending:
    isolation = sandbox.isolation(settings.SANDBOX)
    if isolation.name == "off" and not _trusted(attempt.run):
        raise PlatformFailedError(
            "no-isolation", f"This machine cannot isolate code: {isolation.reason}"
        )
    attempt.facts_json = {"isolation": isolation.name, "machine": platform.platform()}
    try:
        return _run_warm(attempt, prepared, progress, isolation)
    except warm.ColdError as error:
        attempt.facts_json |= {"interpreter": "new", "why": str(error)[:300]}
    return sandbox.run(
        prepared.job, isolation=isolation, on_log=progress.on_log, on_event=progress.on_event,
        should_stop=progress.should_stop,
    )  # fmt: skip


def _run_warm(
    attempt: Attempt, prepared: Prepared, progress: Progress, isolation: sandbox.Isolation
) -> Ending:
    version = attempt.run.version
    if not settings.WARM or version.runtime != Runtime.NOTEBOOK:
        raise warm.ColdError("Only notebooks are run by a warm interpreter, where that is wanted.")
    known = warmth_of(version)
    ending = warm.run(
        prepared.job, environment=prepared.environment, preload=known.preload,
        shadows=known.shadows, roots=store.roots(), isolation=isolation, on_log=progress.on_log,
        on_event=progress.on_event, should_stop=progress.should_stop,
    )  # fmt: skip
    attempt.facts_json |= {"interpreter": "warm"}
    return ending


def _run_on_site(site: Site, attempt: Attempt, prepared: Prepared, progress: Progress) -> Ending:
    progress.stage(f"waiting for a node of {site.name}", at_once=True)
    sandboxes = site.text("sandbox", settings.SANDBOX)
    order = Order(prepared.job, sandboxes, _trusted(attempt.run), float(settings.LEASE_SECONDS))
    ended = parsl_site.run_on_site(site, order, _hooks(progress), settings.DATA_DIR)
    attempt.facts_json = {**ended.facts, "site": site.name}
    return ended.ending


def _hooks(progress: Progress) -> parsl_site.Hooks:
    def running() -> None:
        progress.stage("running", at_once=True)

    return parsl_site.Hooks(running, progress.on_log, progress.on_event, progress.should_stop)


def _trusted(run: Run) -> bool:
    return settings.SANDBOX == "off" or run.version.is_bundled
