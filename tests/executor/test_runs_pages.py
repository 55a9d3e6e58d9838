"""Pages of runs: what a reader sees."""

import pytest
from django.test import Client
from django.utils import timezone

from executor.models import Product, Run
from executor.pages.shown import show_outputs
from lib import store
from tests.factories import rows

pytestmark = pytest.mark.django_db


def product(data: bytes, media_type: str):
    return rows.ProductFactory(data=data, media_type=media_type)


def run_with(data: bytes, file: str, **declared: object) -> Run:
    """A finished run with one output that is declared so."""
    interface = rows.INTERFACE | {"outputs": [{"name": "made"} | declared]}
    run = rows.RunFactory(state="finished", version__interface_json=interface)
    media_type = {"csv": "text/csv", "ecsv": "text/csv", "png": "image/png"}.get(
        file.rsplit(".", 1)[-1], "application/octet-stream"
    )
    made = product(data, media_type)
    rows.OutputFactory(run=run, name="made", file=file, product=made)
    return run


# Runs


@pytest.mark.parametrize(
    "state", ["queued", "running", "waiting for data", "finished", "failed", "cancelled"]
)
def test_every_state_has_a_page(client, state):
    run = rows.RunFactory(state=state, error="It printed too much." if state == "failed" else "")

    page = client.get(run.get_absolute_url())

    assert (page.status_code, page.context["run"]) == (200, run)
    assert state in page.content.decode()


def test_the_page_has_inputs_outputs_log_and_facts(client):
    run = rows.finished_run(changed_json=["energy"], values_json={"energy": 25.0})
    rows.AttemptFactory(run=run, log="multiplied", facts_json={"python": "3.11.7"})

    context = client.get(run.get_absolute_url()).context

    (energy,), (total,) = context["inputs"], context["outputs"]
    assert (energy.text, energy.default, energy.unit, energy.changed) == (
        "25.0",
        "20.0",
        "keV",
        True,
    )
    assert (total.text, total.unit, total.look) == ("40", "keV", "number")
    assert (context["log"], context["facts"]) == ("multiplied", {"python": "3.11.7"})
    assert context["query"] == "energy=25.0"


def test_what_strangers_wrote_is_shown_and_not_run(client):
    attack = "<script>alert(1)</script>"
    run = rows.RunFactory(state="failed", error=attack, error_id="executor:user:raised")
    rows.AttemptFactory(run=run, log=attack, error=attack)

    page = client.get(run.get_absolute_url()).content.decode()

    assert attack not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_unknown_run_is_a_page_with_a_sentence(client):
    page = client.get(f"/runs/{'0' * 64}")

    assert page.status_code == 404
    assert "the form of a workflow makes one." in page.content.decode()


def test_a_product_that_was_cleared_away_is_offered_to_be_made_again(client):
    run = rows.finished_run()
    found = run.outputs.get().product
    Product.objects.update(evicted_at=timezone.now())
    store.remove(found.digest)

    page = client.get(run.get_absolute_url())

    (evicted,) = page.context["evicted"]
    assert (page.status_code, evicted.product) == (200, found)
    assert f'action="/products/{found.digest}/again"' in page.content.decode()


@pytest.mark.parametrize("file", ["made.txt", "made.csv", "made.png", "made.json", "made.fits"])
def test_no_kind_of_product_is_looked_into_once_it_was_cleared_away(client, file):
    kinds = {"txt": "text", "csv": "table", "png": "picture", "json": "number", "fits": "image"}
    run = run_with(b"40.0", file, kind=kinds[file.rsplit(".", 1)[-1]])
    Product.objects.update(evicted_at=timezone.now())
    store.remove(run.outputs.get().product_id)

    assert [item.look for item in show_outputs(run)] == ["evicted"]
    assert client.get(run.get_absolute_url()).status_code == 200


def test_the_list_asks_the_database_as_often_for_three_runs_as_for_one(
    client, django_assert_num_queries
):
    for number in range(3):
        rows.finished_run(value=number)
        with django_assert_num_queries(4):
            client.get("/runs/")


def test_the_list_shows_fifty_a_page(client):
    version = rows.VersionFactory()
    Run.objects.bulk_create(
        Run(address=f"{number:064x}", version=version, environment="e" * 64) for number in range(51)
    )

    assert len(client.get("/runs/").context["page"]) == 50
    assert len(client.get("/runs/?page=2").context["page"]) == 1
    assert len(client.get("/runs/?page=nonsense").context["page"]) == 50


# Forms


def test_cancelling_is_no_matter_of_following_a_link(client):
    run = rows.RunFactory()

    assert client.get(f"{run.get_absolute_url()}/cancel").status_code == 405
    assert Run.objects.get().state == "queued"

    done = client.post(f"{run.get_absolute_url()}/cancel")
    assert (done.status_code, done["Location"]) == (302, run.get_absolute_url())
    assert Run.objects.get().state == "cancelled"


def test_cancelling_what_has_ended_is_a_page_with_a_sentence(client):
    run = rows.RunFactory(state="failed")

    page = client.post(f"{run.get_absolute_url()}/cancel")

    assert page.status_code == 409
    assert "The run is failed already, so there is nothing to cancel." in page.content.decode()


@pytest.mark.parametrize("path", ["/runs/", "/runs/{address}/cancel"])
def test_a_form_of_another_site_is_refused(path):
    run = rows.RunFactory()
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(path.format(address=run.address), {"workflow": "doubling"})

    assert page.status_code == 403
    assert "This form was sent from another page" in page.content.decode()
    assert Run.objects.get().state == "queued"


@pytest.fixture
def version(sent):
    return rows.VersionFactory(
        workflow__slug="doubling", number=1,
        interface_json=rows.INTERFACE
        | {"parameters": [*rows.INTERFACE["parameters"],
                          {"name": "flip", "kind": "boolean", "default": True}]},
    )  # fmt: skip


FORM = {"reprise-workflow": "doubling", "reprise-version": "1"}
NO_VERSION = "The form names no version: open the page of the workflow again."


def test_a_form_asks_for_a_run(client, version):
    sent = client.post(
        "/runs/",
        {
            "reprise-workflow": "doubling",
            "reprise-version": "1",
            "energy": "25 keV",
            "reprise-seed": "3",
        },
    )

    run = Run.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, run.get_absolute_url())
    assert (run.values_json, run.seed) == ({"energy": 25.0, "flip": False}, 3)


def test_a_wrong_form_leads_back_to_itself_with_a_sentence(client, version):
    sent = client.post(
        "/runs/", {"reprise-workflow": "doubling", "reprise-version": "1", "energy": "900"}
    )

    assert sent["Location"] == "/workflows/doubling/1?flip=false&energy=900#run"
    assert Run.objects.count() == 0


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        (
            {"reprise-version": "1.5"},
            400,
            NO_VERSION,
        ),
        (
            {"reprise-version": "٣"},
            400,
            NO_VERSION,
        ),
        (
            {"reprise-version": "²"},
            400,
            NO_VERSION,
        ),
        (
            {"reprise-version": "abc"},
            400,
            NO_VERSION,
        ),
        ({"reprise-seed": "-1"}, 400, "The seed is a whole number from 0 to 2147483647."),
        ({"reprise-seed": "1e3"}, 400, "The seed is a whole number from 0 to 2147483647."),
        ({"reprise-seed": "9" * 5000}, 400, "The seed is a whole number from 0 to 2147483647."),
        (
            {"reprise-version": "9" * 30},
            400,
            NO_VERSION,
        ),
        ({"reprise-version": "9" * 10}, 404, "There is no version 9999999999 of doubling"),
        ({"reprise-workflow": "nowhere"}, 404, "There is no workflow nowhere"),
    ],
)
def test_a_forged_form_is_a_page_with_a_sentence(client, version, form, status, sentence):
    page = client.post("/runs/", {"reprise-workflow": "doubling"} | form)

    assert page.status_code == status
    assert sentence in page.content.decode()


# What a page shows of an output


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"40.0", "40"), (b"1234567.89", "1.23457e+06"), (b"true", "true"), (b'"NaN"', "nan")],
)
def test_a_number_has_six_digits(data, text):
    (shown,) = show_outputs(run_with(data, "made.json", kind="number"))

    assert (shown.look, shown.text) == ("number", text)


@pytest.mark.parametrize("data", [b"no JSON", b"[" * 100_000])
def test_a_number_that_cannot_be_read_is_shown_as_none(data):
    (shown,) = show_outputs(run_with(data, "made.json", kind="number"))

    assert shown.value is None


@pytest.mark.parametrize(
    ("data", "file", "head", "first"),
    [
        (b"a,b\n1,2\n", "made.csv", ["a", "b"], ["1", "2"]),
        (b"# %ECSV 1.0\n# ---\na b\n1 2\n", "made.ecsv", ["a", "b"], ["1", "2"]),
        (b"# %ECSV 1.0\n# delimiter: ','\na,b\n1,2\n", "made.ecsv", ["a", "b"], ["1", "2"]),
    ],
)
def test_a_table_shows_its_first_rows(data, file, head, first):
    (shown,) = show_outputs(run_with(data, file, kind="table"))

    assert (shown.look, shown.head, shown.rows, shown.more) == ("table", head, [first], 0)


def test_a_long_table_says_how_many_rows_more_there_are():
    data = b"a\n" + b"1\n" * 60

    (shown,) = show_outputs(run_with(data, "made.csv", kind="table"))

    assert (len(shown.rows), shown.more) == (50, 10)


@pytest.mark.parametrize(
    "data",
    [b"", b"#", b"# %ECSV 1.0\n", b"\n", b"\xff\0\n\0", b'"open', b"a,b\n" + b"x" * 300_000,
     b'a\n"' + b"x" * 200_000],
)  # fmt: skip
def test_a_table_that_is_none_harms_nothing(client, data):
    run = run_with(data, "made.csv", kind="table")

    assert client.get(run.get_absolute_url()).status_code == 200


def test_a_text_is_cut_where_a_page_would_grow_too_long():
    (shown,) = show_outputs(run_with(b"x" * 10_000, "made.txt", kind="text"))

    assert (shown.look, shown.text) == ("text", "x" * 4000)


def test_a_picture_knows_whether_its_arrays_were_kept():
    run = run_with(b"\x89PNG", "made.png", kind="picture")
    (without,) = show_outputs(run)
    arrays = product(b"{}", "application/json")
    rows.OutputFactory(run=run, name="made", role="plot", file="x.json", product=arrays)

    (shown,) = show_outputs(Run.objects.get())

    assert (without.look, without.has_plot, shown.has_plot) == ("picture", False, True)


# Trials


def test_trials_of_diagnoses_are_not_listed_and_can_be_looked_at(client):
    run = rows.finished_run()
    trial = rows.finished_run(version__workflow__is_hidden=True)

    for query in ("", "?state=finished"):
        listed = client.get(f"/runs/{query}").context["rows"]
        assert [item.address for item, _place in listed] == [run.address]

    page = client.get(trial.get_absolute_url()).content.decode()
    assert "/papers/new" not in page
    assert "Release under a DOI" not in page


def test_a_finished_run_leads_to_a_statement_and_its_tables_to_an_axis(client):
    number = rows.finished_run()
    table = run_with(b"year,flux\n2003,1.5\n", "made.csv", kind="table")

    pages = [client.get(run.get_absolute_url()).content.decode() for run in (number, table)]

    assert [f"/papers/new?run={run.address}" in page
            for run, page in zip((number, table), pages, strict=True)] == [True, True]  # fmt: skip
    assert ["/blend?run=" in page for page in pages] == [False, True]


def test_a_fits_file_leads_to_its_headers(client):
    run = run_with(b"SIMPLE", "sky map.fits", kind="image")
    product = run.outputs.get().product
    Product.objects.filter(pk=product.pk).update(media_type="application/fits")

    page = client.get(run.get_absolute_url()).content.decode()

    assert f'href="/products/{product.digest}/header?name=sky%20map.fits"' in page
