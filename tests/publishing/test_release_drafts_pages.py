"""Pages of drafts: a few clicks without JavaScript, what was typed is kept, faults stand beside."""

import re
from html import unescape

import pytest
from django.core import signing
from django.test import Client

from executor.actions.accounts import Share, open_account
from publishing.models import Deposit, Release
from publishing.pages.drafters import COOKIE
from publishing.pages.forms import changed, content_of, moved, posted
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory, add_output

pytestmark = pytest.mark.django_db
ATTACK = '"><script>alert(1)</script>'


def begin(client, **about):
    run = RunFactory(version=VersionFactory(about_json=ABOUT | about))
    answer = client.post("/releases/new", {"runs": run.address})
    assert answer.status_code == 302
    return answer["Location"]


def form_of(page):
    """What a browser without JavaScript would send of the form."""
    text = page.content.decode()
    form = re.search(r'<form[^>]*id="draft".*?</form>', text, re.DOTALL)[0]
    data = dict(re.findall(r'<input[^>]*? name="([^"]+)" type="text" value="([^"]*)"', form))
    data |= dict(re.findall(r'<input type="hidden" name="(related[^"]+)" value="([^"]*)"', form))
    areas = re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    lists = re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL)
    picked = {
        name: (re.search(r"<option selected>(.*?)</option>", inside) or [0, ""])[1]
        for name, inside in lists
    }
    return {name: unescape(value) for name, value in {**data, **dict(areas), **picked}.items()}


def text_of(answer):
    return unescape(answer.content.decode())


def test_from_a_run_to_a_doi_in_four_clicks(client):
    edit = begin(client)
    frozen = client.post(edit, form_of(client.get(edit)) | {"do": "freeze"}, follow=True)
    public = client.post(edit, {"do": "publish"}, follow=True)

    release = Release.objects.get()
    assert frozen.redirect_chain == [(edit, 302)]
    assert "it stays as it is" in text_of(frozen)
    assert public.redirect_chain == [(f"/releases/{release.pk}", 302)]
    assert Deposit.objects.get().doi == f"10.5072/reprise.{release.pk}"


def test_a_form_that_was_not_touched_changes_nothing(client):
    edit = begin(client)
    release = Release.objects.get()

    assert changed(posted(form_of(client.get(edit))), content_of(release)) == {}
    client.post(edit, form_of(client.get(edit)) | {"do": "save"})
    assert Release.objects.get().record == release.record


def test_what_was_typed_is_saved(client):
    edit = begin(client)
    data = form_of(client.get(edit)) | {
        "title": "Mine", "people.0.orcid": "0000-0002-1694-233X", "keywords": "one, two",
        "communities": "zenodo: astro, figures", "options.wheels": "on", "do": "save",
    }  # fmt: skip
    answer = client.post(edit, data)

    release = Release.objects.get()
    assert answer.status_code == 302
    assert (release.title, release.record.keywords) == ("Mine", ("one", "two"))
    assert release.people[0].orcid == "https://orcid.org/0000-0002-1694-233X"
    assert release.record.communities == {"zenodo": ("astro", "figures")}
    assert release.options_json["wheels"] is True


def test_another_identifier_typed_over_one_is_read_by_its_own_spelling(client):
    edit = begin(client)
    data = form_of(client.get(edit)) | {"related.0.identifier": "arXiv:2002.12895", "do": "save"}
    client.post(edit, data)

    (work,) = Release.objects.get().record.related
    assert (work.scheme, work.identifier) == ("arxiv", "2002.12895")


def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(client):
    edit = begin(client)
    data = form_of(client.get(edit)) | {
        "title": "Mine", "people.0.orcid": "0000-0002-1825-0098", "do": "save",
    }  # fmt: skip
    answer = client.post(edit, data)

    page = text_of(answer)
    fault = "No such ORCID can be: its last digit does not fit."
    field = re.search(r'id="f-people.0.orcid"[^>]*>.*?</div><p class="fault">(.*?)</p>', page)
    assert answer.status_code == 422
    assert field[1].startswith(fault)
    assert (form_of(answer)["title"], Release.objects.get().title) == ("Mine", "Half of an energy")


def test_rows_are_added_moved_and_taken_out_by_buttons_and_nothing_is_saved(client):
    edit = begin(client)
    data = form_of(client.get(edit))
    added = form_of(client.post(edit, data | {"do": "add people"}))
    up = form_of(client.post(edit, data | {"do": "up people 1"}))
    out = form_of(client.post(edit, data | {"do": "drop people 0"}))

    assert (added["people.2.family"], added["people.2.roles"]) == ("", "author")
    assert (up["people.0.family"], up["people.1.family"]) == ("The Reprise developers", "Rubin")
    assert (out["people.0.family"], "people.1.family" in out) == ("The Reprise developers", False)
    assert [item.family for item in Release.objects.get().people] == [
        "Rubin", "The Reprise developers",
    ]  # fmt: skip


@pytest.mark.parametrize("wish", ["up people 0", "drop people 99", "up people", "drop funding"])
def test_a_row_that_is_not_there_is_left_alone(wish):
    content = {"people": [{"family": "A"}], "funding": [], "related": []}

    assert moved(content, wish) == content


def test_the_checklist_leads_to_the_fields(client):
    page = text_of(client.get(begin(client, licence="", people=[])))

    assert "2 to mend before it can be frozen." in page
    assert re.findall(r'<a href="#(f-[^"]+)">', page) == ["f-people", "f-licence"]
    assert page.count('id="f-people"') == page.count('id="f-licence"') == 1


def test_the_draft_shows_the_picture_that_it_is_about(client):
    run = RunFactory()
    add_output(run, "curve", "curve.png", b"\x89PNG", "image/png")
    edit = client.post("/releases/new", {"runs": run.address})["Location"]
    picture = run.outputs.get(name="curve").product.get_absolute_url()

    assert f'<img src="{picture}"' in text_of(client.get(edit))


def test_the_hint_of_the_title_is_not_that_of_a_related_work(client):
    edit = begin(client)
    page = text_of(client.post(edit, form_of(client.get(edit)) | {"do": "add related"}))

    assert page.count("One line that says what it shows.") == 1


def test_what_is_missing_keeps_it_from_freezing(client):
    edit = begin(client, licence="")
    answer = client.post(edit, form_of(client.get(edit)) | {"do": "freeze"})

    assert (answer.status_code, "It has no licence." in text_of(answer)) == (422, True)
    assert Release.objects.get().frozen_at is None


def test_words_of_strangers_are_shown_as_text(client):
    people = [{"given": ATTACK, "family": ATTACK, "orcid": ATTACK, "affiliation": ATTACK}]
    edit = begin(client, abstract=ATTACK, licence=ATTACK, people=people, keywords=[ATTACK])
    posted_back = client.post(edit, {"title": ATTACK, "runs": ATTACK, "do": "save"})

    for answer in (client.get(edit), posted_back, client.get("/releases/new", {"runs": ATTACK})):
        assert "<script>alert" not in answer.content.decode()


def test_the_form_that_begins_is_filled_by_its_address_and_getting_it_makes_nothing(client):
    page = text_of(client.get("/releases/new?figure=spectrum&runs=abc"))

    assert 'value="spectrum"' in page
    assert Release.objects.count() == 0


@pytest.mark.parametrize("data", [{}, {"figure": "none"}, {"runs": "x"}, {"version": "a/b\0"}])
def test_what_names_nothing_is_told_on_the_form(client, data):
    answer = client.post("/releases/new", data)

    assert (answer.status_code, "Draft a release" in text_of(answer)) == (400, True)


def test_a_draft_is_seen_nowhere_but_on_its_own_page(client):
    name = begin(client).split("/")[2]

    assert client.get(f"/releases/{name}").status_code == 404
    assert name not in client.get("/releases/").content.decode()
    assert client.get(f"/doi/10.5072/reprise.{name}").status_code == 404


def test_a_draft_of_an_account_opens_with_its_token_which_the_browser_remembers(client):
    token = open_account("vera", Share()).token
    run = RunFactory()
    edit = client.post("/releases/new", {"runs": run.address, "token": token})["Location"]
    stranger = Client()
    refused = stranger.get(edit)
    wrong = stranger.post(edit, {"do": "enter", "token": "guess"})
    entered = stranger.post(edit, {"do": "enter", "token": token})

    assert (refused.status_code, "Half of an energy" in text_of(refused)) == (403, False)
    assert wrong.status_code == 401
    assert entered.status_code == 200
    assert [browser.get(edit).status_code for browser in (client, stranger)] == [200, 200]
    cookie = stranger.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], token in cookie.value) == (
        True, "Strict", False,
    )  # fmt: skip


@pytest.mark.parametrize("salt", ["another", "publishing.drafter"])
def test_a_cookie_that_somebody_made_up_opens_nothing(client, salt):
    token = open_account("vera", Share()).token
    edit = client.post("/releases/new", {"runs": RunFactory().address, "token": token})["Location"]
    forger = Client()
    key = "not ours" if salt == "publishing.drafter" else None
    forger.cookies[COOKIE] = signing.dumps("account:vera", salt=salt, key=key)

    assert forger.get(edit).status_code == 403


def test_a_form_of_another_page_is_refused():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/releases/new", {"runs": RunFactory().address}).status_code == 403
    assert Release.objects.count() == 0


def test_a_release_is_continued_and_withdrawn_on_its_page(client):
    edit = begin(client)
    client.post(edit, form_of(client.get(edit)) | {"do": "freeze"})
    silent = client.post(edit, {"do": "withdraw", "reason": " "})
    gone = client.post(edit, {"do": "withdraw", "reason": "Wrong calibration."}, follow=True)
    following = client.post(edit, {"do": "next"}, follow=True)

    assert (silent.status_code, "Say why" in text_of(silent)) == (422, True)
    assert "Wrong calibration." in text_of(gone)
    assert "version 2" in text_of(following)


def test_a_draft_is_deleted_for_good(client):
    edit = begin(client)
    answer = client.post(edit, {"do": "delete"})

    assert (answer["Location"], client.get(edit).status_code) == ("/releases/", 404)


def test_the_page_of_a_figureless_run_offers_a_draft(client):
    run = RunFactory()

    assert (
        f"/releases/new?runs={run.address}" in client.get(f"/runs/{run.address}").content.decode()
    )
