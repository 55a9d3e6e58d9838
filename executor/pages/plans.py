"""The plan of a request: what it comes to, as a picture and in words, before anything runs."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from catalogue.domain.query import query
from executor.actions import plan_request, why_unknown
from executor.actions.drawing import drawn_plan
from executor.actions.plan import Plan
from executor.domain.drawing import Drawn, DrawnNode
from executor.domain.estimate import estimated, in_words, missing
from executor.domain.plan_layout import Box, laid_out
from executor.domain.plan_picture import drawn_as_svg, href, word, words_of
from executor.models import Run
from executor.pages.forms import (
    REQUEST,
    WORKFLOW,
    is_json,
    request_in,
    request_of,
    seed_in,
    texts_in,
    version_in,
)
from executor.queries import asker_of, estimates, plan_of
from lib.problem import ProblemError
from lib.remote import host_of

ADDRESS_AT_MOST = 6000  # letters of an address; web servers refuse more than 8,000
NAMED_AT_MOST = 200  # runs of a group that are listed


@dataclass(frozen=True, slots=True)
class Row:
    """A box of the picture, in words.

    Attributes:
        name: its id on the page.
        step: its place from the left, from 1.
        title: its title.
        workflow: address of the workflow's version; empty when there are several.
        states: how its runs stand.
        kind: state that speaks for it.
        href: the page of its run; empty for a group and for what is not there yet.
        takes: what feeds it, in words.
        changed: parameters that have not the author's value, in words.
        runs: its runs with their states, when it is a group; at most ``NAMED_AT_MOST``.
        more: how many runs it has beyond those.
    """

    name: str
    step: int
    title: str
    workflow: str
    states: str
    kind: str
    href: str
    takes: str
    changed: str
    runs: tuple[tuple[DrawnNode, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan as a page shows it.

    Attributes:
        svg: the picture.
        rows: the same in words.
        total: all runs.
        known: runs that need not be run.
        missing: runs that the answer still needs.
        seconds: how long it will take, in words; empty when nobody knows or nothing is missing.
        unsure: titles of workflows that never ran, so that it may take longer.
        want: address of the run that is asked for.
        is_known: whether that run has its answer.
        pause: seconds between two looks at it.
    """

    svg: SafeString
    rows: tuple[Row, ...]
    total: int
    known: int
    missing: int
    seconds: str
    unsure: tuple[str, ...]
    want: str
    is_known: bool
    pause: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why runs of a plan were not known: the nearest that was, and the difference to it.

    Runs of one workflow that differ from the same run in the same words are told once.
    """

    addresses: tuple[str, ...]
    title: str
    nearest: str
    differences: str


@require_http_methods(["GET", "HEAD", "POST"])
def plan_page(request: HttpRequest) -> HttpResponse:
    """Show what a request would come to; nothing is asked of a worker.

    The request stands in the query string, as JSON or as the fields of a workflow's form. What is
    sent by POST is led to the address that has it, unless it is too long for one.
    """
    try:
        content = _content(request)
    except ProblemError as error:
        return _show(request, request.POST.get(REQUEST) or request.GET.get(REQUEST, ""), error)
    if content is None:
        return _show(request, "")
    address = plan_address(content)
    if request.method == "POST" and len(address) <= ADDRESS_AT_MOST:
        return redirect(address)
    return _plan(request, content)


def plan_address(content: Any) -> str:  # noqa: ANN401 -- any JSON value
    """Where the plan of a request is shown."""
    return f"/runs/plan?{urlencode({REQUEST: _compact(content)})}"


def show_run_plan(run: Run) -> ShownPlan | None:
    """The plan that a run belongs to; None when nothing feeds it."""
    if not run.inputs.exclude(source=None).exists():
        return None
    return shown_plan(plan_of(run), is_asked=True)


def shown_plan(drawn: Drawn, *, is_asked: bool) -> ShownPlan:
    """A plan with its picture, its list and its estimate."""
    layout, costs, needed = laid_out(drawn), estimates(drawn), missing(drawn)
    left = estimated(drawn, costs, settings.WORKERS)
    title = f"Plan: {drawn.total:,} run{'' if drawn.total == 1 else 's'}"
    unsure = dict.fromkeys(node.title for node in needed if costs.get(node.address) is None)
    return ShownPlan(
        svg=mark_safe(drawn_as_svg(layout, title=title, is_asked=is_asked)),  # noqa: S308 -- it escapes all texts
        rows=tuple(_rows(layout.boxes, drawn, is_asked=is_asked)),
        total=drawn.total, known=drawn.known, missing=len(needed),
        seconds=in_words(left.seconds) if left and needed else "", unsure=tuple(unsure),
        want=drawn.want, is_known=not needed, pause=1 if drawn.total <= NAMED_AT_MOST else 5,
    )  # fmt: skip


def _content(request: HttpRequest) -> Any:  # noqa: ANN401 -- any JSON value
    """The request that is to be planned; None when there is none yet."""
    fields = (request.POST if request.method == "POST" else request.GET).dict()
    if is_json(fields):
        return request_in(fields[REQUEST])
    if not fields.get(WORKFLOW):
        return None
    version = version_in(fields)
    texts = texts_in(request, version, is_sent=request.method == "POST")
    return request_of(version, texts, seed_in(fields))


def _plan(request: HttpRequest, content: Any) -> HttpResponse:  # noqa: ANN401 -- any JSON value
    text = json.dumps(content, indent=2, ensure_ascii=False)
    try:
        plan = plan_request(content, asker=asker_of(host_of(request)))
    except ProblemError as error:
        return _show(request, text, error, form=_form(content))
    shown = shown_plan(drawn_plan(plan), is_asked=False)
    why = _why(plan) if shown.missing else []
    return _show(
        request, text, compact=_compact(content), form=_form(content), plan=shown, root=plan.root,
        why=why, explained=sum(len(item.addresses) for item in why),
    )  # fmt: skip


def _show(
    request: HttpRequest, text: str, problem: ProblemError | None = None, **more: object
) -> HttpResponse:
    told = problem.to_dict() if problem else None
    context = {"text": text, "problem": told} | more
    return render(request, "executor/plan.html", context, status=problem.status if problem else 200)


def _compact(content: Any) -> str:  # noqa: ANN401 -- any JSON value
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _form(content: Any) -> str:  # noqa: ANN401 -- any JSON value
    """The form of the workflow, filled in with a request; empty for one that is written flat."""
    if not isinstance(content, dict) or not isinstance(content.get("workflow"), str):
        return ""
    parameters = content.get("parameters")
    given = query(parameters) if isinstance(parameters, dict) else ""
    number = content.get("version")
    path = f"/workflows/{content['workflow']}" + (f"/{number}" if isinstance(number, int) else "")
    return f"{path}?{given}#run" if len(given) <= ADDRESS_AT_MOST else ""


def _why(plan: Plan) -> list[Why]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for item in why_unknown(plan):
        title = plan.nodes[item["address"]].version.title
        alike = (title, item["nearest"] or "", "; ".join(item["differences"]))
        found.setdefault(alike, []).append(item["address"])
    return [Why(tuple(addresses), *alike) for alike, addresses in found.items()]


def _rows(boxes: Iterable[Box], drawn: Drawn, *, is_asked: bool) -> Iterable[Row]:
    boxes = list(boxes)
    owner = {node.address: box for box in boxes for node in box.nodes}
    titles = {box.name: _titled(box) for box in boxes}
    feeds: dict[str, Counter[tuple[str, str]]] = {}
    for edge in drawn.edges:
        source, target = owner[edge.source], owner[edge.target]
        if source is not target:
            counted = feeds.setdefault(target.name, Counter())
            counted[edge.output, titles[source.name]] += 1
    for box in boxes:
        takes = ", ".join(
            f"{output} of {title}{f' ({count:,} times)' if count > 1 else ''}"
            for (output, title), count in feeds.get(box.name, Counter()).items()
        )
        yield _row(box, takes, is_asked=is_asked)


def _titled(box: Box) -> str:
    return box.title if len(box.nodes) == 1 else f"the {box.title}"


def _row(box: Box, takes: str, *, is_asked: bool) -> Row:
    first = box.nodes[0]
    kinds = {(node.workflow, node.version) for node in box.nodes}
    is_group = len(box.nodes) > 1
    listed = box.nodes[:NAMED_AT_MOST] if is_group else ()
    page = href(box)
    return Row(
        name=box.name, step=1 + min(node.depth for node in box.nodes), title=box.title,
        workflow=f"/workflows/{first.workflow}/{first.version}" if len(kinds) == 1 else "",
        states=words_of(box, is_asked=is_asked), kind=box.state.replace(" ", "-"),
        href=page if page.startswith("/") else "", takes=takes,
        changed="" if is_group else ", ".join(first.changed),
        runs=tuple((node, word(node.state, is_asked=is_asked)) for node in listed),
        more=max(0, len(box.nodes) - NAMED_AT_MOST) if is_group else 0,
    )  # fmt: skip
