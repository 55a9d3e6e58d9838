"""Pages of workflows: the list, one version with its form, and registration."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.safestring import SafeString

from catalogue.domain.interface import Parameter
from catalogue.models import Version, VersionTerm
from catalogue.pages import workflows
from catalogue.pages.workflows import Field
from lib import baselines, panels
from lib.baselines import Baseline
from ontology.actions import load_vocabularies
from ontology.domain.kinds import ParameterKind
from tests.factories import entries
from tests.factories.rows import ABOUT, VersionFactory

pytestmark = pytest.mark.django_db

INTERFACE = {
    "parameters": [
        {"name": "energy", "kind": "float", "default": 20.0, "unit": "keV", "minimum": 1.0,
         "maximum": 500.0, "label": "energy"},
        {"name": "times", "kind": "integer", "default": 2},
        {"name": "points", "kind": "list", "default": [1, 2.5]},
        {"name": "double", "kind": "boolean", "default": True},
        {"name": "band", "kind": "string", "default": "hard", "choices": ["soft", "hard"]},
    ],
    "outputs": [{"name": "total", "kind": "number", "unit": "keV", "label": "total"}],
}  # fmt: skip
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _no_panels(monkeypatch):
    """What apps above add to a page is tested with them."""
    monkeypatch.setattr(panels, "_added", panels.defaultdict(dict))


@pytest.fixture
def doubling():
    return VersionFactory(workflow__slug="doubling", number=2, interface_json=INTERFACE)


@pytest.fixture
def fields(monkeypatch, client, doubling):
    """The fields of the form, by name, for a query string."""
    seen = {}
    render = workflows.render

    def listen(request, template, context):
        seen.update({field.parameter.name: field for field in context["fields"]})
        return render(request, template, context)

    def ask(**query):
        assert client.get("/workflows/doubling", query).status_code == 200
        return seen

    monkeypatch.setattr(workflows, "render", listen)
    return ask


def text(answer):
    return answer.content.decode()


def titles(answer):
    return re.findall(r'<h2><a href="(/workflows/[^"]+)"', text(answer))


# The list


def test_the_list_leads_to_every_workflow(client):
    for slug in ("b", "a"):
        VersionFactory(workflow__slug=slug)
    VersionFactory(workflow__slug="draft", is_draft=True)
    assert titles(client.get("/workflows/")) == ["/workflows/a", "/workflows/b"]


def test_the_list_is_searched_by_words_and_by_term(client):
    load_vocabularies()
    for slug, term in {"binary": "XRayBinary", "pulsar": "Pulsar"}.items():
        version = VersionFactory(workflow__slug=slug)
        VersionTerm.objects.create(version=version, term=term, role="parameter")
    assert titles(client.get("/workflows/", {"q": "puls"})) == ["/workflows/pulsar"]
    assert titles(client.get("/workflows/", {"term": "BinaryStar"})) == ["/workflows/binary"]
    assert titles(client.get("/workflows/", {"q": "zz"})) == []


@pytest.mark.parametrize("name", ["q", "term"])
def test_what_is_searched_for_is_shown_as_text(client, name):
    page = text(client.get("/workflows/", {name: ATTACK}))
    assert (ATTACK in page, html.escape(ATTACK) in page) == (False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_list_asks_no_more_questions(client, rows, django_assert_num_queries):
    VersionFactory.create_batch(rows)
    with django_assert_num_queries(2):  # how many there are, and the versions with workflows
        assert len(titles(client.get("/workflows/"))) == rows


# One version


def test_the_page_of_a_workflow_is_its_newest_version(client, doubling):
    VersionFactory(workflow=doubling.workflow, number=3, is_draft=True)
    page = text(client.get("/workflows/doubling"))
    assert "<h1>A doubled number</h1>" in page
    assert 'name="reprise-version" value="2"' in page


def test_a_draft_shows_its_findings_and_no_form(client):
    finding = {"severity": "must", "id": "catalogue/lock", "place": "requirements.lock, line 1",
               "what": ATTACK, "mend": "Make the lock."}  # fmt: skip
    VersionFactory(workflow__slug="doubling", number=1, is_draft=True, findings_json=[finding])
    page = text(client.get("/workflows/doubling/1"))
    assert ("requirements.lock, line 1" in page, 'action="/runs/"' in page) == (True, False)
    assert ATTACK not in page


def test_words_of_strangers_are_shown_as_text(client):
    interface = {
        "parameters": [{"name": "x", "kind": "string", "default": ATTACK, "label": ATTACK,
                        "description": ATTACK, "group": ATTACK, "choices": [ATTACK]}],
        "outputs": [{"name": "y", "kind": "number", "unit": ATTACK, "label": ATTACK,
                     "term": ATTACK}],
    }  # fmt: skip
    about = dict.fromkeys(["title", "abstract", "version", "licence"], ATTACK) | {
        "people": [{"given": ATTACK, "orcid": f"javascript:{ATTACK}", "affiliation": ATTACK}],
        "keywords": [ATTACK], "references": [ATTACK, "javascript:alert(1)"],
    }  # fmt: skip
    data = {"name": ATTACK, "sha256": "0" * 64, "size": 1, "url": "javascript:alert(1)"}
    VersionFactory(workflow__slug="evil", title=ATTACK, commit="c", source=ATTACK, data_json=[data],
                   about_json=about, interface_json=interface)  # fmt: skip
    for path in ("/workflows/evil", "/workflows/"):
        page = text(client.get(path))
        assert ATTACK not in page
        assert re.findall(r'(?:href|src)="(?!/|https://|#)[^"]*"', page) == []


def test_what_upper_apps_add_is_on_the_page(client, doubling):
    panels.add("workflow", "figures", lambda _request, version: SafeString(f"<p>of {version}</p>"))
    assert "<p>of doubling 2</p>" in text(client.get("/workflows/doubling"))


@pytest.mark.parametrize("path", ["/workflows/tripling", "/workflows/doubling/7"])
def test_what_is_not_there_has_a_page_that_says_so(client, doubling, path):
    answer = client.get(path)
    assert doubling.number != 7
    assert (answer.status_code, "No such workflow" in text(answer)) == (404, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_more_files_and_versions_ask_no_more_questions(
    client, doubling, rows, django_assert_num_queries
):
    for number in range(3, 3 + rows):
        doubling.files.create(path=f"{number}.csv", digest="d" * 64, size=7)
        VersionFactory(workflow=doubling.workflow, number=number, is_draft=True)
    with django_assert_num_queries(3):  # the version, its files, the other versions
        assert text(client.get("/workflows/doubling")).count(".csv") == rows


@pytest.mark.parametrize("path", ["/workflows/", "/workflows/doubling", "/workflows/doubling/2"])
def test_pages_are_only_read(client, doubling, path):
    assert doubling.number == 2
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(path).status_code == 405


# The form


def test_the_form_shows_the_defaults(fields):
    shown = fields()
    assert {name: (field.text, field.changed, field.fault) for name, field in shown.items()} == {
        "energy": ("20.0", False, ""),
        "times": ("2", False, ""),
        "points": ("[1, 2.5]", False, ""),
        "double": ("true", False, ""),
        "band": ("hard", False, ""),
    }


def test_the_query_string_fills_the_form(fields):
    shown = fields(energy="0.03 MeV", times="3", double="false", band="soft", points="[2.5, 1]")
    assert {name: (field.text, field.changed) for name, field in shown.items()} == {
        "energy": ("30.0", True),
        "times": ("3", True),
        "points": ("[2.5, 1]", True),
        "double": ("false", True),
        "band": ("soft", True),
    }


def test_a_form_sent_as_it_was_shown_changes_nothing(fields):
    shown = {name: field.text for name, field in fields().items()}
    again = fields(**shown)
    assert [field.changed for field in again.values()] == [False] * 5


def test_a_fault_stands_beside_what_was_written(fields):
    energy = fields(energy="600 keV", unknown="x")["energy"]
    assert (energy.text, energy.changed, energy.fault) == (
        "600 keV", False, "600 keV is too large: write at most 500 keV.",
    )  # fmt: skip


def test_what_the_query_string_says_is_shown_as_text(client, doubling):
    page = text(
        client.get("/workflows/doubling", {"energy": ATTACK, "fault": ATTACK, "seed": ATTACK})
    )
    assert doubling.number == 2
    assert ATTACK not in page


@pytest.mark.parametrize(
    ("minimum", "maximum", "words"),
    [(1.0, 500.0, "from 1 to 500"), (0.5, None, "at least 0.5"), (None, 3, "at most 3"),
     (None, None, "")],
)  # fmt: skip
def test_limits_are_told_in_words(minimum, maximum, words):
    parameter = Parameter("x", ParameterKind.FLOAT, minimum=minimum, maximum=maximum)
    assert Field(parameter, shown=1.0, changed=False, fault="").limits == words


def test_a_field_shows_text_as_it_is_and_other_values_as_json():
    def field(kind, shown, default=None):
        parameter = Parameter("x", ParameterKind(kind), default=default)
        return Field(parameter, shown=shown, changed=False, fault="")

    assert field("string", "a").text == "a"
    assert field("structure", {"a": None}).text == '{"a": null}'
    assert field("float", None).text == ""
    assert field("string", "a", default="b").default == "b"
    assert field("list", [1], default=[2]).default == "[2]"
    assert (field("integer", 1).step, field("float", 1.0).step) == ("1", "any")


# The form held against a figure


@pytest.fixture
def crab(monkeypatch):
    """A figure that was published at 30 keV, which the gallery knows."""
    found = Baseline("crab", "The Crab", "/figures/crab", {"energy": 30.0}, 7)
    known = {"gallery": lambda name, _version: found if name == "crab" else None}
    monkeypatch.setattr(baselines, "_added", known)
    return found


@pytest.mark.parametrize("name", ["figure", "reprise-figure"])
def test_a_figure_says_what_was_published(client, doubling, crab, name):
    page = text(client.get("/workflows/doubling", {name: "crab"}))
    assert doubling.number == 2
    assert f'<a href="{crab.href}">The Crab</a>' in page
    assert 'name="reprise-figure" value="crab"' in page
    assert "Published: <b>30.0</b> keV." in page
    assert (
        'name="reprise-seed" type="text" inputmode="numeric" pattern="[0-9]{1,10}" value="7"'
        in (page)
    )


def test_an_unknown_figure_leaves_the_authors_values(client, doubling, crab):
    page = text(client.get("/workflows/doubling", {"figure": ATTACK}))
    assert (doubling.number, crab.name) == (2, "crab")
    assert ("value: <b>20.0</b> keV." in page, ATTACK in page) == (True, False)


def test_a_parameter_called_figure_is_no_name_of_a_figure(client, crab):
    interface = {"parameters": [{"name": "figure", "kind": "string", "default": "x"}]}
    VersionFactory(workflow__slug="drawn", interface_json=interface)
    page = text(client.get("/workflows/drawn", {"figure": crab.name}))
    assert ("Held against" in page, 'value="crab"' in page) == (False, True)


def test_a_form_kept_as_a_link_becomes_the_shortest_address_with_all_of_it(client, doubling, crab):
    sent = {"reprise-workflow": "doubling", "reprise-version": "2", "reprise-figure": crab.name,
            "energy": "0.04 MeV", "times": "2", "points": "[1, 2.5]", "double": ["false", "true"],
            "band": "hard", "reprise-seed": "7", "reprise-source": ""}  # fmt: skip
    answer = client.get(doubling.get_absolute_url(), sent)
    assert answer["Location"] == "/workflows/doubling/2?energy=40.0&reprise-figure=crab#run"


def test_no_address_holds_the_token_of_the_form(client, doubling):
    page = text(client.get(doubling.get_absolute_url()))
    form = page[page.index('<form class="sheet') : page.index("</form>")]
    token = 'name="csrfmiddlewaretoken"'
    assert len(re.findall(f"<button[^>]*{token}", form)) == form.count(token) == 2


def test_a_source_is_asked_for_where_a_parameter_takes_its_place(client, doubling):
    interface = {"parameters": [{"name": "ra", "kind": "float", "default": 1.0, "unit": "deg",
                                 "term": "RightAscension"}]}  # fmt: skip
    VersionFactory(workflow__slug="placed", interface_json=interface)
    found = text(client.get("/workflows/placed", {"reprise-source": ATTACK, "reprise-by": "NED"}))
    assert 'formaction="/names/fill" formmethod="get"' in found
    assert (ATTACK in found, "was resolved by NED" in found) == (False, True)
    assert "/names/fill" not in text(client.get(doubling.get_absolute_url()))


def test_the_api_says_of_each_text_what_it_is_and_changes(client, doubling, crab):
    path = f"/api{doubling.get_absolute_url()}/form/"
    found = client.get(path, {"energy": "0.03 MeV", "times": "x", "reprise-figure": crab.name})
    energy, times, *rest = found.json()
    assert energy == {"name": "energy", "text": "30.0", "published": "30.0", "changed": False,
                      "fault": ""}  # fmt: skip
    assert (times["text"], times["fault"][:19]) == ("x", "'x' is not a number")
    assert [item["changed"] for item in rest] == [False] * 3
    assert client.get("/api/workflows/doubling/9/form/").status_code == 404


# Registration


def test_the_form_takes_an_address_or_a_file(client):
    page = text(client.get("/register"))
    named = set(re.findall(r'name="([^"]+)"', page))
    assert {"source", "file", "slug"} - named == set()


def test_an_upload_leads_to_its_version(client):
    upload = SimpleUploadedFile("doubling.ipynb", entries.simple_notebook())
    answer = client.post("/register", {"file": upload, "slug": "twice"})
    assert (answer.status_code, answer["Location"]) == (302, "/workflows/twice/1")


def test_what_was_wrong_is_said_beside_what_was_written(client):
    answer = client.post("/register", {"source": f'ssh://host/"{ATTACK}'})
    page = text(answer)
    assert answer.status_code == 422
    assert "Write the https address of a git repository" in page
    assert (ATTACK in page, html.escape(f'ssh://host/"{ATTACK}') in page) == (False, True)


def test_a_closed_service_says_so(client, settings):
    settings.REGISTRATION = "closed"
    answer = client.post("/register", {"source": "https://example.org/x.git"})
    assert (answer.status_code, "Registration is closed here" in text(answer)) == (403, True)
    assert Version.objects.count() == 0


def test_a_form_of_another_site_is_refused():
    answer = Client(enforce_csrf_checks=True).post("/register", {"source": "https://h/x.git"})
    assert answer.status_code == 403
    assert Version.objects.count() == 0


def test_a_version_without_a_citation_has_its_page(client):
    VersionFactory(workflow__slug="bare", about_json={}, interface_json={})
    assert ABOUT["title"] in text(client.get("/workflows/bare"))
