"""Looking a source up: what is known here comes first, and every answer says whose it is."""

import pytest
import requests

from catalogue.models import Version
from gallery.adapters import names as adapter
from gallery.domain.names.found import Found
from tests.factories import rows

ANSWER = "#=S=Simbad (via url):  1\n%I.0 Mrk 421\n%J 166.1138 +38.2088\n"


@pytest.fixture
def asked(monkeypatch, settings) -> list[str]:
    """The questions that the services were asked; they know Mrk 421 alone."""
    settings.NAMES = ("sesame", "ned")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    heard: list[str] = []

    def answer(service: adapter.Service, name: str) -> Found | None:
        heard.append(f"{service.title}: {name}")
        return service.read(ANSWER) if name == "Mrk 421" else None

    monkeypatch.setattr("gallery.actions.names.ask", answer)
    return heard


def resolved(client, **query: str):
    return client.get("/api/names/", query).json()


@pytest.mark.parametrize("name", ["Crab", "crab nebula", "M1", "M  1", "NGC 1952", "Tau X-1"])
def test_a_bundled_source_needs_no_network(db, client, asked, name):
    found = resolved(client, name=name)

    assert (found["ra"], found["dec"]) == (83.63308, 22.0145)
    assert found["by"] == "the list that comes with Reprise"
    assert asked == []


def test_a_source_of_a_figure_needs_no_network(db, client, asked):
    rows.FigureFactory(slug="flare", source="Toy X-1", ra=10.5, dec=-3.25)

    assert resolved(client, name="toy x-1") == {
        "name": "Toy X-1", "ra": 10.5, "dec": -3.25, "by": "the figure flare of this gallery",
        "kind": "", "uncertainty": None, "time": "", "note": "",
    }  # fmt: skip
    assert asked == []


def test_services_are_asked_in_turn(db, client, asked):
    assert resolved(client, name="Mrk 421")["by"] == "Sesame (CDS), from Simbad"
    assert resolved(client, name="SAX J1808.4-3658")["by"] == "the coordinates in the name"
    assert asked == [
        "Sesame (CDS): Mrk 421", "Sesame (CDS): SAX J1808.4-3658", "NED (IPAC): SAX J1808.4-3658",
    ]  # fmt: skip


def test_an_event_has_a_time_and_may_have_no_position(db, client, asked):
    found = resolved(client, name="GW150914")

    assert (found["ra"], found["time"]) == (None, "2015-09-14T09:50:45.4")


def test_what_nobody_knows_is_said_so(db, client, asked):
    found = resolved(client, name="Nowhere 7")

    assert (found["status"], found["id"]) == (404, "gallery:user:unknown-name")


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b", "a\u202eb", "400 10"])
def test_what_is_no_name_is_refused(db, client, asked, name):
    assert resolved(client, name=name)["id"] == "gallery:user:bad-name"
    assert asked == []


def test_services_that_are_away_are_told(db, client, asked, monkeypatch):
    def away(service: adapter.Service, name: str) -> None:
        raise adapter.NoAnswerError(f"{service.title}: no connection")

    monkeypatch.setattr("gallery.actions.names.ask", away)
    found = resolved(client, name="Mrk 421")

    assert (found["status"], found["id"]) == (503, "gallery:platform:names-away")
    assert found["detail"] == (
        "Nothing here knows 'Mrk 421', and Sesame (CDS): no connection; NED (IPAC): no connection."
    )


def test_coordinates_in_a_name_do_without_services(db, client, asked, settings):
    settings.NAMES = ()

    assert resolved(client, name="HESS J1745-290")["by"] == "the coordinates in the name"


def test_a_service_at_a_private_address_is_not_visited(monkeypatch):
    monkeypatch.setattr(adapter.hosts, "addresses", lambda _url: adapter.hosts.Refusal("private"))

    with pytest.raises(adapter.NoAnswerError, match=r"Sesame \(CDS\): private"):
        adapter.ask(adapter.SERVICES["sesame"], "Crab")


def test_a_connection_that_fails_is_no_answer(monkeypatch):
    monkeypatch.setattr(adapter.hosts, "addresses", lambda _url: ("192.0.2.1",))

    def refuse(*_given: object, **_named: object) -> None:
        raise requests.ConnectTimeout

    monkeypatch.setattr(adapter.PinnedSession, "ask", refuse)

    with pytest.raises(adapter.NoAnswerError, match=r"NED \(IPAC\): ConnectTimeout"):
        adapter.ask(adapter.SERVICES["ned"], "M 31")


def test_a_moment_in_every_spelling(db, client):
    assert client.get("/api/times/", {"time": "52713.5"}).json() == {
        "isot": "2003-03-15T12:00:00.000", "mjd": 52713.5, "jd": 2452714.0,
        "ijd": 1169.500742870, "read_as": "mjd",
    }  # fmt: skip
    assert client.get("/api/times/", {"time": "soon"}).json()["id"] == "gallery:user:bad-name"


FILLED = (
    "radius=2.5&RA=83.63308&DEC=22.0145&reprise-source=Crab"
    "&reprise-by=the+list+that+comes+with+Reprise"
)
POINTING = {
    "parameters": [
        {"name": "RA", "kind": "float", "default": 10.0, "term": "RightAscension", "unit": "deg"},
        {"name": "DEC", "kind": "float", "default": 20.0, "term": "Declination", "unit": "deg"},
        {"name": "radius", "kind": "float", "default": 1.0},
    ],
    "outputs": [],
}


@pytest.fixture
def pointing(db) -> Version:
    return rows.VersionFactory(interface_json=POINTING, workflow__slug="pointing", number=1)


def test_a_position_is_filled_into_a_form(client, pointing, asked):
    query = {"reprise-workflow": "pointing", "reprise-version": "1", "reprise-source": "crab",
             "radius": "2.5", "RA": "1", "csrfmiddlewaretoken": "secret"}  # fmt: skip
    answer = client.get("/names/fill", query)

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/workflows/pointing/1?{FILLED}#run",
    )


@pytest.mark.parametrize(("source", "status"), [("GW150914", 422), ("", 422), ("Nowhere 7", 404)])
def test_what_has_no_position_fills_nothing(client, pointing, asked, source, status):
    query = {"reprise-workflow": "pointing", "reprise-source": source}

    assert client.get("/names/fill", query).status_code == status


def test_a_form_of_no_workflow_is_refused(client, db, asked):
    assert client.get("/names/fill", {"reprise-source": "Crab"}).status_code == 404
