"""WorkflowHub: crates are submitted, and what was made of them is read back."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lib import store
from publishing.actions import minted, release_run
from publishing.actions.stepping import carry_on
from publishing.adapters import crate_zip
from publishing.adapters.repositories.factory import open_at
from publishing.domain.record import Record, Related, details_to_json
from publishing.domain.remote import Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.domain.workflowhub import Identity, faults, identity_of
from publishing.errors import (
    LostBytesError,
    MisconfiguredError,
    NotAnsweringError,
    RefusedError,
    TokenError,
)
from publishing.models import Deposit, Release
from publishing.queries import release_of
from publishing.queries.deposits import wanted_files
from publishing.queries.describing import main_deposit
from publishing.queries.released import released
from tests.publishing.factories import RunFactory
from tests.publishing.formats.records import RECORD, thorough
from tests.publishing.repositories.fake_workflowhub import Refused, Workflow, served

ROOT = Path(__file__).resolve().parents[3]
BUNDLE = ROOT.parent / "shared/contracts/workflowhub/openapi-v3.bundled.json"
CONCEPT = "https://reprise.example.org/releases/concept/"
SOURCE = "https://reprise.example.org/releases/abcd2345"
DOI = "10.5281/zenodo.2"
MINTED = "10.48546/workflowhub.workflow.100.1"
KEY = "urn:uuid:11111111-2222-3333-4444-555555555555"


@pytest.fixture
def hub(socket_enabled):
    with served() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _token(monkeypatch):
    monkeypatch.setenv("HUB_TOKEN", "right-one")


def metadata(*, version="1", doi=DOI, **root):
    """The metadata of a crate."""
    known = {
        "@id": "./", "@type": "Dataset", "name": "Half", "url": SOURCE, "version": version,
        "identifier": {"@id": f"https://doi.org/{doi}"}, "mainEntity": {"@id": "half.ipynb"},
    } | root  # fmt: skip
    graph = [
        {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}},
        {name: value for name, value in known.items() if value},
        {"@id": "half.ipynb", "@type": "ComputationalWorkflow"},
    ]
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})


def packed(text=None, **root):
    """A crate in the store, as a deposit has it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("ro-crate-metadata.json", metadata(**root) if text is None else text)
    crate = store.put(data.getvalue())
    return (WantedFile("reprise-x.crate.zip", len(data.getvalue()), "0" * 32, crate),)


def opened(hub, files=(), **more):
    place = {"token_env": "HUB_TOKEN"}
    settings = RepositorySettings(
        "hub", Kind.WORKFLOWHUB, hub.url, production=False, projects=(7,), **place
    )
    return open_at(settings, packed=lambda: files, **more)


def submitted(hub, files):
    """What comes of a deposit of these files."""
    repository = opened(hub, files)
    return repository.publish(repository.create({"key": KEY}))


def versions(hub):
    return [(item.id, [version.name for version in item.versions]) for item in hub.workflows]


def test_a_draft_lies_here_and_nothing_is_sent(hub):
    repository = opened(hub, packed())
    words = repository.metadata(Record("Half"), key=KEY, page=SOURCE, published="2026-03-01")
    draft = repository.create(words)

    assert (draft.stage, draft.key) == (Stage.DRAFT, KEY)
    assert repository.find(KEY) == repository.look(draft.id) == draft
    assert [(item.name, item.complete) for item in draft.files] == [("reprise-x.crate.zip", True)]
    assert hub.log == []


def test_a_crate_becomes_a_workflow_that_is_read_back(hub):
    made = submitted(hub, packed())

    assert (made.stage, made.id, made.parent) == (Stage.PUBLISHED, "100/1", "100")
    assert made.url == f"{hub.url}/workflows/100?version=1"
    assert hub.log == ["POST /workflows/submit", "GET /workflows/100/ro_crate_metadata"]
    assert opened(hub).look(made.id) == made


def test_submitting_twice_makes_one_version(hub):
    assert submitted(hub, packed()) == submitted(hub, packed())
    assert versions(hub) == [("100", ["1"])]


@pytest.mark.parametrize("fault", ["before", "after", "html"])
def test_killed_before_or_after_the_answer_there_is_one_version(hub, fault):
    hub.faults = [fault]
    with pytest.raises(NotAnsweringError) as caught:
        submitted(hub, packed())

    assert caught.value.is_doubtful is True
    assert submitted(hub, packed()).id == "100/1"
    assert versions(hub) == [("100", ["1"])]


def test_the_next_version_of_a_source_is_added_to_its_workflow(hub):
    submitted(hub, packed())
    repository = opened(hub, packed(version="2", doi="10.5281/zenodo.3"))
    made = repository.publish(repository.new_version("100/1"))

    assert made.id == "100/2"
    assert versions(hub) == [("100", ["1", "2"])]


def test_an_older_version_is_found_among_newer_ones(hub):
    submitted(hub, packed())
    submitted(hub, packed(version="2"))

    assert submitted(hub, packed()).id == "100/1"
    assert versions(hub) == [("100", ["1", "2"])]


def test_a_version_with_another_doi_is_left_as_it_is(hub):
    submitted(hub, packed())
    with pytest.raises(RefusedError, match=r"has version 1 .* already, with the DOI 10.5281"):
        submitted(hub, packed(doi="10.5281/zenodo.9"))
    assert versions(hub) == [("100", ["1"])]


def test_a_doi_that_a_person_had_minted_there_is_read_back(hub):
    made = submitted(hub, packed())
    hub.workflows[0].versions[0].doi = MINTED

    assert made.doi == ""
    assert opened(hub).look(made.id).doi == MINTED


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ({"url": ""}, "does not say the address of its source"),
        ({"url": "", "isBasedOn": [{"@id": "https://e.org"}]}, "the address of its source"),
        ({"version": ""}, "does not say its version"),
        ({"mainEntity": ""}, "has no `mainEntity`"),
        ({"identifier": ""}, "does not hold the DOI"),
    ],
)
def test_what_would_be_refused_is_told_before_anything_is_sent(hub, root, words):
    with pytest.raises(RefusedError, match=words) as caught:
        submitted(hub, packed(**root))

    assert list(caught.value.errors) == ["crate"]
    assert hub.log == []


def test_several_workflows_of_one_source_are_for_people(hub):
    hub.workflows = [Workflow(str(number), SOURCE, "Half") for number in (1, 2)]
    with pytest.raises(RefusedError) as caught:
        submitted(hub, packed())

    assert caught.value.errors["crate"].startswith("Several workflows there have this source")


def test_fields_there_are_told_by_our_own(hub):
    hub.members = set()
    with pytest.raises(RefusedError) as untitled:
        submitted(hub, packed(name=""))
    with pytest.raises(RefusedError) as strange:
        submitted(hub, packed())

    assert untitled.value.errors == {"title": "can't be blank"}
    assert strange.value.errors == {"repository": "must be a member of"}


def test_a_crate_that_it_cannot_read_is_the_crate_s_fault(hub, monkeypatch):
    files = packed("{}")
    identity = Identity(SOURCE, "1", DOI, has_workflow=True)
    monkeypatch.setattr(
        "publishing.adapters.repositories.workflowhub.identity_of", lambda _text: identity
    )
    with pytest.raises(RefusedError) as caught:
        submitted(hub, files)

    assert caught.value.errors == {
        "crate": "Validate it as a Workflow RO-Crate, then pack it anew."
    }


def test_a_wrong_token_is_told_and_never_repeated(hub, monkeypatch):
    monkeypatch.setenv("HUB_TOKEN", "wrong-secret")
    with pytest.raises(TokenError) as caught:
        submitted(hub, packed())

    assert "wrong-secret" not in str(caught.value)
    with pytest.raises(TokenError):
        opened(hub).check()


def test_the_token_is_checked_before_anything_is_written(hub):
    opened(hub).check()

    assert hub.log == ["GET /people/current"]


def test_what_is_no_workflowhub_is_not_taken_for_one(hub, monkeypatch):
    monkeypatch.setattr(type(hub), "answer", lambda *_given: {"hits": []})
    with pytest.raises(MisconfiguredError):
        opened(hub).check()


def test_a_crate_that_the_store_lost_is_packed_anew(hub):
    lost = (WantedFile("reprise-x.crate.zip", 1, "0" * 32, "0" * 64),)

    assert opened(hub, lost).find(KEY).files[0].complete is False
    with pytest.raises(LostBytesError):
        submitted(hub, lost)


def test_what_was_submitted_is_not_abandoned_from_here(hub):
    made = submitted(hub, packed())
    opened(hub).abandon(opened(hub).find(KEY))

    with pytest.raises(RefusedError, match="withdraw it there"):
        opened(hub).abandon(made)
    with pytest.raises(RefusedError, match="has no communities"):
        opened(hub).submit(made, "astronomy")


def test_a_workflow_that_is_gone_is_absent(hub):
    assert opened(hub).look("999/1").stage is Stage.ABSENT


def test_a_version_that_nobody_knows_is_not_made_up(hub):
    submitted(hub, packed())
    with pytest.raises(NotAnsweringError):
        opened(hub).look("100/9")


def test_a_failure_that_is_not_of_the_crate_is_tried_later(hub, monkeypatch):
    def broken(*_given):
        raise Refused(500, {"title": "Internal Server Error"})

    monkeypatch.setattr(type(hub), "answer", broken)
    with pytest.raises(NotAnsweringError, match="answered by 500"):
        submitted(hub, packed())


def test_an_answer_without_our_version_is_doubted(hub, monkeypatch):
    monkeypatch.setattr(type(hub), "kept", lambda *_given: Workflow("5", SOURCE, "Half"))
    monkeypatch.setattr(type(hub), "shown", lambda *_given: {"data": {"id": "5"}})
    with pytest.raises(NotAnsweringError, match="tells of no version 1"):
        submitted(hub, packed())


def test_what_has_no_place_there_changes_nothing(hub):
    repository = opened(hub, packed())
    draft = repository.find(KEY)

    assert repository.describe(draft, {}) == repository.reserve(draft) == draft
    assert repository.upload(draft, packed()[0]) == repository.drop_file(draft, "x") == draft
    assert repository.publish(submitted(hub, packed())).id == "100/1"
    assert hub.log.count("POST /workflows/submit") == 1


@pytest.mark.parametrize(("status", "leads"), [(302, True), (200, True), (404, False)])
def test_a_doi_resolves_where_the_resolver_leads_on(hub, monkeypatch, status, leads):
    monkeypatch.setattr("publishing.adapters.repositories.http.probe", lambda _url: status)

    assert opened(hub).resolves(DOI) is leads


def test_a_dry_run_tells_every_request_and_sends_none(hub):
    told = []
    repository = opened(hub, packed(), planned=told.append)
    repository.publish(repository.find(KEY))

    assert [(item.method, item.url.removeprefix(hub.url)) for item in told] == [
        ("POST", "/workflows/submit"),
        ("GET", "/workflows/1/ro_crate_metadata?version=1"),
    ]
    assert hub.log == []


def test_an_identity_is_read_as_workflowhub_reads_it():
    assert identity_of(metadata(isBasedOn="https://e.org/a/").encode()) == Identity(
        "https://e.org/a", "1", DOI, has_workflow=True
    )
    assert identity_of(metadata(**{"@id": "./"}, version=2).encode()).version == "2"
    assert identity_of(b"{}") == identity_of(b"\xff") == identity_of(b"[" * 9999) == Identity()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
items = st.fixed_dictionaries({}, optional={"source": json_values, "detail": json_values})


@thorough
@given(json_values | st.fixed_dictionaries({"errors": st.lists(items | json_values)}))
def test_no_answer_of_theirs_breaks_ours(content):
    assert all(isinstance(text, str) and text for text in faults(content).values())
    identity_of(json.dumps(content).encode())


@pytest.mark.shared
def test_the_fake_answers_in_the_shape_of_the_contract(hub):
    contract = json.loads(BUNDLE.read_text())
    whole = {"$ref": "#/components/schemas/workflowResponse", "components": contract["components"]}
    submitted(hub, packed())
    submitted(hub, packed(version="2"))

    validator = Draft202012Validator(whole)
    assert list(validator.iter_errors(hub.shown(hub.workflows[0]))) == []
    assert validator.is_valid({"data": {"id": "1"}}) is False


@pytest.mark.django_db
def test_the_crates_of_all_versions_name_one_source():
    record = replace(RECORD, related=(Related("https://e.org/data", "url", "IsDerivedFrom"),))
    first = Release.objects.create(title="Half", details_json=details_to_json(record))
    second = Release.objects.create(title="Half", concept=first.concept, number=2,
                                    details_json=details_to_json(record))  # fmt: skip
    run = RunFactory()
    for release in (first, second):
        release.runs.add(run)

    assert [identity_in(release) for release in (first, second)] == [
        Identity(f"{CONCEPT}{first.concept_id}", number, DOI, has_workflow=True)
        for number in ("1", "2")
    ]


def identity_in(release):
    return identity_of(crate_zip.metadata(released(release, DOI)))


@pytest.mark.django_db
def test_a_deposit_waits_for_the_doi_and_is_taken_to_its_end(hub, monkeypatch):
    release = release_run(RunFactory()).release  # the DOI of the shelf does not count
    deposit = Deposit.objects.create(release=release, repository="hub")
    repository = opened(hub)
    monkeypatch.setattr(repository, "_packed", lambda: wanted_files(again(deposit)))

    assert carry_on(deposit.pk, repository=repository).waits_for.startswith("a DOI: deposit")
    assert hub.log == []

    Deposit.objects.create(release=release, repository="zenodo", state="published", doi=DOI)
    Deposit.objects.filter(pk=deposit.pk).update(next_try_at=None)
    hub.faults = ["after"]
    carry_on(deposit.pk, repository=repository)
    later = timezone.now() + timedelta(hours=1)
    done = carry_on(deposit.pk, repository=repository, now=later)

    assert (done.state, done.remote_id, done.doi) == ("resolves", "100/1", None)
    assert hub.log.count("POST /workflows/submit") == 2
    assert versions(hub) == [("100", ["1"])]
    with store.open_file(done.crate) as handle:
        assert identity_of(crate_zip.read_metadata(handle)).doi == DOI


@pytest.mark.django_db
def test_a_doi_minted_there_is_recorded_beside_the_one_that_is_cited(hub, monkeypatch):
    release = release_run(RunFactory()).release
    made = submitted(hub, packed())
    hub.workflows[0].versions[0].doi = MINTED
    deposit = Deposit.objects.create(
        release=release, repository="hub", state="resolves", remote_id=made.id, is_production=True
    )
    cited = Deposit.objects.create(
        release=release, repository="zenodo", state="resolves", doi=DOI, is_production=True,
        reserved_at=timezone.now(),
    )  # fmt: skip
    monkeypatch.setattr(minted, "open_repository", lambda *_given: opened(hub))

    assert (minted.read_minted(), minted.read_minted()) == (1, 0)
    assert again(deposit).doi == MINTED
    assert main_deposit(release_of(release.pk)) == cited


@pytest.mark.django_db
def test_a_registry_that_does_not_answer_is_asked_the_next_time(hub, monkeypatch):
    release = release_run(RunFactory()).release
    Deposit.objects.create(release=release, repository="hub", state="resolves", remote_id="9/1")
    monkeypatch.setenv("HUB_TOKEN", "wrong")
    monkeypatch.setattr(minted, "open_repository", lambda *_given: opened(hub))

    call_command("minted", stdout=(said := io.StringIO()))
    assert said.getvalue() == "0 found\n"


def again(deposit):
    return Deposit.objects.get(pk=deposit.pk)
