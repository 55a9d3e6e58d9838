"""Requests made of others: how they are written, and what is sent."""

import json

import pytest
import responses
from reprise_client import Client, Product, RefusedError, RepriseError, Run, Taken
from reprise_client.cli import main

URL = "http://reprise.test"
ADDRESS, OTHER, DIGEST = "a" * 64, "b" * 64, "d" * 64
NODE = {"address": ADDRESS, "workflow": "sum", "version": 1, "state": "new", "known": False,
        "changed": ["tables"], "depth": 0}  # fmt: skip
WHY = {"address": ADDRESS, "workflow": "sum", "nearest": OTHER,
       "differences": ["e_min 20 → 25 keV"]}  # fmt: skip
PLAN = {"want": ADDRESS, "known": 0, "total": 1, "nodes": [NODE], "edges": [], "why": [WHY]}
RUN = {"address": ADDRESS, "state": "finished", "parameters": {}, "outputs": [], "known": True}


@pytest.fixture
def client(monkeypatch):
    monkeypatch.delenv("REPRISE_TOKEN", raising=False)
    return Client(URL)


@pytest.fixture
def service():
    with responses.RequestsMock() as mock:
        yield mock


def sent(service):
    return json.loads(service.calls[-1].request.body)


# How they are written


def test_a_plain_question_is_written_as_it_is(client):
    request = client.request("counts", level=3)

    assert request.to_json() == {"workflow": "counts", "parameters": {"level": 3}}


def test_version_and_seed_are_written_where_they_are_given(client):
    assert client.request("counts", version=2, seed=7).to_json() == {
        "workflow": "counts", "version": 2, "seed": 7,
    }  # fmt: skip


def test_a_question_is_given_to_another(client):
    image = client.request("coded-mask-image", e_min=20)
    mosaic = client.request("mosaic", images=[image["sky"]])

    assert mosaic.to_json() == {
        "workflow": "mosaic",
        "parameters": {"images": [
            {"workflow": "coded-mask-image", "parameters": {"e_min": 20}, "output": "sky"},
        ]},
    }  # fmt: skip


def test_what_is_used_twice_is_written_once(client):
    shared = client.request("counts", level=1)
    total = client.request("sum", tables=[shared["counts"]], threshold=shared["energy"])

    assert total.to_json() == {
        "nodes": {
            "counts-1": {"workflow": "counts", "parameters": {"level": 1}},
            "sum-2": {"workflow": "sum", "parameters": {
                "tables": [{"node": "counts-1", "output": "counts"}],
                "threshold": {"node": "counts-1", "output": "energy"},
            }},
        },
        "want": "sum-2",
    }  # fmt: skip


def test_equal_questions_are_one_node_of_a_flat_request(client):
    shared = client.request("counts", level=1)
    alike = client.request("counts", level=1)
    total = client.request("sum", tables=[shared["counts"], shared["counts"], alike["counts"]])

    assert list(total.to_json()["nodes"]) == ["counts-1", "sum-2"]


@pytest.mark.parametrize(("length", "form"), [(20, "workflow"), (21, "nodes"), (5000, "nodes")])
def test_a_deep_chain_is_written_flat(client, length, form):
    request = client.request("step")
    for _step in range(length - 1):
        request = client.request("step", before=request["after"])

    written = request.to_json()
    assert form in written
    assert len(json.dumps(written)) > length


def test_a_thousand_questions_may_feed_one(client):
    tables = [client.request("counts", level=level)["counts"] for level in range(1000)]

    assert len(client.request("sum", tables=tables).to_json()["parameters"]["tables"]) == 1000


def test_many_ways_through_the_same_questions_are_walked_once(client):
    request = client.request("step")
    for _step in range(200):
        request = client.request("step", left=request["after"], right=request["after"])

    assert len(request.to_json()["nodes"]) == 201


def test_runs_and_products_are_given_by_their_names(client):
    run = Run(client, RUN)
    request = client.request("sum", tables=[run["counts"], Product(DIGEST)])

    assert run["counts"] == Taken(ADDRESS, "counts")
    assert request.to_json()["parameters"]["tables"] == [
        {"run": ADDRESS, "output": "counts"}, {"product": DIGEST},
    ]  # fmt: skip


def test_a_question_without_its_output_is_not_given(client):
    with pytest.raises(TypeError, match=r"Name the output of counts to take"):
        client.request("sum", tables=[client.request("counts")]).to_json()


def test_a_question_does_not_change_once_it_is_written(client):
    tables = [client.request("counts")["counts"]]
    request = client.request("sum", tables=tables)

    tables.clear()

    assert len(request.to_json()["parameters"]["tables"]) == 1
    with pytest.raises(TypeError):
        request.parameters["tables"] = []


# What is sent


def test_asking_sends_the_whole_request(client, service):
    service.post(f"{URL}/api/runs/", json=RUN)

    run = client.request("sum", tables=[client.request("counts", level=1)["counts"]]).run()

    assert (run.address, run.known) == (ADDRESS, True)
    assert sent(service)["parameters"]["tables"][0]["workflow"] == "counts"


def test_the_short_way_takes_references_too(client, service):
    service.post(f"{URL}/api/runs/", json=RUN)

    client.run("sum", tables=[Taken(OTHER, "counts")])

    assert sent(service) == {
        "workflow": "sum", "parameters": {"tables": [{"run": OTHER, "output": "counts"}]},
    }  # fmt: skip


def test_a_plan_says_what_is_known_and_why_the_rest_is_not(client, service):
    service.post(f"{URL}/api/runs/plan/", json=PLAN)

    plan = client.request("sum").plan()

    assert (plan.want, plan.known, plan.total, plan.nodes[0].state) == (ADDRESS, 0, 1, "new")
    assert [(why.nearest, why.differences) for why in plan.why] == [(OTHER, ["e_min 20 → 25 keV"])]
    assert client.request("sum").explain() == plan.why


def test_a_run_shows_its_plan_and_explains_itself(client, service):
    service.get(f"{URL}/api/runs/{ADDRESS}/plan/", json={**PLAN, "known": 1})
    service.get(f"{URL}/api/runs/{ADDRESS}/explain/", json=WHY)
    run = Run(client, RUN)

    assert (run.plan().known, run.plan().want) == (1, ADDRESS)
    assert run.explain().differences == ["e_min 20 → 25 keV"]


def test_a_file_becomes_a_product(client, service, tmp_path):
    service.post(f"{URL}/api/products/", json={"digest": DIGEST}, status=201)
    file = tmp_path / "mine.csv"
    file.write_bytes(b"n\n1\n")

    assert client.upload(file) == Product(DIGEST)
    body = service.calls[0].request.body
    assert b'name="file"; filename="mine.csv"' in body
    assert b"n\n1\n" in body


def test_a_file_that_is_not_there_is_said_to_be_so(client, tmp_path):
    with pytest.raises(RepriseError) as caught:
        client.upload(tmp_path / "none")
    assert caught.value.reason == f"{tmp_path}/none cannot be read: No such file or directory."


def test_a_token_is_sent_to_the_service(service, monkeypatch):
    monkeypatch.setenv("REPRISE_TOKEN", "open sesame")
    service.get(f"{URL}/api/figures/?page=1", json={"results": [], "next": None})

    Client(URL).figures()

    assert service.calls[0].request.headers["Authorization"] == "Bearer open sesame"


def test_a_token_is_not_sent_on_to_another_host(service):
    service.get(f"{URL}/api/runs/{ADDRESS}/", status=302, headers={"Location": "http://else.test/"})
    service.get("http://else.test/", json=RUN)

    Client(URL, token="open sesame").run_at(ADDRESS)  # noqa: S106 -- invented

    assert [call.request.headers.get("Authorization") for call in service.calls] == [
        "Bearer open sesame", None,
    ]  # fmt: skip


def test_without_a_token_nobody_is_named(client, service):
    service.get(f"{URL}/api/runs/{ADDRESS}/", json=RUN)

    client.run_at(ADDRESS)

    assert "Authorization" not in service.calls[0].request.headers


# On the command line


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "request.json"
    path.write_text('{"workflow": "sum"}')
    return str(path)


def test_the_command_line_plans(service, capsys, file):
    service.post(f"{URL}/api/runs/plan/", json=PLAN)

    assert main(["--url", URL, "plan", file]) == 0
    assert capsys.readouterr().out == (
        "0 of 1 runs are known.\n"
        f"{ADDRESS[:12]} sum 1: new\n"
        f"{ADDRESS[:12]} is not known: e_min 20 → 25 keV, from {OTHER[:12]}\n"
    )


def test_the_command_line_asks(service, capsys, file):
    service.post(f"{URL}/api/runs/", json=RUN)

    assert (main(["--url", URL, "ask", file]), sent(service)) == (0, {"workflow": "sum"})
    assert capsys.readouterr().out == f"{ADDRESS} (known already)\n"


def test_the_command_line_uploads(service, capsys, file):
    service.post(f"{URL}/api/products/", json={"digest": DIGEST}, status=201)

    assert main(["--url", URL, "upload", file]) == 0
    assert capsys.readouterr().out == f"{DIGEST}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "is not JSON"), ("[1]", "holds no request"), (None, "cannot be read")],
)
def test_the_command_line_says_what_is_wrong_with_a_file(tmp_path, capsys, text, told):
    path = tmp_path / "request.json"
    if text is not None:
        path.write_text(text)

    assert main(["--url", URL, "plan", str(path)]) == 1
    assert told in capsys.readouterr().err


def test_a_refused_request_keeps_the_places_of_its_faults(client, service):
    faults = {"tables[1].parameters.level": "-2 is too small: write at least 0."}
    service.post(f"{URL}/api/runs/plan/", json={"detail": "x", "errors": faults}, status=422)

    with pytest.raises(RefusedError) as caught:
        client.request("sum").plan()
    assert caught.value.errors == faults
