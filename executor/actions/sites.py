"""Sites: which one takes a run, what is learnt from how it went, and what the operator says."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from executor.actions.progress import Progress
from executor.domain import draining
from executor.domain.draining import BY_OPERATOR, Condition
from executor.domain.sites import LOCAL, Site
from executor.errors import StoppedError, UnknownSiteError
from executor.models import Attempt, Run
from executor.models import Site as SiteRow
from lib.problem import ProblemError

POLL_SECONDS = 0.5
ERROR_ID = "executor:platform:"


@dataclass(frozen=True, slots=True)
class Stand:
    """A configured site and how it stands."""

    site: Site
    condition: Condition


def take_place(attempt: Attempt, progress: Progress) -> Site:
    """The site for an attempt, written down; waits while there is no room anywhere.

    Without configured sites it is this machine, and nothing is asked.

    Raises:
        StoppedError: somebody asked for the run to stop meanwhile.
    """
    if not settings.SITES:
        return LOCAL
    while (site := _place(attempt)) is None:
        progress.stage("waiting for a place")
        if progress.should_stop():
            raise StoppedError
        time.sleep(POLL_SECONDS)
    return site


def note_failure(site: Site, attempt: Attempt, error: Exception) -> None:
    """Remember that the platform failed an attempt at a site, which may drain it."""
    if not settings.SITES:
        return
    now, reason = timezone.now(), error.detail if isinstance(error, ProblemError) else str(error)
    with transaction.atomic():
        row = _locked(site.name)
        condition = draining.after_failure(
            _condition(row), reason, started=attempt.started_at, now=now
        )
        _write(row, condition)


def note_success(site: Site) -> None:
    """Remember that a site did what it should; costs a look only while nothing is wrong."""
    failed = SiteRow.objects.filter(name=site.name, failures__gt=0)
    if not settings.SITES or not failed.exists():
        return
    with transaction.atomic():
        row = _locked(site.name)
        _write(row, draining.after_success(_condition(row), timezone.now()))


def stands() -> list[Stand]:
    """The configured sites and how they stand, those to be tried first at the front."""
    known = _conditions()
    sites = settings.SITES or (LOCAL,)
    return [Stand(site, known.get(site.name, Condition())) for site in sites]


def drain_site(name: str) -> None:
    """Send no more runs to a site until it is opened; those under way go on.

    Raises:
        UnknownSiteError: no site has this name.
    """
    _say(name, Condition(drained_until=BY_OPERATOR, reason="The operator drained it."))


def open_site(name: str) -> None:
    """Send runs to a site again, whatever happened there.

    Raises:
        UnknownSiteError: no site has this name.
    """
    _say(name, Condition())


def _say(name: str, condition: Condition) -> None:
    known = [site.name for site in settings.SITES]
    if name not in known:
        names = ", ".join(known) or "none, REPRISE_SITES is not set"
        raise UnknownSiteError(f"There is no site {name!r}. Configured are: {names}.")
    with transaction.atomic():
        row = _locked(name)
        _write(row, condition, timezone.now())


def _place(attempt: Attempt) -> Site | None:
    """A site with room, taken in the same breath so that two do not take the last place."""
    with transaction.atomic():
        _lock(site.name for site in settings.SITES)
        site = draining.chosen(
            settings.SITES, _conditions(), timezone.now(), _failed_before(attempt)
        )
        if site is not None:
            attempt.site = site.name
            Attempt.objects.filter(pk=attempt.pk).update(site=site.name)
    return site


def _failed_before(attempt: Attempt) -> set[str]:
    """Sites where the platform failed this run since it was asked for."""
    run = attempt.run
    failed = run.attempts.filter(
        started_at__gte=run.requested_at, error_id__startswith=ERROR_ID
    ).exclude(pk=attempt.pk)
    return set(failed.values_list("site", flat=True))


def _conditions() -> dict[str, Condition]:
    going = Attempt.objects.filter(ended_at=None, run__state=Run.States.RUNNING).order_by()
    running = dict(going.values_list("site").annotate(count=Count("pk")))
    known = {row.name: row for row in SiteRow.objects.all()}
    names = {*known, *running}
    return {name: _condition(known.get(name), running.get(name, 0)) for name in names}


def _condition(row: SiteRow | None, running: int = 0) -> Condition:
    if row is None:
        return Condition(running=running)
    return Condition(row.failures, row.drained_until, row.reason, row.changed_at, running)


def _lock(names: Iterable[str]) -> list[SiteRow]:
    """The rows of sites, held until the end of the transaction; made when they are not there."""
    wanted = sorted(names)
    rows = SiteRow.objects.select_for_update().filter(name__in=wanted).order_by("name")
    found = list(rows)
    if len(found) < len(wanted):
        made = [SiteRow(name=name, changed_at=draining.BEGINNING) for name in wanted]
        SiteRow.objects.bulk_create(made, ignore_conflicts=True)
        found = list(rows.all())
    return found


def _locked(name: str) -> SiteRow:
    return _lock([name])[0]


def _write(row: SiteRow, condition: Condition, now: datetime | None = None) -> None:
    row.failures = condition.failures
    row.drained_until = condition.drained_until
    row.reason = condition.reason
    row.changed_at = now or condition.changed_at
    row.save()
