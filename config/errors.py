"""The shape of errors: problem details in the API, a page with the same words elsewhere."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from lib.problem import ProblemError

MEDIA_TYPE = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of an API view with problem details (RFC 9457)."""
    if isinstance(error, RecursionError):
        error = exceptions.ParseError(
            "The JSON is nested too deep: write nested requests flat, as nodes with names."
        )
    if isinstance(error, ProblemError):
        body = error.to_dict()
    else:
        answer = exception_handler(error, context)
        if answer is None:
            return None
        body = _from_framework(error, answer)
    response = Response(body, status=body["status"], content_type=MEDIA_TYPE)
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def _from_framework(error: Exception, answer: Response) -> dict[str, Any]:
    status = answer.status_code
    if isinstance(error, Http404 | exceptions.NotFound):
        return not_found_problem(str(error))
    code = getattr(error, "default_code", "error")
    data = answer.data if isinstance(answer.data, dict) else {"detail": answer.data}
    detail = data.get("detail") or "The request was not understood."
    return {
        "type": f"/docs/errors#reprise:user:{code}",
        "title": "The request was refused",
        "status": status,
        "detail": str(detail),
        "id": f"reprise:user:{code}",
    }


def not_found_problem(detail: str) -> dict[str, Any]:
    """The problem of a path that names nothing."""
    plain = detail if detail and not detail.startswith("{") else "Nothing has this address."
    return {
        "type": "/docs/errors#reprise:user:not-found",
        "title": "Not found",
        "status": 404,
        "detail": f"{plain} The lists under /api/ show what there is.",
        "id": "reprise:user:not-found",
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown path."""
    reason = (
        str(exception) if isinstance(exception, Http404) and "tried" not in repr(exception) else ""
    )
    if _wants_json(request):
        return JsonResponse(not_found_problem(reason), status=404, content_type=MEDIA_TYPE)
    return render(request, "404.html", {"reason": reason}, status=404)


def _answer(request: HttpRequest, name: str, status: int, title: str, detail: str) -> HttpResponse:
    """Answer with a problem: as JSON to a program, as a page to a reader."""
    body = {
        "type": f"/docs/errors#{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "id": name,
    }
    if _wants_json(request):
        return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    return render(request, "problem.html", {"problem": body}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django names it
    """Answer a request that Django itself refused."""
    return _answer(
        request, "reprise:user:bad-request", 400, "The request was refused",
        "The request could not be read: its host, path or size is not one we answer.",
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours; the log has the traceback, the reader has a sentence."""
    return _answer(
        request, "reprise:platform:error", 500, "Something went wrong here",
        "This is our fault, not yours. The log of the service says more.",
    )  # fmt: skip


def foreign_page(request: HttpRequest) -> HttpResponse:
    """Answer a request that another site's page sent through a reader's browser."""
    return _answer(
        request, "reprise:user:foreign-page", 403, "This was sent from another site",
        "Pages of other sites may not change anything here: send it from a program.",
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our own page."""
    return _answer(
        request, "reprise:user:csrf", 403, "This form was sent from another page",
        f"Open the page again and send it from there. ({reason})",
    )  # fmt: skip


def page_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    """Answer an error of a page with its sentence and its status."""
    return render(request, "problem.html", {"problem": error.to_dict()}, status=error.status)
