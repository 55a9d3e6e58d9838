"""Headers that every page carries."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from config.errors import foreign_page, page_problem
from lib.problem import ProblemError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Bokeh draws with styles set by script, hence 'unsafe-inline' for styles alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """Only our own scripts, styles and pictures; a view may set a stricter policy itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the policy added."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class OwnPagesOnly:
    """Nothing is changed on the word of another site's page.

    The API needs no account, so a page anywhere could have a reader's browser post to a service
    on the reader's own machine. Browsers say where such a request comes from; programs do not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what another site's page sends; pass everything else on."""
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.get_host()
        if foreign and request.method not in SAFE:
            return foreign_page(request)
        return self.get_response(request)


class ProblemPages:
    """A page that raises a problem answers with its sentence, not with a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a problem; leave every other exception to Django."""
        return page_problem(request, error) if isinstance(error, ProblemError) else None
