"""Pages of drafts: begin one, edit it beside its checklist, freeze, publish, continue, withdraw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from executor.domain.asker import Asker
from lib.problem import ProblemError
from publishing.actions import (
    begin_deposit,
    change_draft,
    check_owner,
    checklist,
    delete_draft,
    draft_from,
    freeze_draft,
    new_version,
    withdraw_release,
)
from publishing.actions.owning import owner_of
from publishing.domain.steps import SHELF
from publishing.errors import DraftingClosedError, NotYoursError
from publishing.models import Release
from publishing.pages.deposits import deposit_context
from publishing.pages.drafters import drafter, remember
from publishing.pages.forms import changed, content_of, moved, posted
from publishing.pages.glimpse import glimpse
from publishing.pages.sheet import sheet
from publishing.queries.choosing import SOURCES, chosen_by
from publishing.queries.drafts import draft_of
from publishing.queries.finding import releases


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed and is shown again; ``content`` None for what the draft says."""

    content: dict[str, Any] | None = None
    note: str = ""
    moved: str = ""


UNTYPED = Typed()
Verb = Callable[[HttpRequest, Release, Asker], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a figure, runs or a version; GET shows the form, filled by its query."""
    if request.method != "POST":
        return _begin_form(request, request.GET.dict())
    texts = request.POST.dict()
    try:
        asker = drafter(request)
        owner_of(asker)
        chosen = chosen_by(_wanted(texts))
        release = draft_from(chosen.runs, made_from=chosen.made_from, asker=asker)
    except ProblemError as error:
        return _begin_form(request, texts, error)
    return remember(redirect("release-edit", release.pk), asker)


def _wanted(texts: Mapping[str, Any]) -> dict[str, Any]:
    """What the form names: runs stand in one field, one or several."""
    said = {name: str(texts.get(name, "")).strip() for name in SOURCES if name != "production"}
    said = {name: text for name, text in said.items() if text}
    return {**said, "runs": said["runs"].split()} if "runs" in said else said


def _begin_form(
    request: HttpRequest, texts: Mapping[str, Any], error: ProblemError | None = None
) -> HttpResponse:
    fields = {name: str(texts.get(name, ""))[:10_000] for name in SOURCES}
    context = {"fields": fields, "problem": error.to_dict() if error else None}
    return render(
        request, "publishing/draft_new.html", context, status=error.status if error else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """A draft's form and checklist; of a frozen release, what can still be done with it."""
    release = draft_of(name)
    try:
        asker = drafter(request)
        check_owner(release, asker)
    except (NotYoursError, DraftingClosedError) as error:
        context = {"release": release.pk, "problem": error.to_dict()}
        return render(request, "publishing/draft_token.html", context, status=error.status)
    if request.method != "POST" or request.POST.get("do") == "enter":
        return remember(_shown(request, release), asker)
    return remember(_posted(request, release, asker), asker)


def _posted(request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    wish = request.POST.get("do", "save")
    verb = VERBS.get(wish)
    try:
        if verb is not None:
            return verb(request, release, asker)
        if release.frozen_at is None:
            rearranged = moved(posted(request.POST.dict()), wish)
            if rearranged is not None:
                typed = Typed(rearranged, "Nothing is saved yet.", wish)
                return _shown(request, release, typed=typed)
        return _save(request, release, asker)
    except ProblemError as error:
        content = posted(request.POST.dict()) if "title" in request.POST else None
        return _shown(request, release, typed=Typed(content), problem=error)


def _change(request: HttpRequest, release: Release, asker: Asker) -> None:
    if release.frozen_at is None:
        changes = changed(posted(request.POST.dict()), content_of(release))
        change_draft(release, changes, asker=asker)
        release.refresh_from_db()


def _save(request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    change_draft(
        release, changed(posted(request.POST.dict()), content_of(release)), asker=asker
    )  # refused when it was frozen meanwhile
    return redirect("release-edit", release.pk)


def _freeze(request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    _change(request, release, asker)
    freeze_draft(release, asker=asker)
    return redirect("release-edit", release.pk)


def _publish(_request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    """Publish it on the shelf."""
    freeze_draft(release, asker=asker)
    begin_deposit(release, SHELF)
    return redirect(release)


def _delete(_request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    delete_draft(release, asker=asker)
    return redirect("releases")


def _next(_request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    return redirect("release-edit", new_version(release, asker=asker).pk)


def _withdraw(request: HttpRequest, release: Release, asker: Asker) -> HttpResponse:
    withdraw_release(release, request.POST.get("reason", ""), asker=asker)
    return redirect("release-edit", release.pk)


VERBS: dict[str, Verb] = {
    "freeze": _freeze, "publish": _publish, "delete": _delete, "next": _next,
    "withdraw": _withdraw,
}  # fmt: skip


def _shown(
    request: HttpRequest, release: Release, *, typed: Typed = UNTYPED,
    problem: ProblemError | None = None,
) -> HttpResponse:  # fmt: skip
    release.refresh_from_db()
    told = problem.to_dict() if problem else {}
    findings = checklist(release)
    context = {
        "release": release,
        "problem": told,
        "note": typed.note,
        "findings": findings,
        "musts": sum(item.severity == "must" for item in findings),
        **glimpse(release),
    }
    status, faults = (problem.status if problem else 200), told.get("errors", {})
    if release.frozen_at is not None:
        public = releases().filter(pk=release.pk).exists()
        more = {"is_public": public, "typed": request.POST.get("reason", ""), "faults": faults}
        context |= {**more, **deposit_context(release)}
        return render(request, "publishing/draft_frozen.html", context, status=status)
    shown = sheet(typed.content or content_of(release), findings, faults, typed.moved)
    return render(request, "publishing/draft_edit.html", context | shown, status=status)
