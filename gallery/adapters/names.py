"""Name services: Sesame and SIMBAD of CDS, NED of IPAC; asked when somebody looks a name up."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, urlencode

import requests

from gallery.domain.names.answers import from_ned, from_sesame, from_simbad, simbad_query
from gallery.domain.names.found import Found
from lib import hosts
from lib.pinned import PinnedSession

SECONDS = (3.0, 5.0)  # to connect, to be answered
BYTES_AT_MOST = 256 * 1024
SIMBAD = "https://simbad.cds.unistra.fr/simbad/sim-tap/sync"


class NoAnswerError(Exception):
    """A service did not answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Service:
    """A name service: its name for people, the address of a question, and how it is read."""

    title: str
    address: Callable[[str], str]
    read: Callable[[str], Found | None]


SERVICES = MappingProxyType(
    {
        "sesame": Service(
            "Sesame (CDS)",
            lambda name: f"https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/SNV?{quote(name)}",
            from_sesame,
        ),
        "simbad": Service(
            "SIMBAD (CDS)",
            lambda name: (
                f"{SIMBAD}?request=doQuery&lang=adql&format=json&"
                + urlencode({"query": simbad_query(name)})
            ),
            from_simbad,
        ),
        "ned": Service(
            "NED (IPAC)",
            lambda name: f"https://ned.ipac.caltech.edu/srs/ObjectLookup?name={quote(name)}",
            from_ned,
        ),
    }
)


def ask(service: Service, name: str) -> Found | None:
    """What a service finds for a name; None when it knows none of this name.

    Raises:
        NoAnswerError: it did not answer, or not with success.
    """
    url = service.address(name)
    found = hosts.addresses(url)
    if isinstance(found, hosts.Refusal):
        raise NoAnswerError(f"{service.title}: {found.reason}")
    try:
        with PinnedSession() as session, session.ask(url, found, timeout=SECONDS) as answer:
            if answer.status_code != requests.codes.ok:
                raise NoAnswerError(f"{service.title} answers {answer.status_code}")
            return service.read(_text(answer))
    except requests.RequestException as error:
        raise NoAnswerError(f"{service.title}: {type(error).__name__}") from None


def _text(answer: requests.Response) -> str:
    piece = next(answer.iter_content(BYTES_AT_MOST), b"")
    return bytes(piece).decode("utf-8", "replace")
