"""What cells gave, as parts that a page can show; what can act is refused in words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from executor.domain.notebook_page.budget import Budgets
from executor.domain.notebook_page.clean import SafeHtml, clean, left_out
from executor.domain.notebook_page.markdown import SOURCE_AT_MOST, render
from executor.domain.notebook_page.picture import MARKS, picture_address, svg_address
from executor.domain.notebook_page.read import OUTPUTS_AT_MOST, joined
from executor.domain.notebook_page.text import plain

TEXT_AT_MOST = 60_000
HTML_AT_MOST = 512 * 1024
LONG_ENOUGH = "Left out here because the page is long enough: it is in the notebook file."
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


def parts_of(outputs: Iterable[Mapping[str, Any]], budgets: Budgets) -> list[Part]:
    """Everything that the outputs of a cell show, in order."""
    found: list[Part] = []
    for number, output in enumerate(outputs):
        if number == OUTPUTS_AT_MOST:
            found.append(
                Part("note", f"Only the first {OUTPUTS_AT_MOST} outputs of this cell are shown.")
            )
            break
        for part in _parts(output, budgets):
            fits = budgets.shown.takes(len(part.text) + len(part.html))
            found.append(part if fits else Part("note", LONG_ENOUGH))
    return found


def _parts(output: Mapping[str, Any], budgets: Budgets) -> Iterator[Part]:
    kind = output.get("output_type")
    if kind == "stream":
        yield from _text("text", joined(output.get("text")))
    elif kind == "error":
        trace = output.get("traceback")
        lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
        told = f"{output.get('ename')}: {output.get('evalue')}"
        yield from _text("error", "\n".join(lines) or told)
    elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        yield from _display(output["data"], budgets)
    else:
        yield Part("note", "Left out: an output of a kind that is not known.")


def _display(data: Mapping[str, Any], budgets: Budgets) -> Iterator[Part]:
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
        shown = list(_html(joined(data["text/html"]), budgets))
        yield from shown
        if any(part.kind == "html" for part in shown):
            return
    if "text/markdown" in data:
        yield _markdown(joined(data["text/markdown"]), budgets)
        return
    yield from _plain(data)


def _picture(address: str | None, data: Mapping[str, Any]) -> Part:
    if address is None:
        return Part("note", "Left out: a picture that is none, or is too large.")
    words, _more = plain(joined(data.get("text/plain")), 200)
    return Part("picture", address, alt=words or "Picture of this cell")


def _markdown(text: str, budgets: Budgets) -> Part:
    if not budgets.words.takes(min(len(text), SOURCE_AT_MOST)):
        return Part("note", LONG_ENOUGH)
    return Part("html", html=render(text, {}).html)


def _html(text: str, budgets: Budgets) -> Iterator[Part]:
    if len(text) > HTML_AT_MOST or not budgets.html.takes(len(text)):
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
