"""The page of a plan, the form with products, and the page of a run that others feed."""

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from executor.actions import ask, cancel_run
from executor.models import Account, Attempt, Product, Run
from lib import digest
from tests.factories import chains, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return chains.register_chain()


@pytest.fixture
def quiet(monkeypatch):
    """No worker takes what is sent."""
    monkeypatch.setattr("lib.queue._send", lambda *_message: None)


@pytest.fixture
def done(committed, chain):
    """Asks for a request and has it carried out."""

    def run(content):
        with committed():
            asked = ask(content)
        return Run.objects.get(pk=asked.run.pk)

    return run


def plan_of(client, content, **more):
    return client.get("/runs/plan", {"request": json.dumps(content)}, **more)


def text(answer):
    return html.unescape(answer.content.decode())


def chunks(answer):
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text(answer)))


CIRCLE = json.dumps({"want": "a", "nodes": {
    "a": {"workflow": "sum", "parameters": {"tables": [{"node": "a"}]}},
}})  # fmt: skip


# Before anything runs


def test_a_plan_is_shown_and_nothing_is_written(client, chain):
    page = plan_of(client, chains.report(1, 2, 3))

    plan = page.context["plan"]
    assert (page.status_code, plan.total, plan.known, plan.missing) == (200, 5, 0, 5)
    assert "0 of 5 runs known, 5 to run" in chunks(page)
    assert (Run.objects.count(), Attempt.objects.count()) == (0, 0)


def test_what_is_known_is_marked_and_what_is_missing_is_timed(client, done):
    done(chains.report(1, 2))

    page = plan_of(client, chains.report(1, 2, 3))

    plan = page.context["plan"]
    assert (plan.known, plan.missing, plan.unsure) == (2, 3, ())
    assert re.search(r"2 of 5 runs known, 3 to run, about (\d+ s|less than 1 s)\.", chunks(page))
    assert [row.states for row in plan.rows] == [
        "known", "known", "to be run", "to be run", "to be run",
    ]  # fmt: skip


def test_what_never_ran_is_named(client, done):
    done(chains.counts(1))

    plan = plan_of(client, chains.total(1, 2)).context["plan"]

    assert len(plan.unsure) == 1
    assert plan.seconds == "less than 1 s"


def test_a_miss_is_explained_by_the_nearest_known_run(client, done):
    known = done(chains.counts(1))

    page = plan_of(client, chains.counts(4))

    (why,) = page.context["why"]
    assert (why.nearest, why.differences) == (known.address, "level 1 → 4")
    assert f'href="/runs/{known.address}"' in text(page)


def test_a_known_answer_is_led_to_instead_of_run(client, done):
    run = done(chains.report(1))

    page = plan_of(client, chains.report(1))

    assert page.context["plan"].is_known is True
    assert f'<a class="button first" href="/runs/{run.address}">See the answer</a>' in text(page)
    assert "Run it" not in text(page)


def test_the_button_runs_what_was_planned(client, committed, chain):
    page = plan_of(client, chains.report(1, 2))
    compact = page.context["compact"]

    with committed():
        sent = client.post("/runs/", {"request": compact})

    run = Run.objects.get(address=page.context["plan"].want)
    assert (sent.status_code, sent["Location"]) == (302, f"/runs/{run.address}")
    assert run.state == "finished"


def test_a_reader_without_account_may_give_fifty_products_to_one_input(client, chain):
    page = plan_of(client, {"nodes": _many(51), "want": "sum"})

    assert page.status_code == 422
    assert list(page.context["problem"]["errors"]) == ["nodes.sum.parameters.tables"]


def _many(count):
    names = [f"n{number}" for number in range(count)]
    nodes = {name: {"workflow": "counts", "parameters": {"level": int(name[1:])}} for name in names}
    tables = [{"node": name, "output": "counts"} for name in names]
    return nodes | {"sum": {"workflow": "sum", "parameters": {"tables": tables}}}


def test_many_runs_are_one_box(client, chain, settings):
    settings.ANONYMOUS_LIST = None

    plan = plan_of(client, {"nodes": _many(300), "want": "sum"}).context["plan"]

    assert [(row.title[:3], row.states, len(row.runs), row.more) for row in plan.rows] == [
        ("300", "300 to be run", 200, 100), (plan.rows[1].title[:3], "to be run", 0, 0),
    ]  # fmt: skip
    assert plan.svg.count("<a ") == 2


@pytest.mark.parametrize(
    ("request_text", "status", "sentence"),
    [
        ("{", 400, "The request is not JSON"),
        ("[" * 100_000, 400, "The request is not JSON"),
        ("[1]", 400, "Send an object with at least the name of a workflow."),
        ('{"workflow": "nowhere"}', 404, "There is no workflow nowhere"),
        ('{"workflow": "counts", "parameters": {"level": -1}}', 422, "-1 is too small"),
        ('{"workflow": "sum", "parameters": {"tables": ["x"]}}', 400, "'x' is not a digest"),
        (CIRCLE, 400, "goes in a circle"),
    ],
    ids=["cut", "deep", "list", "unknown", "limit", "digest", "circle"],
)  # fmt: skip
def test_a_wrong_request_is_told_with_its_place(client, chain, request_text, status, sentence):
    page = client.post("/runs/plan", {"request": request_text}, follow=True)

    assert (page.status_code, sentence in chunks(page)) == (status, True)
    assert Run.objects.count() == 0


def test_the_place_of_a_fault_stands_beside_it(client, chain):
    page = plan_of(client, chains.total(1, -2))

    assert page.context["problem"]["errors"] == {
        "tables[1].parameters.level": "-2 is too small: write at least 0."
    }
    assert "<code>tables[1].parameters.level</code>" in text(page)


def test_an_empty_plan_page_explains_itself(client):
    page = client.get("/runs/plan")

    assert (page.status_code, "<h1>Plan a request</h1>" in text(page)) == (200, True)


def test_what_is_sent_gets_an_address_that_can_be_shared(client, chain):
    sent = client.post("/runs/plan", {"request": json.dumps(chains.total(1))})

    where = urlsplit(sent["Location"])
    assert (sent.status_code, where.path) == (302, "/runs/plan")
    assert json.loads(parse_qs(where.query)["request"][0]) == chains.total(1)


def test_what_is_too_long_for_an_address_is_planned_all_the_same(client, chain):
    short, long = (
        client.post("/runs/plan", {"request": json.dumps({"nodes": _many(count), "want": "sum"})})
        for count in (10, 50)
    )

    assert (short.status_code, long.status_code) == (302, 200)
    assert long.context["plan"].total == 51


def test_a_plan_of_another_site_is_refused():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/runs/plan", {"request": "{}"}).status_code == 403


def test_words_of_strangers_are_shown_as_text(client):
    attack = "<script>alert(1)</script>"
    rows.VersionFactory(workflow__slug="evil", number=1, title=attack)

    page = plan_of(client, {"workflow": "evil"})
    refused = client.post("/runs/plan", {"request": attack})

    assert (page.status_code, attack in page.content.decode()) == (200, False)
    assert attack not in refused.content.decode()


# The form


FORM = {"reprise-workflow": "sum", "reprise-version": "1"}


def test_the_form_of_a_workflow_that_takes_products_is_there(client, chain):
    page = client.get("/workflows/sum")

    fields = {field.parameter.name: field for field in page.context["fields"]}
    assert (page.status_code, fields["tables"].is_product, fields["tables"].text) == (200, True, "")
    assert 'enctype="multipart/form-data"' in text(page)
    assert 'name="reprise-file-tables" type="file"' in text(page)


def test_a_workflow_without_products_takes_no_files(client, chain):
    page = text(client.get("/workflows/counts"))

    assert ("multipart" in page, 'type="file"' in page) == (False, False)


@pytest.mark.parametrize(
    "spelling",
    ["{address}/counts", "/runs/{address}#counts", "https://reprise.example/runs/{address}#counts",
     '[{{"run": "{address}", "output": "counts"}}]', '{{"run": "{address}"}}'],
)  # fmt: skip
def test_a_field_takes_an_output_of_a_run_however_it_is_written(client, committed, done, spelling):
    source = done(chains.counts(3))

    with committed():
        sent = client.post("/runs/", FORM | {"tables": spelling.format(address=source.address)})

    run = Run.objects.get(version__workflow__slug="sum")
    assert (sent["Location"], run.state) == (f"/runs/{run.address}", "finished")
    assert [edge.source_id for edge in run.inputs.all()] == [source.pk]


def test_a_field_takes_several_products_on_lines_of_their_own(client, committed, done):
    sources = [done(chains.counts(level)) for level in (1, 2)]
    product = sources[1].outputs.get(name="counts").product_id

    lines = f"/runs/{sources[0].address}#counts\r\n{product}\r\n"
    with committed():
        client.post("/runs/", FORM | {"tables": lines})

    run = Run.objects.get(version__workflow__slug="sum")
    assert [(edge.source_id, edge.product_id) for edge in run.inputs.all()] == [
        (sources[0].pk, None), (None, product),
    ]  # fmt: skip


def test_a_field_takes_a_request(client, committed, chain):
    with committed():
        client.post("/runs/", FORM | {"tables": json.dumps([chains.counts(5), chains.counts(6)])})

    assert Run.objects.get(version__workflow__slug="sum").state == "finished"


def test_a_number_may_come_from_another_run(client, committed, done):
    source = done(chains.counts(3))
    energy = json.dumps({"run": source.address, "output": "energy"})

    with committed():
        client.post("/runs/", FORM | {"tables": f"{source.address}/counts", "threshold": energy})

    run = Run.objects.get(version__workflow__slug="sum")
    assert (run.state, run.typed["threshold"]["value"]) == (
        "finished", {"run": source.address, "output": "energy"},
    )  # fmt: skip


def test_files_of_ones_own_become_products(client, committed, chain):
    files = [SimpleUploadedFile(f"{n}.csv", f"n\n{n}\n".encode(), "text/csv") for n in (4, 5)]

    with committed():
        client.post("/runs/", FORM | {"tables": "", "reprise-file-tables": files})

    run = Run.objects.get(version__workflow__slug="sum")
    given = [edge.product for edge in run.inputs.all()]
    assert (run.state, [found.file for found in given]) == ("finished", ["4.csv", "5.csv"])


def test_a_file_comes_after_what_stands_in_the_field(client, chain):
    known = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv")
    file = SimpleUploadedFile("more.csv", b"n\n2\n", "text/csv")

    sent = client.post("/runs/plan", FORM | {"tables": known.digest, "reprise-file-tables": file})

    asked = json.loads(parse_qs(urlsplit(sent["Location"]).query)["request"][0])
    more = Product.objects.get(file="more.csv")
    assert asked["parameters"] == {"tables": [known.digest, more.digest]}


def test_a_plan_is_asked_for_with_no_more_than_what_differs(client, chain):
    sent = client.post("/runs/plan", {
        "reprise-workflow": "counts", "reprise-version": "1", "reprise-seed": "0", "level": "4",
        "sign": "1", "csrfmiddlewaretoken": "x",
    })  # fmt: skip

    assert json.loads(parse_qs(urlsplit(sent["Location"]).query)["request"][0]) == {
        "workflow": "counts", "version": 1, "parameters": {"level": 4},
    }  # fmt: skip


def test_a_plan_leads_back_to_the_form_filled_in(client, done):
    source = done(chains.counts(3))
    content = {"workflow": "sum", "version": 1, "parameters": {
        "tables": [{"run": source.address, "output": "counts"}], "threshold": 5.0}}  # fmt: skip

    form = plan_of(client, content).context["form"]
    fields = {field.parameter.name: field for field in client.get(form).context["fields"]}

    assert fields["threshold"].text == "5.0"
    assert json.loads(fields["tables"].text) == content["parameters"]["tables"]


def test_a_wrong_product_leads_to_a_page_that_says_what_is_wrong(client, chain):
    sent = client.post("/runs/", FORM | {"tables": "0" * 64}, follow=True)

    assert sent.request["PATH_INFO"] == "/runs/plan"
    assert sent.context["problem"]["errors"] == {
        "tables[0]": f"No product has the digest {'0' * 64}: upload it first."
    }
    assert Run.objects.count() == 0


def test_a_field_that_is_no_json_leads_back_with_its_text(client, chain):
    sent = client.post("/runs/", FORM | {"tables": "[oops"})

    assert sent["Location"] == "/workflows/sum/1?tables=%5Boops#run"


def test_a_wrong_plain_value_leads_back_to_the_form_with_its_products(client, done):
    source = done(chains.counts(3))

    sent = client.post("/runs/", FORM | {"tables": f"{source.address}/counts", "threshold": "x"})

    assert sent["Location"] == (
        f"/workflows/sum/1?tables={source.address}%2Fcounts&threshold=x#run"
    )
    page = client.get(sent["Location"])
    faults = {field.parameter.name: field.fault for field in page.context["fields"] if field.fault}
    assert list(faults) == ["threshold"]


def test_a_text_that_only_looks_like_json_stays_a_text(client, sent):
    interface = {"parameters": [{"name": "label", "kind": "string", "default": ""}], "outputs": []}
    rows.VersionFactory(workflow__slug="drawn", number=1, interface_json=interface)

    client.post("/runs/", {"reprise-workflow": "drawn", "label": "{\\rm keV}"})

    assert Run.objects.get().values_json == {"label": "{\\rm keV}"}


def test_a_parameter_may_be_called_request(client, sent):
    interface = {
        "parameters": [{"name": "request", "kind": "string", "default": ""}],
        "outputs": [],
    }
    rows.VersionFactory(workflow__slug="asked", number=1, interface_json=interface)
    form = {"reprise-workflow": "asked", "reprise-version": "1", "request": "please"}

    planned = client.post("/runs/plan", form)
    client.post("/runs/", form)

    asked = json.loads(parse_qs(urlsplit(planned["Location"]).query)["request"][0])
    assert asked["parameters"] == {"request": "please"}
    assert Run.objects.get().values_json == {"request": "please"}


# The page of a run


def test_a_run_shows_the_plan_that_it_is_made_of(client, done):
    run = done(chains.report(1, 2))

    page = client.get(run.get_absolute_url())

    plan = page.context["plan"]
    assert (plan.total, plan.known, plan.is_known) == (4, 4, True)
    assert "4 runs that its answer is made of" in chunks(page)


def test_a_run_that_nothing_feeds_has_no_plan(client, done):
    assert client.get(done(chains.counts(1)).get_absolute_url()).context["plan"] is None


def test_a_run_says_for_how_many_inputs_it_waits(client, chain, quiet):
    run = ask(chains.total(1, 2, 3)).run
    Run.objects.filter(values_json__level=1).update(state="finished")

    page = client.get(run.get_absolute_url())

    assert "It waits for 2 of 3 inputs." in chunks(page)
    assert 'id="run-plan" data-live' in text(page)


def test_what_a_run_was_given_is_linked(client, done):
    product = rows.ProductFactory(data=b"n\n4\n", media_type="text/csv")
    source = done(chains.counts(3))
    tables = [{"run": source.address, "output": "counts"}, product.digest]
    run = done({"workflow": "sum", "parameters": {"tables": tables}})

    shown = client.get(run.get_absolute_url()).context["inputs"][0]

    assert (shown.text, shown.changed, shown.default) == ("2 products", True, "none")
    assert [one.href for one in shown.given] == [
        f"/runs/{source.address}", f"/products/{product.digest}",
    ]  # fmt: skip


def test_changing_a_run_starts_from_what_it_was_given(client, committed, done):
    run = done(chains.total(1, 2, threshold=7.0))
    again = client.get(run.get_absolute_url()).context["query"]

    form = client.get(f"/workflows/sum/1?{again}")
    given = {field.parameter.name: field.text for field in form.context["fields"]}
    with committed():
        sent = client.post("/runs/", FORM | given)

    assert sent["Location"] == run.get_absolute_url()


def test_the_seed_is_kept_when_a_run_is_changed(client):
    run = rows.finished_run(seed=7)

    assert client.get(run.get_absolute_url()).context["query"] == "energy=20.0&reprise-seed=7"


def test_an_answer_that_was_reused_says_whose_it_is(client, done):
    first = done(chains.report(7))
    other = {"workflow": "counts", "parameters": {"level": 7, "sign": -1}, "output": "counts"}
    table = {"workflow": "sum", "parameters": {"tables": [other]}, "output": "table"}
    run = done({"workflow": "report", "parameters": {"table": table}})

    page = client.get(run.get_absolute_url())

    assert f"It was answered by run {first.address[:12]}: the same question" in chunks(page)


def test_a_failed_input_is_a_path_of_links(client, done):
    run = done(chains.report(1, 13))
    counts = Run.objects.get(error_id="executor:user:raised")
    total = Run.objects.get(version__workflow__slug="sum")

    path = client.get(run.get_absolute_url()).context["path"]

    assert [(edge.name, edge.position, edge.source_id) for edge in path] == [
        ("table", 0, total.pk), ("tables", 1, counts.pk),
    ]  # fmt: skip


def test_attempts_say_where_they_ran_and_what_they_took(client):
    run = rows.finished_run()
    rows.AttemptFactory(run=run, outcome="finished", site="slurm", worker="node7", cpu_seconds=1.24)

    words = chunks(client.get(run.get_absolute_url()))

    assert "1: finished, at slurm on node7, 1.2 s of processor time" in words


# Trying again


def test_trying_again_asks_for_what_failed_and_nothing_else(client, committed, done):
    run = done(chains.report(1, 13))
    before = Attempt.objects.count()

    with committed():
        sent = client.post(f"{run.get_absolute_url()}/retry")

    run.refresh_from_db()
    assert (sent.status_code, sent["Location"]) == (302, run.get_absolute_url())
    assert (run.state, Attempt.objects.count() - before) == ("failed", 1)


def test_a_cancelled_run_is_tried_again_with_what_feeds_it(client, committed, chain, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("lib.queue._send", lambda *_message: None)
        with committed():
            run = ask(chains.report(1, 2)).run
        with committed():
            cancel_run(run)
    assert set(Run.objects.values_list("state", flat=True)) == {"cancelled"}

    with committed():
        client.post(f"{run.get_absolute_url()}/retry")

    assert set(Run.objects.values_list("state", flat=True)) == {"finished"}


@pytest.mark.parametrize("state", ["finished", "queued", "running", "waiting for inputs"])
def test_only_what_is_over_is_tried_again(client, state):
    run = rows.RunFactory(state=state)

    page = client.post(f"{run.get_absolute_url()}/retry")

    assert page.status_code == 409
    assert f"The run is {state}: there is nothing to try again." in chunks(page)


def test_trying_again_is_no_matter_of_following_a_link(client):
    run = rows.RunFactory(state="failed")

    assert client.get(f"{run.get_absolute_url()}/retry").status_code == 405
    assert "Try again" in text(client.get(run.get_absolute_url()))


# The list


def test_the_list_shows_runs_of_one_state(client):
    failed = rows.RunFactory(state="failed")
    rows.RunFactory(state="queued")

    assert list(client.get("/runs/?state=failed").context["page"]) == [failed]
    assert len(client.get("/runs/?state=nonsense").context["page"]) == 2
    assert "No run is cancelled." in chunks(client.get("/runs/?state=cancelled"))


def test_the_list_says_whose_turn_comes_when(client):
    first, second = rows.RunFactory(), rows.RunFactory()

    shown = {run.pk: place for run, place in client.get("/runs/").context["rows"]}

    assert shown == {first.pk: 1, second.pk: 2}
    assert "1 goes before it" in chunks(client.get(second.get_absolute_url()))


def test_an_account_may_give_more_than_a_stranger(client, chain):
    token = "open sesame"
    Account.objects.create(name="ada", token_digest=digest.of_bytes(token.encode()))
    page = client.post(
        "/api/runs/plan/", {"nodes": _many(60), "want": "sum"}, content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )  # fmt: skip

    assert (page.status_code, page.json()["total"]) == (200, 61)
