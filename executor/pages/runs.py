"""Pages of runs: the list, one run, and the form that asks for one."""

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.domain.query import FIGURE, is_reference, query, query_again
from catalogue.models import Version
from executor.actions import ask, cancel_run, request_run, retry_run
from executor.domain.estimate import in_words
from executor.domain.priority import Priority
from executor.domain.states import State
from executor.errors import BadInputsError
from executor.models import Run
from executor.pages.forms import (
    REQUEST,
    figure_in,
    is_json,
    request_in,
    request_of,
    seed_in,
    texts_in,
    values_in,
    version_in,
)
from executor.pages.plans import plan_address, show_run_plan
from executor.pages.shown import show_inputs, show_outputs
from executor.queries import (
    asker_of,
    estimate_seconds,
    failed_path,
    listed_runs,
    places_in_queue,
    run_at,
)
from lib import panels
from lib.remote import host_of
from ontology.domain.kinds import ParameterKind, ProductKind

TABLES = frozenset({ProductKind.TABLE, ProductKind.LIGHT_CURVE, ProductKind.SPECTRUM})

PRIORITIES = {
    Priority.INTERACTIVE: "asked for by a reader",
    Priority.LANDING: "asked for on a landing page",
    Priority.BOT: "asked for by a bot",
    Priority.BULK: "one of many: readers go first",
}


@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs but trials, newest first; the forms of workflows and plans are sent here.

    ``?state=`` shows those of one state.
    """
    if request.method == "POST":
        return _ask(request) if is_json(request.POST.dict()) else _request(request)
    state = next((item for item in State if item == request.GET.get("state")), None)
    chosen = listed_runs().filter(state=state) if state else listed_runs()
    page = Paginator(chosen, 50).get_page(request.GET.get("page"))
    queued = any(run.state == State.QUEUED for run in page.object_list)
    places = places_in_queue() if queued else {}
    context = {
        "page": page, "rows": [(run, places.get(run.pk)) for run in page.object_list],
        "state": state or "", "states": list(State),
        "kept": urlencode({"state": state}) if state else "",
    }  # fmt: skip
    return render(request, "executor/runs.html", context)


@require_safe
def run_page(request: HttpRequest, address: str) -> HttpResponse:
    """One run: how it stands, what it was asked, what it gave."""
    run = run_at(address)
    attempts = list(run.attempts.all())
    outputs = show_outputs(run)
    plan = show_run_plan(run)
    context = {
        "run": run,
        "version": run.version,
        "inputs": show_inputs(run),
        "outputs": outputs,
        "evicted": [item for item in outputs if item.look == "evicted"],
        "has_plots": any(item.has_plot for item in outputs),
        "has_tables": any(item.declared.kind in TABLES for item in outputs),
        "notebook": next((item for item in run.outputs.all() if item.role == "notebook"), None),
        "attempts": attempts,
        "log": attempts[-1].log if attempts else "",
        "facts": attempts[-1].facts_json if attempts else {},
        "query": _again(request, run),
        "panels": panels.render("run", request, run),
        "plan": plan,
        "pause": _pause(run, plan.pause if plan else 1),
        "priority": PRIORITIES.get(Priority(run.priority), "") if not run.has_ended else "",
        "path": failed_path(run),
    }
    return render(request, "executor/run.html", context | _waits(run))


def _again(request: HttpRequest, run: Run) -> str:
    """The query string that fills the form with the run, held against the figure it came from."""
    figure = request.GET.get("figure", "")[:200]
    more = [urlencode({FIGURE: figure})] if figure else []
    return "&".join([query_again(run.typed, run.values, run.seed), *more])


@require_POST
def run_cancel(_request: HttpRequest, address: str) -> HttpResponse:
    """Ask a run to stop."""
    return redirect(cancel_run(run_at(address)))


@require_POST
def run_retry(request: HttpRequest, address: str) -> HttpResponse:
    """Try a run again that failed or was cancelled, with what it still needs."""
    done = retry_run(run_at(address), asker=asker_of(host_of(request)))
    return redirect(done.run)


def _waits(run: Run) -> dict[str, Any]:
    """What a run waits for, and how long one like it takes."""
    if run.has_ended:
        return {}
    took = estimate_seconds(run)
    found: dict[str, Any] = {"took": in_words(took) if took is not None else ""}
    if run.state == State.BLOCKED:
        sources = run.inputs.exclude(source=None).order_by()
        found["sources"] = sources.values("source").distinct().count()
        open_ = sources.exclude(source__state=State.FINISHED)
        found["open"] = open_.values("source").distinct().count()
    if run.state == State.QUEUED:
        found["place"] = places_in_queue().get(run.pk)
    return found


def _pause(run: Run, usual: int) -> int:
    """Seconds between two looks at a run that is under way."""
    return 5 if run.state == State.WAITING else usual


def _ask(request: HttpRequest) -> HttpResponse:
    """Ask for a request that stands in the form as JSON."""
    content = request_in(request.POST[REQUEST])
    return redirect(ask(content, asker=asker_of(host_of(request))).run)


def _request(request: HttpRequest) -> HttpResponse:
    """Ask for what the form of a workflow says."""
    fields = request.POST.dict()
    version, seed = version_in(fields), seed_in(fields)
    texts = texts_in(request, version)
    try:
        given = values_in(version, texts)
        done = request_run(version, given, seed=seed, asker=asker_of(host_of(request)))
    except BadInputsError as error:
        return redirect(_where_wrong(version, texts, seed, error, _kept(fields)))
    return redirect(f"{done.run.get_absolute_url()}{figure_in(fields)}")


def _kept(fields: dict[str, str]) -> dict[str, str]:
    """The figure that a form is held against, for the address of the form."""
    return {FIGURE: fields[FIGURE][:200]} if fields.get(FIGURE) else {}


def _where_wrong(
    version: Version, texts: dict[str, str], seed: int, error: BadInputsError, kept: dict[str, str]
) -> str:
    """The page that says beside each field what is wrong with it.

    That is the page of the workflow for plain values, and the page of the plan for products, which
    only the executor knows.
    """
    bound = {name for name, text in texts.items() if _is_bound(version, name, text)}
    wrong = {re.split(r"[.\[]", place)[0] for place in error.errors}
    try:
        if wrong & bound:
            return plan_address(request_of(version, texts, seed))
    except BadInputsError:  # a field is no JSON: the form has the text as it was written
        pass
    return f"{version.get_absolute_url()}?{query(texts | kept)}#run"


def _is_bound(version: Version, name: str, text: str) -> bool:
    item = version.interface.parameter(name)
    return item is not None and (item.kind is ParameterKind.PRODUCT or is_reference(item, text))
