"""A composed run becomes a described crate: steps, connections, actions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.domain.chain import describe_chain
from publishing.queries import chain_facts
from tests.executor.trees import Tree, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(committed, monkeypatch):
    monkeypatch.setattr("lib.queue._send", lambda *_given: None)
    tree = Tree(committed)

    def make(*levels):
        tree.ask(report(*levels))
        tree.finish_all()
        (run,) = [run for run in runs_of("report") if run.inputs.exists()][-1:]
        return run

    return make


def runs_of(slug):
    from executor.queries import runs  # noqa: PLC0415 -- beside its one use

    return list(runs().filter(version__workflow__slug=slug).order_by("pk"))


def entities(run):
    crate = describe_chain(chain_facts(run))
    return {item["@id"]: item for item in (*crate.data, *crate.others)}


def of_type(found, kind):
    return [item for item in found.values() if item["@type"] == kind]


def test_a_version_is_one_step_however_many_of_its_runs_there_are(made):
    found = entities(made(1, 2, 3))

    assert [(item["@id"], item["position"]) for item in of_type(found, "HowToStep")] == [
        ("#step-counts-1", "1"), ("#step-sum-1", "2"), ("#step-report-1", "3"),
    ]  # fmt: skip
    assert len(of_type(found, "ControlAction")) == 5
    assert len(of_type(found, "CreateAction")) == 5 + 1


def test_what_feeds_what_is_told_once_between_versions(made):
    found = entities(made(1, 2))

    inner = {
        (item["sourceParameter"]["@id"], item["targetParameter"]["@id"])
        for item in of_type(found, "ParameterConnection")
    }
    assert inner == {
        ("#counts-1-output-counts", "#sum-1-parameter-tables"),
        ("#sum-1-output-table", "#report-1-parameter-table"),
        ("#report-1-output-n", "#request-output-n"),
        ("#report-1-output-picture", "#request-output-picture"),
    }


def test_what_one_run_made_is_the_object_of_the_next(made):
    run = made(1)
    found = entities(run)
    source = run.inputs.get().source

    table = f"outputs/{source.address[:16]}/sum.csv"
    assert {"@id": table} in found[f"#run-{run.address}"]["object"]
    assert {"@id": table} in found[f"#run-{source.address}"]["result"]
    assert found[table]["exampleOfWork"] == [
        {"@id": "#sum-1-output-table"}, {"@id": "#report-1-parameter-table"},
    ]  # fmt: skip


def test_a_wide_request_takes_no_more_questions_than_a_narrow_one(made):
    def asked(run):
        with CaptureQueriesContext(connection) as found:
            chain_facts(run)
        return len(found)

    assert asked(made(1)) == asked(made(*range(2, 30)))


def test_several_composed_runs_are_packed_with_a_request_each(made):
    from publishing.actions import draft_release  # noqa: PLC0415 -- beside its one use
    from publishing.queries.released import released  # noqa: PLC0415 -- beside its one use

    made(1)
    made(2, 3)
    chosen = [run for run in runs_of("report") if run.inputs.exists()]
    release = draft_release(chosen)

    crate = released(release, "10.5072/reprise.x")
    named = {item["@id"]: item for item in (*crate.data, *crate.others)}
    paths = {item.path for item in crate.members}
    assert {f"#run-{run.address}" for run in chosen} <= set(named)
    assert len([path for path in paths if path.startswith("requests/")]) == 1
    assert crate.root["name"] == release.title
    assert crate.root["identifier"] == "https://doi.org/10.5072/reprise.x"


def test_a_release_of_many_composed_runs_takes_no_more_questions(made):
    from publishing.actions import draft_release  # noqa: PLC0415 -- beside its one use
    from publishing.queries.released import released  # noqa: PLC0415 -- beside its one use

    def asked(runs):
        release = draft_release(runs)
        with CaptureQueriesContext(connection) as found:
            released(release, "10.5072/reprise.x")
        return len(found)

    for level in range(1, 9):
        made(level)
    chosen = [run for run in runs_of("report") if run.inputs.exists()]
    assert asked(chosen[:2]) == asked(chosen)
