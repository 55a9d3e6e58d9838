"""What cells gave, as parts that a page can show; what can act is refused in words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from executor.domain.notebook_page.clean import SafeHtml, clean, left_out
from executor.domain.notebook_page.markdown import render
from executor.domain.notebook_page.picture import MARKS, picture_address, svg_address
from executor.domain.notebook_page.read import OUTPUTS_AT_MOST, joined
from executor.domain.notebook_page.text import plain

TEXT_AT_MOST = 60_000
HTML_AT_MOST = 512 * 1024
IN_ALL_AT_MOST = 24 * 1024 * 1024
ACTING = {
    "application/javascript": "a script", "text/javascript": "a script",
    "application/vnd.jupyter.widget-view+json": "a widget",
    "application/vnd.bokehjs_exec.v0+json": "a Bokeh plot",
    "application/vnd.bokehjs_load.v0+json": "a Bokeh plot",
    "application/vnd.plotly.v1+json": "a Plotly plot",
}  # fmt: skip
PLAIN = ("text/latex", "text/plain", "application/json", "application/geo+json")


NOTHING = SafeHtml("")


@dataclass(frozen=True, slots=True)
class Part:
    """Something to show: ``kind`` is ``text``, ``error``, ``html``, ``picture`` or ``note``.

    ``html`` is safe; ``text`` is not and is to be escaped; a picture has its data address as text.
    """

    kind: str
    text: str = ""
    html: SafeHtml = NOTHING
    alt: str = ""


@dataclass
class Budget:
    """How many characters of outputs a page still takes."""

    left: int = field(default=IN_ALL_AT_MOST)

    def takes(self, length: int) -> bool:
        """Whether so many more fit; if so they are counted."""
        if length > self.left:
            return False
        self.left -= length
        return True


def parts_of(outputs: Iterable[Mapping[str, Any]], budget: Budget) -> list[Part]:
    """Everything that the outputs of a cell show, in order."""
    found: list[Part] = []
    for number, output in enumerate(outputs):
        if number == OUTPUTS_AT_MOST:
            found.append(
                Part("note", f"Only the first {OUTPUTS_AT_MOST} outputs of this cell are shown.")
            )
            break
        for part in _parts(output):
            fits = budget.takes(len(part.text) + len(part.html))
            found.append(
                part
                if fits
                else Part(
                    "note",
                    "Left out here because the page is long enough: it is in the notebook file.",
                )
            )
    return found


def _parts(output: Mapping[str, Any]) -> Iterator[Part]:
    kind = output.get("output_type")
    if kind == "stream":
        yield from _text("text", joined(output.get("text")))
    elif kind == "error":
        trace = output.get("traceback")
        lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
        told = f"{output.get('ename')}: {output.get('evalue')}"
        yield from _text("error", "\n".join(lines) or told)
    elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        yield from _display(output["data"])
    else:
        yield Part("note", "Left out: an output of a kind that is not known.")


def _display(data: Mapping[str, Any]) -> Iterator[Part]:
    """The richest form that is safe; what is refused is told."""
    acting = [word for kind, word in ACTING.items() if kind in data]
    if acting:
        yield Part(
            "note", f"Left out: {acting[0]}, because nothing of a notebook may act on this page."
        )
    for kind in MARKS:
        if kind in data:
            yield _picture(picture_address(kind, joined(data[kind])), data)
            return
    if "image/svg+xml" in data:
        yield _picture(svg_address(joined(data["image/svg+xml"])), data)
        return
    if "text/html" in data and not acting:
        shown = list(_html(joined(data["text/html"])))
        yield from shown
        if any(part.kind == "html" for part in shown):
            return
    if "text/markdown" in data:
        yield Part("html", html=render(joined(data["text/markdown"]), {}).html)
        return
    yield from _plain(data)


def _picture(address: str | None, data: Mapping[str, Any]) -> Part:
    if address is None:
        return Part("note", "Left out: a picture that is none, or is too large.")
    words, _more = plain(joined(data.get("text/plain")), 200)
    return Part("picture", address, alt=words or "Picture of this cell")


def _html(text: str) -> Iterator[Part]:
    if len(text) > HTML_AT_MOST:
        yield Part("note", "Left out: HTML that is too long for a page.")
        return
    told, safe = left_out(text), clean(text)
    if told:
        yield Part("note", f"Left out of this output: {', '.join(told)}.")
    if safe.strip():
        yield Part("html", html=safe)


def _plain(data: Mapping[str, Any]) -> Iterator[Part]:
    for kind in PLAIN:
        if kind in data:
            value = data[kind]
            is_text = isinstance(value, str | list) and kind != "application/json"
            yield from _text("text", joined(value) if is_text else _json(value))
            return


def _json(value: object) -> str:
    try:
        return json.dumps(value, indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _text(kind: str, text: str) -> Iterator[Part]:
    shown, more = plain(text, TEXT_AT_MOST)
    if shown.strip():
        yield Part(kind, shown)
    if more:
        yield Part("note", f"{more:,} more characters are in the notebook file.")
