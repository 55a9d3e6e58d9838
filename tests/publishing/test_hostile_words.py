r"""Words of strangers in everything that is written of a release: they stay words.

What somebody types is tried as HTML, TeX, YAML and Markdown; what a repository answers as HTML and
as commands of a terminal.
"""

import io
import json
import zipfile
from contextlib import closing
from html.parser import HTMLParser

import pytest
import yaml
from django.core.management import call_command

from publishing.actions import draft_release, freeze_release, withdraw_release
from publishing.actions.depositing import deposit_on_shelf
from publishing.domain.formats import FORMATS
from publishing.domain.inveniordm_answers import faults_of, remote_of
from publishing.domain.remote import Stage
from publishing.domain.repositories import read_repositories
from publishing.models import Deposit, Release
from tests.publishing.factories import RunFactory
from tests.publishing.test_deposits_asking import TOML

pytestmark = pytest.mark.django_db
HTML = "</script></title></textarea>\"><script>alert(1)</script><img src=x onerror=alert(2)>'"
TEX = r"\input{/etc/passwd}\write18{id}%\catcode`\%=12 $x$ #1 ~^ \end{document}"
YAML = "--- !!python/object/apply:os.system ['id'] # : - {a: [b"
MARKDOWN = "](javascript:alert(1)) ``` [x]: javascript:alert(1)"
ATTACKS = [HTML, TEX, YAML, MARKDOWN]
TERMINAL = "\x1b[2J\x1b]0;mine\x07\r\nfaked line \u202e"
ARABIC = "\N{ARABIC-INDIC DIGIT ZERO}"
LINKS = frozenset({"href", "src", "action", "formaction"})


class Found(HTMLParser):
    """What of a page would run, or leads to a program instead of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "script" and "src" not in known and known.get("type") != "application/ld+json":
            self.running.append(tag)
        for name, value in attrs:
            is_program = name in LINKS and (value or "").strip().lower().startswith("javascript:")
            if name.startswith("on") or is_program or (tag, name, value) == ("img", "src", "x"):
                self.running.append((tag, name, value))


def running(page: bytes) -> list[object]:
    """What would run in a page."""
    found = Found()
    found.feed(page.decode())
    found.close()
    return found.running


def said(words: str) -> dict[str, object]:
    """A draft in which these words stand wherever words may."""
    return {
        "runs": [RunFactory().address], "title": words, "description": words, "licence": "MIT",
        "keywords": [words], "embargo_reason": words, "language": words[:30],
        "people": [{"given": words, "family": words, "affiliation": words,
                    "roles": ["author", "DataCurator"]}, {"family": f"x{words}"}],
        "funding": [{"funder": words, "number": words, "title": words,
                     "url": 'https://a.b/"><script>alert(1)</script>'}],
        "related": [{"identifier": 'https://a.b/"><script>alert(1)</script>', "title": words},
                    {"identifier": "10.1234/</script><script>alert(1)</script>"},
                    {"identifier": "10.1234/}\\input{x}", "title": words},
                    {"identifier": "1abc/'><script>", "scheme": "handle"}],
        "communities": {"sandbox": [words]},
    }  # fmt: skip


@pytest.fixture(params=ATTACKS, ids=["html", "tex", "yaml", "markdown"])
def attacked(request, client, settings) -> Release:
    """A public release full of such words, whose other deposit failed with such an answer."""
    settings.REPOSITORIES = read_repositories(TOML)
    body = json.dumps(said(request.param))
    made = client.post("/api/releases/", body, content_type="application/json").json()
    release = Release.objects.get(pk=made["id"])
    freeze_release(release)
    deposit_on_shelf(release)
    Deposit.objects.create(
        release=release, repository="sandbox", state="failed", error=request.param,
        error_id=request.param, errors_json={request.param: request.param},
        waits_for=request.param, remote_url="javascript:alert(1)", concept_doi=f"10.5072/{HTML}",
        doi=f"10.5072/{HTML}",
    )  # fmt: skip
    return release


@pytest.mark.parametrize("state", ["failed", "published"])
def test_no_page_runs_what_somebody_typed(client, attacked, state):
    Deposit.objects.filter(repository="sandbox").update(state=state)
    product = attacked.runs.get().outputs.first().product_id
    paths = [
        f"/releases/{attacked.pk}", f"/releases/{attacked.pk}/edit", "/releases/", "/deposits/",
        f"/releases/{attacked.pk}/products/{product}", attacked.runs.get().get_absolute_url(),
    ]  # fmt: skip

    assert {path: running(client.get(path).content) for path in paths} == {
        path: [] for path in paths
    }


def test_no_tombstone_runs_why_it_was_withdrawn(client, attacked):
    withdraw_release(attacked, attacked.description)

    page = client.get(f"/releases/{attacked.pk}")

    assert (page.status_code, running(page.content)) == (410, [])


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_still_one_document(client, attacked, name):
    text = client.get(f"/releases/{attacked.pk}/citation?format={name}").content.decode()

    if "json" in FORMATS[name].media_type:
        assert isinstance(json.loads(text), dict)
    elif name == "cff":
        assert yaml.safe_load(text)["title"] == " ".join(attacked.title.split())
    elif name == "bibtex":
        assert (text.count("@misc{"), text.count("{"), "\\input{" in text) == (
            1, text.count("}"), False,
        )  # fmt: skip
    else:
        assert text.count("TY  - ") == (name == "ris")


def test_the_crate_runs_nothing_in_a_browser(client, attacked):
    answer = client.get(f"/api/releases/{attacked.pk}/crate/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    assert running(archive.read("ro-crate-preview.html")) == []


def test_headers_hold_no_words_of_strangers(client, attacked):
    pages = [f"/releases/{attacked.pk}", f"/releases/{attacked.pk}/citation?format=ris",
             f"/api/releases/{attacked.pk}/crate/", f"/releases/{attacked.pk}/linkset"]  # fmt: skip
    told = []
    for page in pages:
        with closing(client.get(page)) as answer:
            told += [answer.get(name, "") for name in ("Link", "Content-Disposition")]

    assert [value for value in told if "script>" in value or "\\" in value or "\n" in value] == []


def test_an_answer_writes_no_commands_into_a_terminal(settings):
    settings.REPOSITORIES = read_repositories(TOML)
    answer = {"errors": [{"field": f"metadata.{TERMINAL}", "messages": [TERMINAL * 100]}]}
    faults = faults_of(answer)
    told = " ".join([*faults, *faults.values()])
    release = draft_release([RunFactory()])
    Deposit.objects.create(release=release, repository="sandbox", state="failed", error=told)
    out = io.StringIO()

    call_command("deposits", stdout=out)

    assert (told.isprintable(), max(map(len, faults.values())) <= 300) == (True, True)
    assert out.getvalue().replace("\n", "").isprintable()


@pytest.mark.parametrize("strange", [TERMINAL, "a\x00b", "x" * 501])
def test_an_answer_names_nothing_that_cannot_be_kept(strange):
    raw = {"id": strange, "parent": {"id": strange}, "links": {"self_html": strange},
           "pids": {"doi": {"identifier": strange}}}  # fmt: skip

    seen = remote_of(raw, stage=Stage.DRAFT)

    assert (seen.id, seen.parent, seen.url, seen.doi) == ("", "", "", "")


def test_a_run_released_by_itself_hides_no_letters(client):
    """What the catalogue took in long ago is judged like what somebody types."""
    run = RunFactory(version__about_json={"title": "x", "abstract": "a\u202eb", "licence": "MIT",
                                          "people": [{"given": "A", "family": "B"}]})  # fmt: skip

    answer = client.post("/api/releases/", {"run": run.address})

    assert (answer.status_code, Deposit.objects.count()) == (422, 0)


def test_an_orcid_in_other_digits_is_no_link(client):
    people = [
        {"given": "A", "family": "B", "orcid": f"https://orcid.org/{ARABIC * 4}-0002-1825-0097"}
    ]
    about = {"title": "x", "abstract": "a", "licence": "MIT", "people": people}

    answer = client.post("/api/releases/", {"run": RunFactory(version__about_json=about).address})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["publishing/orcid-shape"])
