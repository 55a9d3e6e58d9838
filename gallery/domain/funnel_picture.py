"""The funnel over time, as lines in a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gallery.domain.funnel import STAGES, Counted, Stage

WIDTH, HEIGHT = 640.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 150.0, 12.0, 28.0
LABEL = 15.0  # between the names of two lines


@dataclass(frozen=True, slots=True)
class Line:
    """A stage over time: its path, and where its name stands."""

    stage: Stage
    path: str
    last: int
    label_y: float
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines with what stands at their axes.

    Attributes:
        name: of the population.
        lines: one for each stage.
        ticks: y and text, from the bottom.
        dates: x, anchor and text of the first and the last date.
    """

    name: str
    lines: list[Line]
    ticks: list[tuple[float, str]]
    dates: list[tuple[float, str, str]]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    label_x: float = WIDTH - RIGHT + 12


def drawn_over_time(name: str, points: Sequence[tuple[str, Counted]]) -> Drawing | None:
    """The picture of counts over time; None when there is no more than one of them.

    Args:
        name: of the population.
        points: date and counts, in order.
    """
    if len(points) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    top = max(1, *(counts.total for _date, counts in points))
    lines = [_line(stage, points, top) for stage in STAGES]
    heights = sorted({0, top // 2, top})
    return Drawing(
        name, _apart(lines), [(_y(value, top), f"{value:,}") for value in heights],
        [(LEFT, "start", points[0][0]), (WIDTH - RIGHT, "end", points[-1][0])],
    )  # fmt: skip


def _line(stage: Stage, points: Sequence[tuple[str, Counted]], top: int) -> Line:
    span = WIDTH - LEFT - RIGHT
    places = [
        (round(LEFT + span * number / (len(points) - 1), 1), _y(counts.stages[stage], top))
        for number, (_date, counts) in enumerate(points)
    ]
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
    return Line(stage, path, points[-1][1].stages[stage], places[-1][1], places[-1])


def _apart(lines: list[Line]) -> list[Line]:
    """The lines with their names far enough apart to be read, all beside the picture."""
    heights = list[float]()
    for line in lines:  # from the top, because no stage has more than the one before it
        heights.append(max(line.end[1], heights[-1] + LABEL if heights else TOP))
    lowest = HEIGHT - BOTTOM
    for number in reversed(range(len(heights))):
        heights[number] = min(heights[number], lowest)
        lowest = heights[number] - LABEL
    return [replace(line, label_y=at) for line, at in zip(lines, heights, strict=True)]


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)
