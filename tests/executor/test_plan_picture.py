"""The picture of a plan: words for all colours, links for all boxes, no stranger's markup."""

from xml.etree import ElementTree as ET

import pytest

from executor.domain.drawing import Drawn, DrawnEdge, DrawnNode
from executor.domain.plan_layout import laid_out
from executor.domain.plan_picture import drawn_as_svg, fitted, words_of

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = "ab" * 32
ATTACK = '"><script>alert(1)</script>&'


def plan(*states, title="Sky image", changed=("energy",)):
    """A run of each state, all feeding one that is new."""
    leaves = [
        DrawnNode(f"{place:064x}", "image", 1, title, state, state == "finished", changed, 0)
        for place, state in enumerate(states)
    ]
    want = DrawnNode(ADDRESS, "mosaic", 1, "Mosaic", "new", known=False, changed=(), depth=1)
    edges = tuple(DrawnEdge(leaf.address, "sky", ADDRESS, "images", 0) for leaf in leaves)
    return Drawn(ADDRESS, (*leaves, want), edges)


def picture(drawn, *, is_asked=False):
    return ET.fromstring(drawn_as_svg(laid_out(drawn), title="Plan", is_asked=is_asked))  # noqa: S314 -- our own picture


def boxes(root):
    return [(box.get("href"), box.get("aria-label")) for box in root.iter(f"{SVG}a")]


def test_each_box_leads_to_its_run_and_says_how_it_stands():
    found = boxes(picture(plan("finished", "running"), is_asked=True))

    assert found == [
        (f"/runs/{0:064x}", "Sky image: finished"),
        (f"/runs/{1:064x}", "Sky image: running"),
        ("#plan-3", "Mosaic: to be run (asked for)"),
    ]


def test_before_it_is_asked_what_has_finished_is_known():
    assert boxes(picture(plan("finished")))[0][1] == "Sky image: known"


def test_a_group_leads_to_its_row_and_counts_in_words():
    states = ["finished"] * 40 + ["running"] * 5 + ["queued"] * 2

    assert boxes(picture(plan(*states)))[0] == (
        "#plan-1", "47 \u00d7 Sky image: 40 known, 5 running, 2 queued",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "mark"),
    [("finished", "✓ finished"), ("new", "+ to be run"), ("queued", "⋯ queued"),
     ("running", "▸ running"), ("failed", "\u00d7 failed"), ("cancelled", "\u2013 cancelled"),
     ("waiting for inputs", "⋯ waiting for inputs"), ("waiting for data", "⋯ waiting for data")],
)  # fmt: skip
def test_every_state_has_a_sign_and_a_word(state, mark):
    root = picture(plan(state), is_asked=True)

    states = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "plan-state"]
    assert states[0] == mark


def test_a_picture_has_a_title_and_a_description_for_who_does_not_see_it():
    root = picture(plan("finished"))

    named = {found.get("id"): found.text for found in root if found.get("id")}
    assert named == {
        "plan-title": "Plan",
        "plan-about": "From left to right: Sky image: known; Mosaic: to be run.",
    }
    assert root.get("aria-labelledby") == "plan-title plan-about"


def test_what_a_run_changes_stands_in_its_box():
    texts = [text.text for text in picture(plan("new")).iter(f"{SVG}text")]

    assert "changes energy" in texts
    assert "asked for" in texts


def test_a_line_names_what_it_takes_once():
    root = picture(plan("new", "new", "new"))

    labels = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "plan-label"]
    told = {path.find(f"{SVG}title").text for path in root.iter(f"{SVG}path")}
    assert (labels, told) == (["images"], {"sky → images"})


def test_what_strangers_wrote_is_only_text():
    drawn = plan("new", title=ATTACK, changed=(ATTACK,))

    text = drawn_as_svg(laid_out(drawn), title=ATTACK, is_asked=False)

    assert "<script" not in text
    assert boxes(ET.fromstring(text))[0][1] == f"{ATTACK}: to be run"  # noqa: S314 -- our own picture


def test_a_thousand_runs_are_one_readable_picture():
    root = picture(plan(*["finished"] * 999))

    assert len(list(root.iter(f"{SVG}a"))) == 2
    assert len(ET.tostring(root)) < 5000


def test_the_words_of_a_group_go_on_in_a_second_line():
    states = ["finished"] * 400 + ["running"] * 50 + ["queued"] * 20 + ["failed"] * 9
    root = picture(plan(*states), is_asked=True)

    lines = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "plan-state"]
    assert lines[:2] == ["\u00d7 400 finished, 50 running,", "20 queued, 9 failed"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("short", "short"), ("abcdefghij", "abcdefghij"), ("abcdefghijk", "abcdefghi…"),
     ("日本語日本語", "日本語日…"), ("", "")],
)  # fmt: skip
def test_a_text_is_cut_to_the_room_it_has(text, shown):
    assert fitted(text, 10) == shown


def test_one_run_says_its_state_without_a_number():
    (box, _want) = laid_out(plan("running")).boxes

    assert words_of(box, is_asked=True) == "running"


def test_a_long_name_goes_on_in_a_second_line():
    root = picture(plan("new", title="The spectrum of one source, out of many pointings of it"))

    names = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "plan-name"]
    assert names == ["The spectrum of one", "source, out of many po…", "Mosaic"]
