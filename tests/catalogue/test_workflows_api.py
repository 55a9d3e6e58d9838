"""``/api/workflows/``: lists, one version, registration, and every way it can go wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import Version, VersionTerm
from ontology.actions import load_vocabularies
from tests.factories import entries
from tests.factories.rows import ABOUT, INTERFACE, VersionFactory

pytestmark = pytest.mark.django_db
LIST = "/api/workflows/"
CREATED = "2026-01-02T03:04:05Z"


def upload(name="doubling.ipynb", data=None):
    return {"file": SimpleUploadedFile(name, data or entries.simple_notebook())}


def post_json(client, body):
    return client.post(LIST, body, content_type="application/json")


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.json()


# Lists


def test_a_list_has_the_newest_version_of_each_workflow(client):
    version = VersionFactory(workflow__slug="doubling", number=2, created_at=CREATED)
    VersionFactory(workflow=version.workflow, number=1)
    VersionFactory(workflow=version.workflow, number=3, is_draft=True)
    assert client.get(LIST).json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "workflow": "doubling",
                "version": 2,
                "digest": version.digest,
                "title": "A doubled number",
                "draft": False,
                "url": "/workflows/doubling/2",
                "created_at": CREATED,
            }
        ],
    }


def test_a_list_is_searched_by_words_and_by_term(client):
    load_vocabularies()
    for slug, term in {"binary": "XRayBinary", "sun": "Sun", "pulsar": "Pulsar"}.items():
        version = VersionFactory(workflow__slug=slug, title=f"The {slug}")
        VersionTerm.objects.create(version=version, term=term, role="parameter")

    def slugs(**query):
        return [item["workflow"] for item in client.get(LIST, query).json()["results"]]

    assert slugs(term="BinaryStar") == ["binary"]
    assert slugs(q="the pulsar") == ["pulsar"]
    assert slugs(term="CelestialObject") == ["binary", "pulsar", "sun"]
    assert slugs(term="CelestialObject", q="sun") == ["sun"]
    assert slugs(q="x" * 5000) == []


def test_a_list_is_paged(client):
    for slug in ("a", "b", "c"):
        VersionFactory(workflow__slug=slug)
    first = client.get(LIST, {"page_size": 2}).json()
    second = client.get(first["next"]).json()
    assert [item["workflow"] for item in first["results"]] == ["a", "b"]
    assert [item["workflow"] for item in second["results"]] == ["c"]
    assert (first["count"], first["previous"], second["next"]) == (3, None, None)


@pytest.mark.parametrize("page", ["0", "7", "x", "-1"])
def test_a_page_that_is_not_there_is_a_problem(client, page):
    found = problem(client.get(LIST, {"page": page}))
    assert (found["status"], found["id"]) == (404, "reprise:user:not-found")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_list_asks_no_more_questions(client, rows, django_assert_num_queries):
    VersionFactory.create_batch(rows)
    with django_assert_num_queries(2):  # how many there are, and a page of them
        assert len(client.get(LIST).json()["results"]) == rows


# One version


def test_a_version_is_shown_with_all_that_is_known(client):
    version = VersionFactory(
        workflow__slug="doubling", number=2, created_at=CREATED, commit="c" * 40
    )
    version.files.create(path="double.ipynb", digest="d" * 64, size=7)
    expected = {
        "workflow": "doubling",
        "version": 2,
        "digest": version.digest,
        "title": "A doubled number",
        "draft": False,
        "url": "/workflows/doubling/2",
        "created_at": CREATED,
        "source": "folder:doubling",
        "commit": "c" * 40,
        "main": "double.ipynb",
        "runtime": "notebook",
        "about": ABOUT,
        "interface": INTERFACE,
        "statements": [],
        "data": [],
        "findings": [],
        "files": [{"path": "double.ipynb", "digest": "d" * 64, "size": 7}],
    }
    assert client.get("/api/workflows/doubling/").json() == expected
    assert client.get("/api/workflows/doubling/2/").json() == expected


@pytest.mark.parametrize("rows", [1, 3])
def test_more_files_and_versions_ask_no_more_questions(client, rows, django_assert_num_queries):
    version = VersionFactory(workflow__slug="doubling", number=9)
    for number in range(rows):
        version.files.create(path=str(number), digest="d" * 64, size=7)
        VersionFactory(workflow=version.workflow, number=number)
    with django_assert_num_queries(2):  # the version, and its files
        assert len(client.get("/api/workflows/doubling/").json()["files"]) == rows


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("tripling/", "workflow tripling"),
        ("tripling/1/", "version 1 of tripling"),
        ("doubling/7/", "version 7 of doubling"),
        ("doubling/0/", "version 0 of doubling"),
        ("doubling/99999999999999999999/", "version 99999999999999999999 of doubling"),
    ],
)
def test_what_is_not_there_is_a_problem(client, path, what):
    VersionFactory(workflow__slug="doubling", number=1)
    assert problem(client.get(f"/api/workflows/{path}")) == {
        "type": "/docs/errors#catalogue:user:unknown-workflow",
        "title": "No such workflow",
        "status": 404,
        "detail": f"There is no {what}; /api/workflows/ lists what there is.",
        "id": "catalogue:user:unknown-workflow",
    }


@pytest.mark.parametrize("path", ["doubling/x/", "a%2fb/", "..%2f..%2fetc/", "a b/", "é/"])
def test_a_path_that_names_no_workflow_is_not_found(client, path):
    assert client.get(f"/api/workflows/{path}").status_code == 404


# Registration


def test_an_upload_becomes_a_version(client):
    answer = client.post(LIST, upload() | {"slug": "twice"})
    version = Version.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "workflow": "twice",
            "version": 1,
            "digest": version.digest,
            "created": True,
            "draft": True,  # a notebook alone has no licence
            "findings": version.findings_json,
            "url": "/workflows/twice/1",
        },
    )


def test_the_same_upload_again_changes_nothing(client):
    first = client.post(LIST, upload())
    again = client.post(LIST, upload())
    assert (again.status_code, again.json()) == (200, first.json() | {"created": False})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "Give a git address as source, or a notebook or zip as file."),
        ({"source": 7}, "Give a git address as source, or a notebook or zip as file."),
        ({"source": "/etc"},
         "Write the https address of a git repository, such as https://host/name.git@v1."),
        ({"source": "file:///etc"},
         "This address is not visited: only https addresses are fetched, not file."),
        ({"source": "http://127.0.0.1/x.git"},
         "This address is not visited: only https addresses are fetched, not http."),
        ({"source": "https://[::1/x.git"}, "This address is not visited: the address is not one."),
        ([], "Give a git address as source, or a notebook or zip as file."),
        ('"text"', "Give a git address as source, or a notebook or zip as file."),
    ],
)  # fmt: skip
def test_a_source_that_is_none_is_a_problem(client, body, detail):
    assert problem(post_json(client, body)) == {
        "type": "/docs/errors#catalogue:user:unreadable-source",
        "title": "The source cannot be read",
        "status": 422,
        "detail": detail,
        "id": "catalogue:user:unreadable-source",
    }


def test_a_file_that_is_no_entry_is_a_problem_with_its_place(client):
    sentence = "It is not JSON: save it again with Jupyter."
    assert problem(client.post(LIST, upload(data=b"PK"))) == {
        "type": "/docs/errors#catalogue:user:not-an-entry",
        "title": "This is not an entry",
        "status": 422,
        "detail": f"doubling.ipynb cannot be read. {sentence}",
        "id": "catalogue:user:not-an-entry",
        "errors": {"doubling.ipynb": f"{sentence} "},
    }


def test_a_file_that_is_neither_notebook_nor_zip_is_a_problem(client):
    found = problem(client.post(LIST, upload("x.zip", b"MZ")))
    assert (found["status"], found["detail"]) == (
        422, "x.zip is neither a notebook nor a zip: File is not a zip file.",
    )  # fmt: skip


def test_a_closed_service_says_so(client, settings):
    settings.REGISTRATION = "closed"
    assert problem(client.post(LIST, upload())) == {
        "type": "/docs/errors#catalogue:user:registration-closed",
        "title": "Registration is closed here",
        "status": 403,
        "detail": "The operator of this service registers entries by hand: ask them.",
        "id": "catalogue:user:registration-closed",
    }


@pytest.mark.parametrize("body", ["{", "nan", '{"source": NaN}', "\x00"])
def test_malformed_json_is_a_problem(client, body):
    answer = client.generic("POST", LIST, body, content_type="application/json")
    found = problem(answer)
    assert (found["status"], found["id"]) == (400, "reprise:user:parse_error")


def test_another_media_type_is_a_problem(client):
    found = problem(client.post(LIST, "<x/>", content_type="application/xml"))
    assert (found["status"], found["id"]) == (415, "reprise:user:unsupported_media_type")


# Methods


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_with_what_is_allowed(client, method):
    answer = getattr(client, method)(LIST)
    assert problem(answer) == {
        "type": "/docs/errors#reprise:user:method_not_allowed",
        "title": "The request was refused",
        "status": 405,
        "detail": f'Method "{method.upper()}" not allowed.',
        "id": "reprise:user:method_not_allowed",
    }
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_version_is_immutable(client, method):
    version = VersionFactory(workflow__slug="doubling", number=1)
    answer = getattr(client, method)("/api/workflows/doubling/1/")
    assert (problem(answer)["status"], answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert Version.objects.get() == version


@pytest.mark.parametrize("path", [LIST, "/api/workflows/doubling/", "/api/workflows/doubling/1/"])
def test_head_and_options_answer_without_change(client, path):
    VersionFactory(workflow__slug="doubling", number=1)
    head, options, get = client.head(path), client.options(path), client.get(path)
    assert (head.status_code, head.content, options.status_code) == (200, b"", 200)
    assert head["Content-Type"] == get["Content-Type"] == "application/json"
    assert Version.objects.count() == 1
