"""A plan as an SVG picture: boxes for runs, lines for what they give each other.

The picture has words for all that its colours say, each box is a link, and the style sheet gives
the colours, so that it is dark with a dark page and prints on paper.
"""

from collections.abc import Iterable
from html import escape
from textwrap import wrap
from unicodedata import east_asian_width

from executor.domain.plan_layout import HEIGHT, NEW, TIMES, WIDTH, Box, Layout, Line
from executor.domain.states import State

MARKS = {
    State.FINISHED.value: "✓", State.RUNNING.value: "▸", State.QUEUED.value: "⋯",
    State.BLOCKED.value: "⋯", State.WAITING.value: "⋯", NEW: "+", State.FAILED.value: TIMES,
    State.CANCELLED.value: "\u2013",  # a dash
}  # fmt: skip
TITLE, WORDS = 23, 29  # letters that fit a line of a box
PAD = 14
TOP, STEP = 24, 18  # of the lines of a box
SHRUNK = 0.8  # as far as a narrow page may make it smaller before it scrolls
BAR = 5
LABEL = 15
PORTS_NAMED = 4  # parameters of one box that have room for their names


def words_of(box: Box, *, is_asked: bool) -> str:
    """How the runs of a box stand: ``running``, or ``40 known, 5 running, 2 queued``.

    Args:
        box: the box.
        is_asked: whether the plan is carried out; before that, what has finished is "known" and
            what is not there is "to be run".
    """
    counts = box.counts
    if len(box.nodes) == 1:
        return word(box.state, is_asked=is_asked)
    parts = (f"{count:,} {word(state, is_asked=is_asked)}" for state, count in counts.items())
    return ", ".join(parts)


def word(state: str, *, is_asked: bool) -> str:
    """A state in words that fit the moment."""
    if state == State.FINISHED:
        return "finished" if is_asked else "known"
    return "to be run" if state == NEW else state


def drawn_as_svg(layout: Layout, *, title: str, is_asked: bool) -> str:
    """The picture, ready to stand in a page.

    Args:
        layout: where everything stands.
        title: what the picture shows, in a few words.
        is_asked: as ``words_of`` takes it.
    """
    width, height = f"{layout.width:g}", f"{layout.height:g}"
    style = f"max-width:{width}px;min-width:{SHRUNK * layout.width:g}px"
    head = f'viewBox="0 0 {width} {height}" style="{style}" aria-labelledby="plan-title plan-about"'
    return "".join(
        (
            f'<svg class="plan-picture" xmlns="http://www.w3.org/2000/svg" role="group" {head}>',
            f'<title id="plan-title">{escape(title)}</title>',
            f'<desc id="plan-about">{escape(_about(layout, is_asked=is_asked))}</desc>',
            *map(_line, layout.lines),
            *_labels(layout.lines),
            *(_box(box, is_asked=is_asked) for box in layout.boxes),
            "</svg>",
        )
    )


def _about(layout: Layout, *, is_asked: bool) -> str:
    parts = (f"{box.title}: {words_of(box, is_asked=is_asked)}" for box in layout.boxes)
    return f"From left to right: {'; '.join(parts)}."


def _line(line: Line) -> str:
    (x, y), rest = line.points[0], line.points[1:]
    path = f"M{x:g} {y:g}"
    for number, (to_x, to_y) in enumerate(rest):
        if number % 2:  # past a layer: straight on
            path += f"H{to_x:g}"
        else:
            middle = (x + to_x) / 2
            path += f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
        x, y = to_x, to_y
    told = f"{', '.join(line.outputs)} → {line.parameter}"
    return f'<path class="plan-line" d="{path}"><title>{escape(told)}</title></path>'


def _labels(lines: Iterable[Line]) -> Iterable[str]:
    """The name of each parameter, once, where its lines end."""
    ends: dict[str, dict[str, tuple[float, float]]] = {}
    for line in lines:
        ends.setdefault(line.target, {})[line.parameter] = line.points[-1]
    for names in ends.values():
        for name, (x, y) in list(names.items())[:PORTS_NAMED]:
            text = escape(fitted(name, LABEL))
            yield f'<text class="plan-label" x="{x - 8:g}" y="{y - 5:g}">{text}</text>'


def _box(box: Box, *, is_asked: bool) -> str:
    states = words_of(box, is_asked=is_asked)
    name = f"{box.title}: {states}{' (asked for)' if box.is_wanted else ''}"
    kind = f"v-{box.state.replace(' ', '-')}{' wanted' if box.is_wanted else ''}"
    return (
        f'<a class="plan-box {kind}" href="{escape(href(box))}" aria-label="{escape(name)}">'
        f"<title>{escape(name)}</title>"
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>'
        f'<svg x="{box.x + PAD:g}" y="{box.y:g}" width="{WIDTH - PAD:g}" height="{HEIGHT}">'
        f"{''.join(_texts(box, states))}</svg>{''.join(_bar(box))}</a>"
    )


def _texts(box: Box, states: str) -> Iterable[str]:
    """Up to two lines of its name, up to two of its states, and one more if there is room."""
    names = wrap(box.title, TITLE) or [""]
    shown = [names[0], fitted(" ".join(names[1:]), TITLE)] if len(names) > 1 else names
    first, second = _two_lines(f"{MARKS[box.state]} {states}")
    lines = [("plan-name", name) for name in shown] + [("plan-state", first)]
    if second:
        lines.append(("plan-state", second))
    elif more := _more(box):
        lines.append(("plan-more", fitted(more, WORDS)))
    for number, (kind, text) in enumerate(lines):
        yield f'<text class="{kind}" y="{TOP + STEP * number}">{escape(text)}</text>'


def _more(box: Box) -> str:
    """A third line: what is asked for, what is changed, or how long a part of a chain is."""
    if len(box.nodes) > 1:
        return f"in {box.steps:,} steps" if box.steps > 1 else ""
    changed = box.nodes[0].changed
    told = f"changes {', '.join(changed)}" if changed else ""
    return " · ".join(filter(None, ("asked for" if box.is_wanted else "", told)))


def _bar(box: Box) -> Iterable[str]:
    """Shares of the states of a group, along the lower edge."""
    if len(box.nodes) == 1:
        return
    x = box.x
    for state, count in box.counts.items():
        width = WIDTH * count / len(box.nodes)
        yield (
            f'<rect class="plan-share v-{state.replace(" ", "-")}" x="{x:.1f}" '
            f'y="{box.y + HEIGHT - BAR:g}" width="{width:.1f}" height="{BAR}"/>'
        )
        x += width


def href(box: Box) -> str:
    """The page of a run, or the row of the list that has the runs of a group."""
    only = box.nodes[0]
    return f"/runs/{only.address}" if len(box.nodes) == 1 and only.state != NEW else f"#{box.name}"


def fitted(text: str, letters: int) -> str:
    """As much of a text as fits so many letters; wide letters count twice."""
    room = letters
    for place, letter in enumerate(text):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{text[: place - 1].rstrip()}…"
    return text


def _two_lines(text: str) -> tuple[str, str]:
    if len(text) <= WORDS:
        return text, ""
    cut = text.rfind(", ", 0, WORDS) + 1
    if not cut:
        return fitted(text, WORDS), ""
    return text[:cut], fitted(text[cut:].strip(), WORDS)
