"""Where the products of one run come from, as a picture: what went in, the run, what came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BOX, HIGH, GAP, LANE = 232, 46, 14, 74
SHOWN = 6
TITLE, WORDS = 23, 33  # letters that fit a line of a box
PAD = 14


@dataclass(frozen=True, slots=True)
class Part:
    """A box: its title, a line below it, and where it leads; empty for nowhere."""

    title: str
    words: str
    href: str = ""


def lineage_svg(given: Sequence[Part], run: Part, made: Sequence[Part], *, title: str) -> str:
    """The picture, ready to stand in a page; it has words for all that its lines say.

    Args:
        given: what the run took.
        run: the run.
        made: what it made.
        title: what the picture shows.
    """
    columns = [_cut(given), [run], _cut(made)]
    tall = max(len(column) for column in columns)
    high, wide = tall * (HIGH + GAP) - GAP + 2, 3 * BOX + 2 * LANE + 2
    middle = high / 2
    boxes, lines = [], []
    for number, column in enumerate(columns):
        left = 1 + number * (BOX + LANE)
        top = middle - (len(column) * (HIGH + GAP) - GAP) / 2
        for place, part in enumerate(column):
            y = top + place * (HIGH + GAP)
            boxes.append(_box(part, left, y))
            if number != 1:
                lines.append(_line(number, y + HIGH / 2, middle))
    words = escape(title)
    return (
        f'<svg class="plan-picture lineage" viewBox="0 0 {wide:g} {high:g}" role="group" '
        f'aria-label="{words}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{words}</title>{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _cut(parts: Sequence[Part]) -> list[Part]:
    shown = list(parts[:SHOWN])
    left = len(parts) - len(shown)
    return [*shown, Part(f"and {left:,} more", "listed below")] if left else shown


def _line(number: int, y: float, middle: float) -> str:
    """The line between a box of a column and the run."""
    start = 1 + BOX + (0 if number == 0 else BOX + LANE)
    stop, half = start + LANE, start + LANE / 2
    a, b = (y, middle) if number == 0 else (middle, y)
    curve = f"M{start:g} {a:g}C{half:g} {a:g} {half:g} {b:g} {stop:g} {b:g}"
    return f'<path class="plan-line" d="{curve}"/>'


def _box(part: Part, x: float, y: float) -> str:
    inside = (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX}" height="{HIGH}" rx="3"/>'
        f'<text class="plan-name" x="{x + PAD:g}" y="{y + 20:g}">{_short(part.title, TITLE)}</text>'
        f'<text class="plan-more" x="{x + PAD:g}" y="{y + 37:g}">{_short(part.words, WORDS)}</text>'
    )
    if not part.href:
        return f'<g class="plan-box">{inside}</g>'
    return f'<a class="plan-box" href="{escape(part.href)}">{inside}</a>'


def _short(text: str, most: int) -> str:
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return escape(line if len(line) <= most else f"{line[: most - 1]}…")
