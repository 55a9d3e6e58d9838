"""The client against recorded answers of the service."""

import pytest
import responses
from reprise_client import Client, NotReachableError, RefusedError, RunFailedError, TooLongError
from reprise_client.cli import main

URL = "http://reprise.test"
ADDRESS = "a" * 64
OUTPUT = {
    "name": "total", "role": "output", "file": "total.json", "digest": "d" * 64,
    "media_type": "application/json", "size": 4, "url": "/products/" + "d" * 64, "value": 60.0,
    "unit": "keV",
}  # fmt: skip
FIGURE = {
    "slug": "doubled", "paper": "lovelace-1843", "title": "Twice twenty", "workflow": "doubling",
    "verdict": "identical", "sentence": "The same.", "checked_at": "2026-01-01T00:00:00+00:00",
    "compared": [], "kind": "number",
}  # fmt: skip


def run(state="finished", **more):
    form = {"energy": {"type": "float", "unit": "keV", "value": 30.0}}
    return {"address": ADDRESS, "state": state, "parameters": form, "outputs": [OUTPUT]} | more


@pytest.fixture
def service():
    with responses.RequestsMock() as mock:
        yield mock


def test_figures_are_read_over_all_pages(service):
    first = {"results": [FIGURE], "next": f"{URL}/api/figures/?page=2"}
    second = {"results": [FIGURE | {"slug": "tripled"}], "next": None}
    service.get(f"{URL}/api/figures/?page=1", json=first)
    service.get(f"{URL}/api/figures/?page=2", json=second)

    found = Client(URL).figures()

    assert [item.slug for item in found] == ["doubled", "tripled"]
    assert {item.verdict for item in found} == {"identical"}  # fmt: skip


def test_a_run_is_waited_for(service):
    service.post(f"{URL}/api/runs/", json=run("queued", known=False), status=202)
    service.get(f"{URL}/api/runs/{ADDRESS}/", json=run("running"))
    service.get(f"{URL}/api/runs/{ADDRESS}/", json=run())

    done = Client(URL).run("doubling", energy="0.03 MeV").wait(pause=0)

    assert (done.state, done.value("total"), done.parameters) == (
        "finished",
        60.0,
        {"energy": 30.0},
    )
    assert list(done.outputs) == ["total"]


def test_a_failed_run_raises_its_reason(service):
    error = {"id": "executor:user:raised", "detail": "Cell 3 raised ValueError: no light"}
    service.post(f"{URL}/api/runs/", json=run("failed", error=error))

    with pytest.raises(RunFailedError) as caught:
        Client(URL).run("doubling").wait()
    assert caught.value.reason == "Cell 3 raised ValueError: no light"


def test_a_run_that_waits_for_data_is_not_waited_for(service):
    error = {"id": "executor:platform:data-unreachable", "detail": "The file x is not reachable."}
    service.post(f"{URL}/api/runs/", json=run("waiting for data", error=error))

    with pytest.raises(TooLongError) as caught:
        Client(URL).run("doubling").wait()
    assert caught.value.reason == "The file x is not reachable."


def test_a_refusal_carries_id_and_sentences(service):
    problem = {
        "id": "executor:user:bad-inputs",
        "detail": "energy: too small",
        "errors": {"energy": "too small"},
    }
    service.post(f"{URL}/api/runs/", json=problem, status=422)

    with pytest.raises(RefusedError) as caught:
        Client(URL).run("doubling", energy=0)
    assert (caught.value.id, caught.value.errors) == (
        "executor:user:bad-inputs",
        {"energy": "too small"},
    )


def test_a_service_that_is_down_is_said_to_be_so(service):
    with pytest.raises(NotReachableError) as caught:
        Client(URL).figures()
    assert caught.value.reason == f"{URL} does not answer (ConnectionError): is the service up?"


def test_a_product_is_saved_whole(service, tmp_path):
    service.post(f"{URL}/api/runs/", json=run())
    service.get(f"{URL}{OUTPUT['url']}", body=b"60.0")

    path = Client(URL).run("doubling").save("total", tmp_path / "total.json")

    assert path.read_bytes() == b"60.0"
    assert [item.name for item in tmp_path.iterdir()] == ["total.json"]


def test_the_command_line_runs_and_prints_numbers(service, capsys):
    service.post(f"{URL}/api/runs/", json=run(known=True))

    code = main(["--url", URL, "run", "doubling", "energy=0.03 MeV"])

    assert (code, capsys.readouterr().out) == (0, f"{ADDRESS} (known already)\ntotal = 60.0 keV\n")


def test_the_command_line_says_what_went_wrong(service, capsys):
    service.post(f"{URL}/api/runs/", json={"detail": "There is no workflow x."}, status=404)

    assert main(["--url", URL, "run", "x"]) == 1
    assert capsys.readouterr().err == "There is no workflow x.\n"
