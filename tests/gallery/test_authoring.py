"""Stating papers without a repository: by API, by page, and who may."""

import html
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from executor.actions.accounts import Share, open_account
from executor.models import Product, Run
from gallery.actions import add_paper, content_of, files, judge_run
from gallery.domain.paper.written import toml_of
from gallery.models import Check, Facet, Figure, Paper
from lib import digest
from tests.factories import rows

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script>"
TABLE = b"year,flux\n2003,1.5\n2004,2.5\n"
INTERFACE = rows.INTERFACE | {
    "outputs": [
        {"name": "total", "kind": "number", "unit": "keV", "label": "total"},
        {"name": "rows", "kind": "table"},
        {"name": "plot", "kind": "picture"},
    ]
}
VALUE = {
    "output": "total", "label": "twice twenty", "published": 40.0, "unit": "keV",
    "tolerance": {"absolute": 0.5}, "reason": "exact", "source": "Note G",
}  # fmt: skip
FIGURE = {"slug": "doubled", "title": "Twice twenty", "kind": "number", "value": [VALUE]}
WORDS = {
    "slug": "lovelace-1843", "title": "On doubling", "doi": "10.1000/doubling",
    "authors": ["Lovelace, A."], "journal": "Notes 1, 1", "year": 1843,
}  # fmt: skip


@pytest.fixture
def version():
    return rows.VersionFactory(workflow__slug="double", interface_json=INTERFACE)


@pytest.fixture
def statement(version):
    """A statement of one number, with what the test changes."""
    return lambda **more: {"workflow": "double", "paper": WORDS, "figure": [FIGURE]} | more


@pytest.fixture
def stated_page(client, statement, sent):
    """The paper of one number, stated by the API."""
    send(client, statement())
    return Paper.objects.get()


def send(client, content, path: str = "/api/papers/", method: str = "post", **headers: str):
    return getattr(client, method)(
        path, json.dumps(content), content_type="application/json", headers=headers
    )


def refusal(answer, status: int = 422) -> str:
    assert answer.status_code == status, answer.content
    return str(answer.json()["detail"])


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(made, "PNG")
    return made.getvalue()


def count() -> tuple[int, int, int, int]:
    return (
        Paper.objects.count(), Figure.objects.count(), Facet.objects.count(),
        Product.objects.count(),
    )  # fmt: skip


# The API


def test_a_paper_is_stated_without_a_repository(client, statement, sent, committed, version):
    with committed():
        answer = send(client, statement())

    figure = Figure.objects.select_related("version").get()
    assert (answer.status_code, answer["Location"]) == (201, "/api/papers/lovelace-1843/")
    assert (figure.version, figure.slug, figure.stated_by == "") == (version, "doubled", False)
    assert figure.paper.stated_by == figure.stated_by
    assert sent == [("executor.work",), ("gallery.check_figure", figure.pk)]
    body = answer.json()
    assert (body["findings"], body["unasked"]) == ([], {})
    assert body["figures"] == [
        {
            "slug": "doubled", "title": "Twice twenty", "kind": "number",
            "request": {"workflow": "double", "version": version.number}, "value": [VALUE],
        }
    ]  # fmt: skip


def test_it_is_what_a_paper_toml_of_the_same_words_makes(client, statement, stated, sent):
    send(client, statement(workflow="double"))
    by_page = content_of(Paper.objects.get())
    figure = Figure.objects.get()
    rows_of_page = figure.values_json, figure.products_json, figure.parameters_json
    Paper.objects.all().delete()

    (of_entry,) = add_paper(
        stated(toml_of({"paper": WORDS, "figure": [FIGURE]}), workflow__slug="entry")
    )

    assert (of_entry.values_json, of_entry.products_json, of_entry.parameters_json) == rows_of_page
    assert content_of(of_entry.paper)["paper"] == by_page["paper"]


def test_a_preview_writes_nothing(client, statement, version):
    value = {name: text for name, text in VALUE.items() if name != "reason"}

    answer = send(client, statement(figure=[FIGURE | {"value": [value]}]), "/api/papers/preview/")

    (figure,) = answer.json()["figures"]
    assert (figure["workflow"], figure["version"], figure["values"]) == (
        "double", version.number, 1,
    )  # fmt: skip
    assert len(figure["run"]) == 64
    assert [item["id"] for item in answer.json()["findings"]] == ["gallery/no-reason"]
    assert (count(), Run.objects.count()) == ((0, 0, 0, 0), 0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"paper": 3}, "The statement has no [paper] table."),
        ({"paper": WORDS | {"doi": ""}}, "There is no doi in the paper."),
        ({"paper": WORDS | {"slug": "preview"}},
         "The slug 'preview' of the paper is the name of a page: take another."),
        ({"figure": []}, "A paper needs at least one figure, table row or number."),
        ({"figure": 3}, "The figure is written [[figure]], once for each."),
        ({"figure": [FIGURE] * 2}, "Two figures have the same slug."),
        ({"workflow": "nothing"},
         "There is no workflow nothing; /api/workflows/ lists what there is."),
        ({"workflow": ["double"]}, "A workflow is named by its slug, a version by its number."),
        ({"version": 10**30},
         f"There is no version {10**30} of double; /api/workflows/ lists what there is."),
        ({"figure": [FIGURE | {"value": [VALUE | {"column": "a", "row": {"b": "\0"}}]}]},
         ("The keys of the row of the value total of figure doubled hold a character that cannot "
         "be kept.")),
        ({"figure": [FIGURE | {"value": [VALUE | {"published": "forty"}]}]},
         "Figure doubled: total is a number, and the published 'forty' is none."),
        ({"version": "1"}, "A workflow is named by its slug, a version by its number."),
        ({"workflow": ""}, "Figure doubled names no workflow that gives it."),
        ({"figure": [FIGURE | {"parameters": {"energy": 900}}]},
         "Figure doubled: energy: 900 keV is too large: write at most 500 keV."),
        ({"figure": [FIGURE | {"request": {"run": "ab" * 32}}]},
         f"Figure doubled: no run has the address {'ab' * 32}: ask for it first."),
        ({"figure": [FIGURE | {"request": {"workflow": "later"}}]},
         "Figure doubled: There is no workflow later; /api/workflows/ lists what there is."),
        ({"figure": [FIGURE | {"product": [{"output": "rows", "file": "ab" * 32}]}]},
         (f"Figure doubled claims the product '{'ab' * 32}', which is no file of the statement: "
         "add it, name it in data.toml, or give the digest of a product.")),
        ({"figure": [FIGURE | {"picture_published": "/etc/passwd", "picture_licence": "CC0"}]},
         "The published picture '/etc/passwd' of figure doubled is not among its files."),
        ({"figure": [FIGURE | {"slug": f"a{number}"} for number in range(501)]},
         "The statement has more than 500 figures."),
        ({"figure": [], "table": [{"file": "/etc/passwd"}]},
         "The table /etc/passwd is not there: put it beside the statement."),
    ],
)  # fmt: skip
def test_what_cannot_be_stated_is_told_and_leaves_nothing(client, statement, change, sentence):
    assert refusal(send(client, statement(**change))) == sentence
    assert count() == (0, 0, 0, 0)


@pytest.mark.parametrize("body", ["[]", "3", "null", '"x"'])
def test_what_is_no_object_is_refused(client, body):
    answer = client.post("/api/papers/", body, content_type="application/json")

    assert refusal(answer) == "Send an object with the paper and its figures."


def test_json_nested_without_end_is_refused(client):
    body = '{"paper": ' + "[" * 100_000 + "]" * 100_000 + "}"

    answer = client.post("/api/papers/", body, content_type="application/json")

    assert answer.status_code == 400


def test_every_wrong_field_of_the_paper_is_named(client, statement):
    answer = send(client, statement(paper={"slug": "A", "doi": "x"}))

    assert list(answer.json()["errors"]) == ["paper.slug", "paper.title", "paper.doi"]


def test_files_come_beside_the_statement(client, statement, sent, version):
    figure = FIGURE | {
        "product": [{"output": "rows", "file": "t.csv", "source": "Table 1", "reason": "why"}],
        "picture_published": "p.png", "picture_licence": "CC-BY-4.0",
    }  # fmt: skip
    table = {
        "file": "t.csv", "slug": "row-{year}", "title": "{year}",
        "value": [{"output": "rows", "column": "flux", "row": {"year": "{year}"},
                   "published": "{flux}", "tolerance": {"absolute": 0.1}}],
    }  # fmt: skip
    form = {
        "statement": json.dumps(statement(figure=[figure], table=[table])),
        "files": [SimpleUploadedFile("t.csv", TABLE), SimpleUploadedFile("p.png", png())],
    }

    answer = client.post("/api/papers/", form)

    assert answer.status_code == 201, answer.content
    assert [item["slug"] for item in answer.json()["figures"]] == [
        "doubled",
        "row-2003",
        "row-2004",
    ]
    claimed = Figure.objects.get(slug="doubled")
    assert claimed.products_json[0]["digest"] == digest.of_bytes(TABLE)
    assert claimed.published_picture.digest == digest.of_bytes(png())
    products = Product.objects.order_by("media_type")
    assert [(item.media_type, item.is_pinned) for item in products] == [
        ("image/png", True), ("text/csv", True),
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["", "{", "[NaN]", "[1]"])
def test_a_form_without_a_statement_is_refused(client, given):
    answer = client.post("/api/papers/", {"statement": given})

    assert answer.status_code == 422


def test_a_file_that_is_too_large_is_refused_and_kept_nowhere(client, statement, settings):
    settings.UPLOAD_MB = 0
    form = {"statement": json.dumps(statement()), "files": SimpleUploadedFile("a.csv", TABLE)}

    assert refusal(client.post("/api/papers/", form)) == (
        "The file a.csv is larger than the 0 MB taken here."
    )
    assert count() == (0, 0, 0, 0)


def test_a_quota_holds_for_published_files_and_nothing_is_half_written(
    client, statement, settings, version
):
    settings.ANONYMOUS_STORAGE_MB = 0
    figure = FIGURE | {"product": [{"output": "rows", "file": "t.csv"}]}
    form = {
        "statement": json.dumps(statement(figure=[figure])),
        "files": SimpleUploadedFile("t.csv", TABLE),
    }

    answer = client.post("/api/papers/", form)

    assert (answer.status_code, answer.json()["id"]) == (429, "executor:user:quota")
    assert count() == (0, 0, 0, 0)


def test_runs_are_asked_for_in_the_name_of_who_states(client, statement, settings, sent):
    settings.ANONYMOUS_PENDING = 1
    second = FIGURE | {"slug": "second", "parameters": {"energy": 30}}

    answer = send(client, statement(figure=[FIGURE, second]))

    assert answer.status_code == 201
    assert list(answer.json()["unasked"]) == ["second"]
    assert Run.objects.count() == 1


# Changing what was stated


def test_a_paper_is_stated_anew_in_its_place(client, statement, stated_page, sent):
    words = WORDS | {"title": "On tripling"}
    renamed = FIGURE | {"slug": "tripled"}

    answer = send(
        client, statement(paper=words, figure=[renamed]), "/api/papers/lovelace-1843/", "put"
    )

    assert (answer.status_code, answer.json()["title"]) == (200, "On tripling")
    assert list(Figure.objects.values_list("slug", flat=True)) == ["tripled"]


def test_the_address_of_a_paper_stays(client, statement, stated_page):
    answer = send(
        client, statement(paper=WORDS | {"slug": "other"}), "/api/papers/lovelace-1843/", "put"
    )

    assert refusal(answer) == (
        "The paper is called lovelace-1843, and its address stays: do not change the slug."
    )


def test_a_field_is_changed_alone(client, stated_page):
    answer = send(
        client, {"paper": {"year": 1844}}, "/api/papers/lovelace-1843/", "patch"
    )  # fmt: skip

    assert (answer.json()["year"], answer.json()["title"]) == (1844, "On doubling")
    assert len(answer.json()["figures"]) == 1


def test_what_is_not_changed_keeps_its_run_and_its_checks(client, stated_page, run_of):
    figure = Figure.objects.get()
    run = run_of(figure)
    judge_run(run.pk)

    send(client, {"paper": {"year": 1844}}, "/api/papers/lovelace-1843/", "patch")

    figure.refresh_from_db()
    assert (figure.run, figure.checks.count(), figure.verdict) == (run, 1, "identical")


def test_another_request_drops_the_run(client, stated_page, run_of):
    figure = Figure.objects.get()
    judge_run(run_of(figure).pk)
    changed = {"slug": "ignored", "title": "Thrice", "parameters": {"energy": 30}, "value": [VALUE]}

    path = "/api/papers/lovelace-1843/figures/doubled/"
    answer = send(client, changed | {"workflow": None}, path, "put")
    assert answer.status_code == 422  # no workflow is named
    changed = changed | {"request": {"workflow": "double", "parameters": {"energy": 30}}}
    del changed["parameters"]
    answer = send(client, changed, path, "put")

    figure.refresh_from_db()
    assert (answer.status_code, figure.title, figure.run) == (200, "Thrice", None)
    assert figure.checks.count() == 1


def test_other_numbers_are_judged_once_more(client, stated_page, run_of):
    figure = Figure.objects.get()
    run = run_of(figure)
    judge_run(run.pk)
    request = {"workflow": "double"}
    changed = FIGURE | {"request": request, "value": [VALUE | {"published": 90.0}]}

    send(client, changed, "/api/papers/lovelace-1843/figures/doubled/", "put")

    figure.refresh_from_db()
    assert (figure.run, Check.objects.count(), figure.verdict) == (run, 0, "")
    judge_run(run.pk)
    assert Check.objects.get().verdict == "different"


def test_a_figure_is_added_and_taken_away(client, stated_page):
    second = FIGURE | {"slug": "second", "request": {"workflow": "double", "seed": 3}}
    path = "/api/papers/lovelace-1843/figures/"

    assert send(client, second, path).status_code == 201
    assert [item["slug"] for item in client.get(path).json()] == ["doubled", "second"]
    assert refusal(send(client, second, path)) == (
        "The paper has a figure of this slug: change it with PUT."
    )
    assert client.delete(f"{path}second/").status_code == 200
    assert client.delete(f"{path}second/").status_code == 404
    assert refusal(client.delete(f"{path}doubled/")) == (
        "A paper needs at least one figure, table row or number."
    )
    assert Figure.objects.get().slug == "doubled"


def test_files_that_were_sent_before_need_not_be_sent_again(client, statement, sent):
    figure = FIGURE | {"product": [{"output": "rows", "file": "t.csv"}],
                       "picture_published": "p.png", "picture_licence": "CC0-1.0"}  # fmt: skip
    form = {
        "statement": json.dumps(statement(figure=[figure])),
        "files": [SimpleUploadedFile("t.csv", TABLE), SimpleUploadedFile("p.png", png())],
    }
    client.post("/api/papers/", form)

    again = client.get("/api/papers/lovelace-1843/").json()["figures"]
    answer = send(client, {"figure": again}, "/api/papers/lovelace-1843/", "patch")

    assert (answer.status_code, answer.json()["figures"]) == (200, again)


# Who may


def test_a_paper_of_an_entry_is_changed_by_the_entry_alone(client, stated, statement, sent):
    add_paper(stated(workflow__slug="owner"))
    words = (
        "The paper lovelace-1843 is stated by the paper.toml of owner: change it there and "
        "register the entry again."
    )
    rows.VersionFactory(workflow__slug="double2", interface_json=INTERFACE)

    path = "/api/papers/lovelace-1843/"
    assert refusal(send(client, statement(), path, "put"), 409) == words
    assert refusal(send(client, {}, path, "patch"), 409) == words
    assert refusal(send(client, FIGURE | {"slug": "x"}, f"{path}figures/"), 409) == words
    assert refusal(client.delete(f"{path}figures/doubled/"), 409) == words
    assert client.post("/papers/lovelace-1843/edit", {}).status_code == 409
    assert refusal(send(client, statement()), 409) == (
        "There is a paper lovelace-1843 already: take another slug, or change that one."
    )
    assert Paper.objects.get().title == "On doubling"


def test_a_paper_without_figures_is_its_entrys(client, statement):
    rows.PaperFactory(slug="lovelace-1843")

    assert refusal(send(client, statement(), "/api/papers/lovelace-1843/", "put"), 409) == (
        "The paper lovelace-1843 is stated by the paper.toml of an entry: change it there and "
        "register the entry again."
    )


def test_a_paper_is_changed_by_who_stated_it(client, stated_page, statement):
    token = open_account("mallory", Share()).token

    answer = send(
        client, statement(), "/api/papers/lovelace-1843/", "put", Authorization=f"Bearer {token}"
    )

    assert refusal(answer, 409) == (
        "The paper lovelace-1843 was stated by somebody else, who alone may change it."
    )


def test_a_figure_of_somebody_else_is_not_taken_over(client, statement, sent):
    rows.FigureFactory(slug="doubled")

    assert refusal(send(client, statement()), 409) == (
        "There is a figure doubled already: take another slug."
    )


def test_an_entry_takes_over_what_a_page_stated_of_its_workflow(stated_page, stated, version):
    (figure,) = add_paper(stated(workflow=version.workflow, interface_json=INTERFACE))

    stated_page.refresh_from_db()
    assert (figure.stated_by, stated_page.stated_by) == ("entry:double", "entry:double")


def test_an_entry_of_another_workflow_does_not(stated_page, stated):
    with pytest.raises(Exception, match="The figure doubled belongs to another workflow"):
        add_paper(stated(workflow__slug="thief"))


def test_a_closed_service_takes_papers_from_accounts(client, statement, settings, sent):
    settings.REGISTRATION = "closed"
    token = open_account("ada", Share()).token

    answer = send(client, statement())
    assert (answer.status_code, answer.json()["id"]) == (403, "gallery:user:authoring-closed")
    wrong = send(client, statement(), Authorization="Bearer nobody")
    assert (wrong.status_code, wrong.json()["id"]) == (401, "executor:user:bad-token")
    assert count() == (0, 0, 0, 0)

    assert send(client, statement(), Authorization=f"Bearer {token}").status_code == 201
    assert Paper.objects.get().stated_by == "account:ada"


# Pages


FORM = {
    "slug": "lovelace-1843", "title": "On doubling", "doi": "10.1000/doubling",
    "authors": "Lovelace, A.\n\nBabbage, C.", "journal": "Notes 1, 1", "year": "1843",
    "workflow": "double", "version": "", "figures": toml_of({"figure": [FIGURE]}), "do": "save",
}  # fmt: skip


def text(answer) -> str:
    return answer.content.decode()


def test_a_form_states_a_paper(client, version, sent):
    answer = client.post("/papers/new", FORM)

    assert (answer.status_code, answer["Location"]) == (302, "/papers/lovelace-1843")
    assert Paper.objects.get().authors_json == ["Lovelace, A.", "Babbage, C."]
    assert Figure.objects.get().version == version


def test_the_form_shows_what_would_be_judged_and_writes_nothing(client, version):
    answer = client.post("/papers/new", FORM | {"do": "preview"})

    page = text(answer)
    assert answer.status_code == 200
    assert ("What would be judged" in page, "± 0.5 keV" in page) == (True, True)
    assert 'value="On doubling"' in page
    assert count() == (0, 0, 0, 0)


def test_what_was_wrong_stands_beside_its_field(client, version):
    figures = html.escape(ATTACK)
    answer = client.post(
        "/papers/new",
        FORM | {"doi": f"10.1000/{ATTACK} x", "year": "soon", "journal": ATTACK},
    )

    page = text(answer)
    assert answer.status_code == 422
    assert "The year &#x27;soon&#x27; is no number." in page
    assert (ATTACK in page, figures in page) == (False, True)
    assert count() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [
        ("doi", "x", "The doi &#x27;x&#x27; of the paper is none"),
        ("slug", "A", "The slug &#x27;A&#x27; of the paper is not of small letters"),
        ("workflow", "nothing", "There is no workflow nothing"),
        ("figures", "[[figure", "The figures are not TOML"),
        ("figures", "", "A paper needs at least one figure"),
        ("version", "9" * 5000, "is no number"),
        ("figures", "[paper]\nslug='x'", "A paper needs at least one figure"),
    ],
)
def test_a_field_that_is_wrong_is_marked(client, version, field, given, told):
    page = text(client.post("/papers/new", FORM | {field: given}))

    assert page.count(told) == 2  # once for all, once at the field
    assert page.count('aria-invalid="true"') == 1


def test_the_form_is_filled_with_what_is_stated(client, stated_page):
    page = text(client.get("/papers/lovelace-1843/edit"))

    assert 'value="On doubling"' in page
    assert html.escape('slug = "doubled"') in page


def test_the_form_changes_a_paper(client, stated_page):
    page = client.get("/papers/lovelace-1843/edit").context
    filled = {name: field.text for name, field in page["fields"].items()} | {"title": "Changed"}

    answer = client.post("/papers/lovelace-1843/edit", filled | {"do": "save"})

    assert answer.status_code == 302, text(answer)
    assert (Paper.objects.get().title, Figure.objects.count()) == ("Changed", 1)


def test_a_form_may_begin_with_a_workflow_or_a_run(client, version):
    run = rows.RunFactory(version=version)

    page = text(client.get(f"/papers/new?run={run.address}"))
    other = text(client.get("/papers/new?workflow=double"))

    assert html.escape(f'run = "{run.address}"') in page
    assert html.escape('output = "total"') in other
    for path in ("/papers/new", "/papers/new?workflow=%00", "/papers/new?run=%00"):
        assert client.get(path).status_code == 200


def test_a_token_in_the_form_names_an_account(client, version, settings, sent):
    settings.REGISTRATION = "closed"
    token = open_account("ada", Share()).token

    assert client.post("/papers/new", FORM).status_code == 403
    answer = client.post("/papers/new", FORM | {"token": token})

    assert answer.status_code == 302
    assert token not in text(client.get("/papers/lovelace-1843/edit"))
    page = text(client.post("/papers/new", FORM | {"token": token, "do": "preview"}))
    assert token not in page


def test_a_form_of_another_site_is_refused(version):
    answer = Client(enforce_csrf_checks=True).post("/papers/new", FORM)

    assert (answer.status_code, count()) == (403, (0, 0, 0, 0))


def test_there_is_no_form_for_what_is_not_there(client):
    assert client.get("/papers/nothing/edit").status_code == 404
    assert client.get("/papers/nothing/bibtex").status_code == 404


def test_a_paper_is_shown_in_as_many_questions_for_three_figures_as_for_one(
    client, django_assert_num_queries
):
    paper = rows.PaperFactory(slug="lovelace-1843")
    for _ in range(3):
        rows.FigureFactory(paper=paper)
        with django_assert_num_queries(4):
            assert client.get("/api/papers/lovelace-1843/").status_code == 200


def test_a_form_of_an_entrys_paper_says_where_it_is_changed(client, stated):
    add_paper(stated(workflow__slug="owner"))

    page = text(client.get("/papers/lovelace-1843/edit"))

    assert "is stated by the paper.toml of owner" in page
    assert "Save the changes" not in page


def test_a_note_without_doi_stays_one_when_it_is_changed(client, statement, sent):
    words = WORDS | {"doi": "", "unpublished": True}
    send(client, statement(paper=words))
    page = client.get("/papers/lovelace-1843/edit").context
    filled = {name: field.text for name, field in page["fields"].items()} | {"title": "Changed"}

    assert client.post("/papers/lovelace-1843/edit", filled).status_code == 302
    assert Paper.objects.get().title == "Changed"


# Citations


def test_a_paper_is_cited_as_bibtex(client):
    rows.PaperFactory(slug="lovelace-1843", title=f"On {ATTACK}")

    answer = client.get("/papers/lovelace-1843/bibtex")

    assert answer["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert text(answer).startswith("@article{Lovelace1843,\n")
    assert client.get("/api/papers/lovelace-1843/bibtex/").json() == {"bibtex": text(answer)}


@pytest.mark.parametrize("name", ["a\0b", "é" * 64, "0" * 65, "../../etc/passwd"])
def test_names_of_files_that_no_database_takes_are_refused(client, statement, sent, name):
    product = {"output": "rows", "label": "rows", "file": name, "source": "Table 1"}
    for figure in (FIGURE | {"product": [product]}, FIGURE | {"picture_published": name}):
        assert send(client, statement(figure=[figure])).status_code == 422
    assert count()[:2] == (0, 0)


def test_a_product_of_gigabytes_is_not_read_as_a_picture(client, statement, sent, monkeypatch):
    kept = rows.ProductFactory(data=png(), media_type="image/png")
    monkeypatch.setattr(files, "READ_AT_MOST", 10)

    figure = FIGURE | {"picture_published": kept.digest, "picture_licence": "CC-BY-4.0"}
    answer = send(client, statement(figure=[figure]))

    assert "is not among its files" in refusal(answer)


def test_a_trial_of_a_diagnosis_gives_no_figure(client, version, statement, sent):
    run = rows.finished_run(version__workflow__is_hidden=True)
    figure = FIGURE | {"request": {"run": run.address}}

    assert "is a trial that a diagnosis made" in refusal(send(client, statement(figure=[figure])))
