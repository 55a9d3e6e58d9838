"""What readers and programs are told of why a figure is different."""

import pytest

from catalogue.models import Version
from gallery.actions import diagnose
from gallery.models import Diagnosis
from gallery.pages.why import panel
from tests.factories import rows

pytestmark = pytest.mark.django_db
CAUSE = "one 1.0 → 2.0 explains it: with one 1.0 put back the re-run is identical."


@pytest.fixture
def shown(rf):
    """The panel of a figure as a page has it."""
    return lambda figure: panel(rf.get("/"), figure)


def test_a_figure_that_agrees_has_no_panel(shown):
    check = rows.CheckFactory()

    assert (shown(check.figure), shown(rows.FigureFactory())) == ("", "")


def test_before_a_diagnosis_it_lists_what_has_changed_and_offers_to_find_out(world, shown):
    page = shown(world().figure)

    assert "Since then 2 things have changed." in page
    assert 'action="/figures/doubled/why"' in page
    assert "<td" in page
    for cell in ("package", "1.0", "2.0", "1.1"):
        assert f">{cell}</td>" in page, cell


def test_without_an_earlier_check_it_says_that_nothing_can_be_put_back(world, shown):
    made = world()
    made.checks[0].delete()

    assert "so there is nothing to put back." in shown(made.figure)


def test_while_it_runs_the_page_asks_for_more(world, shown):
    made = world()
    made.work(diagnose(made.figure), steps=1)
    Diagnosis.objects.get()
    page = shown(made.figure)

    assert "data-pending" in page
    assert "reprise/progress" in page
    assert "The same again, in full" in page
    assert "<form" not in page


def test_afterwards_the_cause_comes_first_then_trials_then_other_changes(world, shown):
    made = world()
    made.work(diagnose(made.figure))

    page = shown(made.figure)

    places = [page.index(text) for text in (CAUSE, "The cause", "What was tried", "1 other change")]
    assert places == sorted(places)
    assert "data-pending" not in page
    assert f'href="/runs/{made.checks[0].run.address}"' in page
    assert "Everything as it was" in page


def test_strangers_names_are_shown_as_text(world, shown):
    made = world()
    made.versions[1].files.create(path="<script>alert(1)</script>.py", digest="a" * 64, size=1)

    page = shown(made.figure)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.py" in page


def test_asking_leads_back_to_the_figure(world, client, sent):
    world()

    asked = client.post("/figures/doubled/why")

    assert (asked.status_code, asked["Location"]) == (302, "/figures/doubled#why")
    assert Diagnosis.objects.get().state == "running"
    assert client.get("/figures/doubled/why").status_code == 405


def test_the_page_of_the_figure_has_the_panel(world, client):
    world()

    assert "Why different?" in client.get("/figures/doubled").content.decode()


def test_the_page_of_a_trial_says_what_it_is(world, client):
    made = world()
    found = made.work(diagnose(made.figure))

    page = client.get(f"/runs/{found.trials_json[0]['run']}").content.decode()
    other = client.get(f"/runs/{found.trials_json[3]['run']}").content.decode()
    version = client.get(Version.objects.get(number=1, source="trial:doubling").get_absolute_url())

    assert "A trial" in page
    assert 'href="/workflows/doubling"' in page
    link = '<a href="/figures/doubled#why">Twice twenty</a>'
    assert f"Trial 1 of {link}: the same again, in full." in page
    assert f"Trial 4 of {link}: other put back." in other
    assert "A trial" in version.content.decode()
    ordinary = client.get(made.checks[1].run.get_absolute_url()).content.decode()
    assert "A trial" not in ordinary


# API


def test_the_api_tells_what_is_known(world, client):
    made = world()
    url = "/api/figures/doubled/why/"

    before = client.get(url).json()
    asked = client.post(url)
    made.work(Diagnosis.objects.get())
    after = client.post(url)

    assert (before["state"], before["trials"], before["cause"]) == ("not asked for", [], [])
    assert [item["text"] for item in before["changes"]] == ["one 1.0 → 2.0", "other 1.0 → 1.1"]
    assert (asked.status_code, asked.json()["state"]) == (202, "running")
    assert (after.status_code, after.json()["state"]) == (200, "found")
    assert after.json()["sentence"] == CAUSE
    assert [item["name"] for item in after.json()["cause"]] == ["one"]
    assert [item["what"] for item in after.json()["trials"]] == [
        "The same again, in full", "Everything as it was", "one 1.0 put back",
        "other 1.0 put back", "The same again, in full",
    ]  # fmt: skip
    assert after.json()["baseline"]["run"] == made.checks[0].run.address


def test_the_api_refuses_what_is_not_different(client):
    check = rows.CheckFactory()
    url = f"/api/figures/{check.figure.slug}/why/"

    refused = client.post(url)

    assert client.get(url).json() == {"figure": check.figure.slug, "state": "not different"}
    assert (refused.status_code, refused.json()["id"]) == (409, "gallery:user:nothing-to-diagnose")
    assert client.get("/api/figures/none/why/").status_code == 404


def test_many_changes_take_no_more_questions(world, shown, django_assert_max_num_queries):
    made = world()
    made.work(diagnose(made.figure))
    for place in range(30):
        made.versions[1].files.create(path=f"part{place}.py", digest="a" * 64, size=1)

    with django_assert_max_num_queries(20):
        shown(made.figure)
