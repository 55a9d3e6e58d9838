"""Real payloads against the HTML of notebooks, read again by a parser that is not the cleaner's."""

import re
from html.parser import HTMLParser

import pytest

from executor.domain.notebook_page.budget import Budgets
from executor.domain.notebook_page.clean import ATTRIBUTES, TAGS, clean
from executor.domain.notebook_page.code import coloured
from executor.domain.notebook_page.markdown import render
from executor.domain.notebook_page.outputs import parts_of
from tests.executor import attacks

LINKS = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


class Faults(HTMLParser):
    """Collects every tag, attribute and address that should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set()):
                self.found.append(f"{tag} {name}")
            if name == "href" and not LINKS.match(value or ""):
                self.found.append(f"{tag} {name} {value}")
            if name == "src" and not re.match(
                r"data:image/(png|jpeg|gif|webp);base64,", value or ""
            ):
                self.found.append(f"{tag} {name} {value}")

    def handle_comment(self, data):
        self.found.append(f"comment {data}")


def faults(html: str) -> list[str]:
    parser = Faults()
    parser.feed(html)
    parser.close()
    return parser.found


@pytest.mark.parametrize("payload", attacks.HTML)
def test_html_of_strangers_keeps_only_what_is_harmless(payload):
    assert faults(clean(payload)) == []


@pytest.mark.parametrize("payload", attacks.HTML)
def test_cleaning_twice_changes_nothing(payload):
    once = clean(payload)

    assert clean(once) == once


@pytest.mark.parametrize("payload", [*attacks.MARKDOWN, *attacks.HTML])
def test_markdown_of_strangers_keeps_only_what_is_harmless(payload):
    assert faults(render(payload, {"x.svg": {"image/svg+xml": attacks.SVG[0]}}).html) == []


@pytest.mark.parametrize("language", ["python", "r", "klingon"])
def test_code_is_text_in_spans(language):
    shown = [coloured(payload, language) for payload in [*attacks.HTML, *attacks.TEXTS]]

    assert re.findall(r"<(?!/?span)[^>]*>", "".join(shown)) == []


@pytest.mark.parametrize("payload", attacks.SVG)
def test_svg_is_shown_as_a_picture_only(payload):
    (part,) = parts_of([attacks.data("image/svg+xml", payload)], Budgets())

    assert part.kind == "picture"
    assert re.fullmatch(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", part.text)


@pytest.mark.parametrize(
    "kind", ["application/javascript", "application/vnd.jupyter.widget-view+json",
             "application/vnd.plotly.v1+json"],
)  # fmt: skip
def test_what_acts_is_refused_in_words(kind):
    (part,) = parts_of([attacks.data(kind, "pwn()")], Budgets())

    assert (part.kind, part.text.startswith("Left out: ")) == ("note", True)


def test_a_picture_that_is_none_is_refused_in_words():
    (part,) = parts_of([attacks.data("image/png", '"><script>pwn()</script>')], Budgets())

    assert (part.kind, part.text) == ("note", "Left out: a picture that is none, or is too large.")


@pytest.mark.parametrize("payload", attacks.TEXTS)
def test_printed_text_loses_its_codes(payload):
    (part,) = parts_of([{"output_type": "stream", "text": payload}], Budgets())

    assert [one for one in part.text if not one.isprintable()] == []


@pytest.mark.parametrize("tag", ["<div>", "<b></i>", "<svg>", "<x><DIV>"])
def test_a_deep_nest_of_tags_is_not_even_read(tag):
    assert clean(tag * 20_000) == "<p><em>(left out: its tags are nested too deep)</em></p>"
