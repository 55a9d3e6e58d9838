"""The health page of deposits, and the part of a release's page that asks for one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from publishing.actions import begin_deposit, check_may_deposit
from publishing.domain.health import Urgency
from publishing.domain.steps import Step
from publishing.models import Release
from publishing.pages.drafters import drafter, remember
from publishing.queries.drafts import draft_of
from publishing.queries.finding import releases
from publishing.queries.health import Stand, budgets, deposits, going, public_stands, stands

A_PAGE = 50
CHIPS = {Urgency.PEOPLE: "v-should", Urgency.WAITS: "v-running", Urgency.NOTHING: "v-finished"}
OWN_CHIPS = {Step.FAILED: "v-failed", Step.ABANDONED: "v-cancelled"}


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every deposit: its state, what it waits for, and the one thing to do."""
    rows = deposits()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = public_stands(page.object_list)
    public = _public(stand.deposit.release_id for stand in shown)
    context = {
        "page": page,
        "stands": [(stand, _chip(stand), stand.deposit.release_id in public) for stand in shown],
        "budgets": budgets(),
        "going": going(rows).exclude(state=Step.FAILED).count(),
        "failed": rows.filter(state=Step.FAILED).count(),
    }
    return render(request, "publishing/deposits.html", context)


@require_POST
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a deposit of a release; a worker brings it there, and nobody waits here."""
    release, repository = draft_of(name), request.POST.get("repository", "")
    asker = drafter(request)
    check_may_deposit(asker, release, repository)
    begin_deposit(release, repository)
    to = f"{release.get_absolute_url()}#deposits" if _public([release.pk]) else "deposits"
    return remember(redirect(to), asker)


def deposit_context(release: Release) -> Mapping[str, Any]:
    """What ``publishing/_deposit.html`` shows: where a release is, and where it may go yet.

    ``release``, ``stands`` (pairs of stand and class of its chip), and ``choices``: repositories
    of the settings that have no deposit of it, none when it was withdrawn; ``is_lasting`` when
    what is published at one of them is for ever.
    """
    rows = release.deposits.select_related("release").order_by("pk")
    taken = {row.repository for row in rows if row.state != Step.ABANDONED}
    choices = [item for item in settings.REPOSITORIES if item.name not in taken]
    return {
        "release": release,
        "stands": [(stand, _chip(stand)) for stand in stands(rows)],
        "choices": [] if release.withdrawn_at else choices,
        "is_lasting": any(item.production for item in choices),
    }


def _public(keys: Iterable[str]) -> set[str]:
    """Those of some releases whose page readers may see."""
    return set(releases().filter(pk__in=list(keys)).order_by().values_list("pk", flat=True))


def _chip(stand: Stand) -> str:
    """The class that colours a state, which its words tell too."""
    return OWN_CHIPS.get(Step(stand.deposit.state)) or CHIPS[stand.health.urgency]
