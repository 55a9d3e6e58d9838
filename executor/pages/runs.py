"""Pages of runs: the list, one run, its products, and the form that asks for one."""

import re

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.domain.query import query
from catalogue.models import Version
from catalogue.queries import runnable_version
from executor.actions import cancel_run, request_run
from executor.errors import BadInputsError, BadRequestError
from executor.pages.shown import show_inputs, show_outputs
from executor.queries import product_of, run_at, runs
from lib import panels, store

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# Whatever a stranger's picture or page may hold, it gets no script, no frame and no request.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
INLINE = frozenset(
    {
        "application/json", "application/pdf", "image/jpeg", "image/png", "image/svg+xml",
        "text/csv", "text/plain",
    }
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs, newest first; the forms of workflows are sent here."""
    if request.method == "POST":
        return _request(request)
    page = Paginator(runs(), 50).get_page(request.GET.get("page"))
    return render(request, "executor/runs.html", {"page": page})


@require_safe
def run_page(request: HttpRequest, address: str) -> HttpResponse:
    """One run: how it stands, what it was asked, what it gave."""
    run = run_at(address)
    attempts = list(run.attempts.all())
    outputs = show_outputs(run)
    context = {
        "run": run,
        "version": run.version,
        "inputs": show_inputs(run),
        "outputs": outputs,
        "has_plots": any(item.has_plot for item in outputs),
        "notebook": next((item for item in run.outputs.all() if item.role == "notebook"), None),
        "attempts": attempts,
        "log": attempts[-1].log if attempts else "",
        "facts": attempts[-1].facts_json if attempts else {},
        "query": query(run.values),
        "panels": panels.render("run", request, run),
    }
    return render(request, "executor/run.html", context)


@require_POST
def run_cancel(_request: HttpRequest, address: str) -> HttpResponse:
    """Ask a run to stop."""
    return redirect(cancel_run(run_at(address)))


@require_safe
def product(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The bytes of a product, under a policy that lets them do nothing.

    ``?name=`` chooses the file name it is saved under.
    """
    found = product_of(digest)
    name = UNSAFE.sub("", request.GET.get("name", ""))[:100] or found.digest[:16]
    response = FileResponse(
        store.open_file(found.digest),
        content_type=found.media_type,
        filename=name,
        as_attachment=found.media_type not in INLINE or "download" in request.GET,
    )
    response["Content-Security-Policy"] = HARMLESS
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = f'"{found.digest}"'
    return response


def _request(request: HttpRequest) -> HttpResponse:
    fields = request.POST.dict()
    # No variable of a notebook has a hyphen in its name, so none can take the place of these.
    number = fields.pop("reprise-version", "")
    if number and not _is_number(number):
        raise BadRequestError("The form names no version: open the page of the workflow again.")
    version = runnable_version(fields.pop("reprise-workflow", ""), int(number) if number else None)
    seed = fields.pop("reprise-seed", "") or "0"
    given = {name: text for name, text in fields.items() if name != "csrfmiddlewaretoken"}
    try:
        done = request_run(version, _with_boxes(version, given), seed=_seed(seed))
    except BadInputsError:
        # The page of the workflow says beside each field what is wrong with it.
        return redirect(f"{version.get_absolute_url()}?{query(given)}#run")
    return redirect(done.run)


def _with_boxes(version: Version, given: dict[str, str]) -> dict[str, str]:
    # A box that is not ticked is not sent at all; a form of ours always means all its boxes.
    boxes = {
        item.name: "false" for item in version.interface.parameters if item.kind.value == "boolean"
    }
    return boxes | given


def _seed(text: str) -> int:
    if not _is_number(text):
        raise BadRequestError("The seed is a whole number from 0 to 2147483647.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004 -- digits of 2^31
