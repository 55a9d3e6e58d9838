"""HTML of strangers, reduced to words, tables and embedded pictures.

Everything not listed here goes: scripts, styles, forms, frames, SVG, MathML, identifiers and
classes (which would let a notebook look like, or take the place of, parts of the page).
"""

import re
from typing import NewType

import nh3

SafeHtml = NewType("SafeHtml", str)
"""HTML that went through ``clean``, or that we made ourselves from escaped text."""

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del",
    "details", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
    "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
GONE_WITH_CONTENT = {
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math",
    "title", "textarea", "select", "xmp", "noembed", "noframes", "plaintext",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"},
    "abbr": {"title"},
}  # fmt: skip
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\`\x00-\x20]{1,2000}", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
SIZE = re.compile(r"\d{1,4}")
SPAN_AT_MOST = 1000
DEPTH_AT_MOST = 500  # a tree is built in time that grows with the square of its depth
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
NEVER_DEEP = frozenset(
    {
        "area", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p",
        "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
    }
)  # fmt: skip
"""Tags that have no end, or end by themselves where the next begins."""
NAMED = {
    "scripts": re.compile(r"<\s*script|\son\w+\s*=|javascript\s*:", re.IGNORECASE),
    "frames and embedded objects": re.compile(r"<\s*(?:iframe|object|embed|frame)", re.IGNORECASE),
    "forms": re.compile(r"<\s*(?:form|input|button|select|textarea)", re.IGNORECASE),
    "drawings": re.compile(r"<\s*(?:svg|math|canvas)", re.IGNORECASE),
    "media": re.compile(r"<\s*(?:video|audio)", re.IGNORECASE),
    "pictures from elsewhere": re.compile(
        r"<\s*img[^<>]{0,300}src\s*=\s*[\"']?\s*(?!data:)", re.IGNORECASE
    ),
}
"""What a reader is told was left out → how it is noticed."""


def clean(html: str) -> SafeHtml:
    """HTML with nothing in it that acts, asks another host, or names parts of the page.

    Tags that are open 500 deep and more are not shown at all.
    """
    if _depth(html) > DEPTH_AT_MOST:
        return SafeHtml("<p><em>(left out: its tags are nested too deep)</em></p>")
    return SafeHtml(
        nh3.clean(
            html, tags=TAGS, clean_content_tags=GONE_WITH_CONTENT, attributes=ATTRIBUTES,
            attribute_filter=_attribute, url_schemes={"http", "https", "mailto", "data"},
            link_rel="noopener noreferrer nofollow", strip_comments=True,
        )
    )  # fmt: skip


def left_out(html: str) -> list[str]:
    """What ``clean`` takes out of some HTML, in words."""
    return [word for word, pattern in NAMED.items() if pattern.search(html)]


def _depth(html: str) -> int:
    """How many tags of one name are open at once at most."""
    opened: dict[str, int] = {}
    deepest = 0
    for is_end, name in TAG.findall(html):
        name = name.lower()  # noqa: PLW2901 -- names are the same in either case
        if name not in NEVER_DEEP:
            opened[name] = max(0, opened.get(name, 0) + (-1 if is_end else 1))
            deepest = max(deepest, opened[name])
    return deepest


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if LINK.fullmatch(value.strip()) else None
    if name == "src":
        return value if PICTURE.fullmatch(value.strip()) else None
    if name in ("colspan", "rowspan", "width", "height", "start"):
        bound = SPAN_AT_MOST if tag in ("td", "th") else 9999
        return value if SIZE.fullmatch(value) and int(value) <= bound else None
    return value[:500]
