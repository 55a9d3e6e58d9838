"""Where a request came from."""

from django.conf import settings
from django.http import HttpRequest


def host_of(request: HttpRequest) -> str:
    """The network address of who sent a request.

    Behind the operator's own proxy it is the last address that the proxy added; anything before
    it was written by the sender and is not believed.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded.strip():
            return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
