"""Markdown cells: CommonMark with tables, whose HTML is cleaned like any other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from executor.domain.notebook_page.clean import SafeHtml, clean
from executor.domain.notebook_page.picture import picture_address

SOURCE_AT_MOST = 20_000
FORMULA = re.compile(r"(\${1,2})(?![\s$])([^$]{1,4000}?)(?<![\s\\])\1(?!\d)")
NESTED_AT_MOST = 20

Attachments = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A markdown text as safe HTML, and level and text of its headings."""

    html: SafeHtml
    headings: tuple[tuple[int, str], ...]


def render(source: str, attachments: Attachments) -> Rendered:
    """The safe HTML of a markdown text.

    Args:
        source: what a stranger wrote; beyond 20,000 characters it is cut.
        attachments: pictures of the cell by name.

    Headings move down by one, because the page has a heading of its own. Formulas stay as they
    are written, in the type of code.
    """
    renderer, env = _renderer(), {"attachments": attachments}
    tokens = renderer.parse(source[:SOURCE_AT_MOST], env)
    found = (
        (int(token.tag[1]) - 1, _words(inline))
        for token, inline in pairwise(tokens)
        if token.type == "heading_open"
    )
    html = renderer.renderer.render(tokens, renderer.options, env)
    return Rendered(clean(html), tuple(found))


def _words(inline: Token) -> str:
    return "".join(part.content for part in inline.children or [] if part.type != "html_inline")[
        :120
    ]


def _renderer() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": NESTED_AT_MOST}).enable("table")
    made.inline.ruler.before("escape", "formula", _formula)
    made.core.ruler.push("lower", _lower)
    made.add_render_rule("formula", _formula_html)
    made.add_render_rule("image", _image_html)
    return made


def _lower(state: Any) -> None:  # noqa: ANN401 -- markdown-it's own
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def _formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- markdown-it calls it so
    """``$a_b$`` and ``$$…$$`` as they are, or their underscores would become emphasis."""
    if state.src[state.pos] != "$":
        return False
    found = FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("formula", "code", 0).content = found[0]
    state.pos = found.end()
    return True


def _formula_html(_self: object, tokens: Sequence[Token], index: int, *_given: object) -> str:
    return f"<code>{escape(tokens[index].content)}</code>"


def _image_html(
    _self: object,
    tokens: Sequence[Token],
    index: int,
    _options: object,
    env: Mapping[str, Attachments],
) -> str:
    token = tokens[index]
    source, words = str(token.attrGet("src") or ""), escape(token.content)
    if source.startswith("attachment:"):
        kinds = env["attachments"].get(source.removeprefix("attachment:"), {})
        source = next(
            filter(None, (picture_address(kind, data) for kind, data in kinds.items())), ""
        )
    if source.startswith("data:"):
        return f'<img src="{escape(source)}" alt="{words}">'
    told = f'<a href="{escape(source)}">{words or "picture"}</a>' if source else words or "picture"
    return f"<em>(picture not shown: {told})</em>"
