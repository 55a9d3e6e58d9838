"""Who sends a form of a draft: by token, which a signed cookie then stands for a while.

Pages have no headers to send a token in. After a form was sent with one, the cookie names the
account to this service alone; it is signed, ends after some hours or with the token it stands for,
and scripts cannot read it.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from executor.domain.asker import Asker
from executor.models import Account
from executor.queries import asker_of
from lib import digest
from lib.remote import host_of
from publishing.actions.owning import ACCOUNT

COOKIE = "reprise-drafter"
SALT = "publishing.drafter"
SECONDS = 12 * 3600


def drafter(request: HttpRequest) -> Asker:
    """Who asks: by the token of the form, the cookie, or the network address.

    Raises:
        BadTokenError: nobody has this token.
    """
    token = request.POST.get("token", "").strip()
    asker = asker_of(host_of(request), f"Bearer {token}" if token else "")
    return asker if token else Asker(name=_remembered(request)) if _remembered(request) else asker


def _remembered(request: HttpRequest) -> str:
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return ""
    name = str(told[0]) if isinstance(told, list) and told else ""
    return name if name.startswith(ACCOUNT) and told == _standing_for(name) else ""


def _standing_for(name: str) -> list[str]:
    """What the cookie of an account says; another thing once its token is nobody's any more."""
    known = Account.objects.filter(name=name.removeprefix(ACCOUNT)).first()
    return [name, digest.of_bytes(known.token_digest.encode())] if known else []


def remember(response: HttpResponse, asker: Asker) -> HttpResponse:
    """Have the reader's browser remember whose token it sent."""
    if asker.name.startswith(ACCOUNT):
        response.set_cookie(
            COOKIE, signing.dumps(_standing_for(asker.name), salt=SALT), max_age=SECONDS,
            path="/releases/",
            httponly=True, samesite="Strict", secure=settings.PUBLIC_URL.startswith("https"),
        )  # fmt: skip
    return response
