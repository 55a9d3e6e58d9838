"""Plots as SVG, for those who see no scripts: lines, points, error bars and bars, nothing else."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from executor.domain.plot import Axes, Limits, Numbers, Plot, Series
from executor.domain.plot_text import plain
from executor.domain.plot_ticks import ticks

GREY = "#767676"
INK, SOFT, GRID, EDGE = "#16202b", "#3c4650", "#e9ebea", "#9aa3ab"
FONT = "font-family=\"system-ui, 'Liberation Sans', Arial, sans-serif\""
LABEL_AT_MOST = 70
LINE_HEIGHT = 16
FAR = 1e6
ROOM = 1.2
WIDEST = 1e300
LONG_TICK = 8


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where axes stand, and how numbers become pixels."""

    left: float
    top: float
    width: float
    height: float
    xlim: Limits
    ylim: Limits
    xlog: bool
    ylog: bool

    def x(self, value: float | None) -> float | None:
        """Pixels from the left."""
        part = _part(value, self.xlim, log=self.xlog)
        return None if part is None else self.left + part * self.width

    def y(self, value: float | None) -> float | None:
        """Pixels from the top."""
        part = _part(value, self.ylim, log=self.ylog)
        return None if part is None else self.top + (1 - part) * self.height


def plot_svg(plot: Plot, alt: str = "") -> str:
    """A plot as the text of an SVG; images and guides are left out."""
    width, height = plot.size
    notes = list(dict.fromkeys(s.note for axes in plot.axes for s in axes.series if s.note))[:4]
    whole = height + LINE_HEIGHT * len(notes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}"',
        f' width="{width:g}" height="{whole:g}" role="img" {FONT} font-size="13">',
        f"<title>{escape(plain(alt) or 'Plot')}</title>",
        f'<rect width="{width:g}" height="{whole:g}" fill="#fff"/>',
    ]
    for number, axes in enumerate(plot.axes):
        parts += _axes(axes, plot.size, number)
    for place, note in enumerate(notes):
        y = height + LINE_HEIGHT * place + 4
        parts.append(
            f'<text x="12" y="{y:g}" fill="{SOFT}" font-size="12">{_text(note, 120)}</text>'
        )
    return "".join(parts) + "</svg>"


def _axes(axes: Axes, size: tuple[float, float], number: int) -> list[str]:
    frame = _frame(axes, size)
    clip = f"clip{number}"
    parts = [
        f'<clipPath id="{clip}"><rect x="{frame.left:g}" y="{frame.top:g}"',
        f' width="{frame.width:g}" height="{frame.height:g}"/></clipPath>',
        *_grid(axes, frame),
        f'<g clip-path="url(#{clip})">',
    ]
    for series in axes.series:
        parts += _series(series, frame)
    parts.append("</g>")
    parts.append(
        f'<rect x="{frame.left:g}" y="{frame.top:g}" width="{frame.width:g}" '
        f'height="{frame.height:g}" fill="none" stroke="{EDGE}"/>'
    )
    return [*parts, *_legend(axes, frame), *_labels(axes, frame)]


def _frame(axes: Axes, size: tuple[float, float]) -> _Frame:
    left, bottom, width, height = axes.box or (80, 60, size[0] - 100, size[1] - 100)
    xlim = axes.xlim or _reach([item.x for item in axes.series], log=axes.xscale == "log")
    ylim = axes.ylim or _reach([item.y for item in axes.series], log=axes.yscale == "log")
    return _Frame(
        left, size[1] - bottom - height, width, height, xlim, ylim,
        axes.xscale == "log" and min(xlim) > 0, axes.yscale == "log" and min(ylim) > 0,
    )  # fmt: skip


def _reach(several: list[Numbers], *, log: bool) -> Limits:
    """Limits where a plot has none: those of its values, and a little more."""
    values = [
        value for numbers in several for value in numbers
        if value is not None and abs(value) < WIDEST and (value > 0 or not log)
    ]  # fmt: skip
    if not values:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(values), max(values)
    if log:
        return low / ROOM, high * ROOM
    room = (high - low) * 0.05 or abs(low) * 0.05 or 1.0
    return low - room, high + room


def _part(value: float | None, limits: Limits, *, log: bool) -> float | None:
    """How far along an axis a value lies, from 0 to 1; None where it cannot be drawn."""
    if value is None or (log and value <= 0):
        return None
    low, high = limits
    if log:
        value, low, high = math.log10(value), math.log10(low), math.log10(high)
    part = (value / 2 - low / 2) / (high / 2 - low / 2) if high != low else 0.5
    return max(-FAR, min(FAR, part)) if math.isfinite(part) else None


def _grid(axes: Axes, frame: _Frame) -> Iterator[str]:
    bottom, right = frame.top + frame.height, frame.left + frame.width
    low, high = sorted(frame.xlim)
    for value, text in ticks(low, high, log=frame.xlog):
        x = frame.x(value)
        yield f'<path d="M{x:.1f} {frame.top:g}V{bottom:g}" stroke="{GRID}"/>'
        if axes.xlabel:
            yield (f'<text x="{x:.1f}" y="{bottom + 18:g}" text-anchor="middle" '
                   f'fill="{SOFT}">{escape(text)}</text>')  # fmt: skip
    low, high = sorted(frame.ylim)
    for value, text in ticks(low, high, log=frame.ylog):
        y = frame.y(value) or 0.0
        size = 11 if len(text) > LONG_TICK else 13
        yield f'<path d="M{frame.left:g} {y:.1f}H{right:g}" stroke="{GRID}"/>'
        yield (f'<text x="{frame.left - 6:g}" y="{y + 4:.1f}" text-anchor="end" fill="{SOFT}" '
               f'font-size="{size}">{escape(text)}</text>')  # fmt: skip


def _labels(axes: Axes, frame: _Frame) -> Iterator[str]:
    middle = frame.left + frame.width / 2
    if axes.xlabel:
        yield (f'<text x="{middle:g}" y="{frame.top + frame.height + 42:g}" text-anchor="middle" '
               f'fill="{INK}" font-size="14">{_text(axes.xlabel)}</text>')  # fmt: skip
    if axes.ylabel:
        x, y = 15, frame.top + frame.height / 2
        most = int(frame.height / 7)
        yield (f'<text transform="translate({x} {y:g}) rotate(-90)" text-anchor="middle" '
               f'fill="{INK}" font-size="14">{_text(axes.ylabel, most)}</text>')  # fmt: skip
    if axes.title:
        yield (f'<text x="{frame.left:g}" y="{frame.top - 8:g}" fill="{INK}" font-size="14" '
               f'font-weight="600">{_text(axes.title, 100)}</text>')  # fmt: skip


def _legend(axes: Axes, frame: _Frame) -> Iterator[str]:
    labelled = [series for series in axes.series if series.label]
    for place, series in enumerate(labelled):
        x, y = frame.left + 12, frame.top + 18 + LINE_HEIGHT * place
        yield f'<circle cx="{x:g}" cy="{y - 4:g}" r="4" fill="{series.colour or GREY}"/>'
        yield (f'<text x="{x + 10:g}" y="{y:g}" fill="{INK}" paint-order="stroke" stroke="#fff" '
               f'stroke-width="3">{_text(series.label)}</text>')  # fmt: skip


def _series(series: Series, frame: _Frame) -> Iterator[str]:
    colour = series.colour or GREY
    if series.image or series.guide:
        return
    if series.kind == "bar" and series.width:
        yield from _bars(series, frame, colour)
        return
    yield from _errors(series, frame, colour)
    if series.line:
        yield _line(series.x, series.y, frame, colour)
    if series.marker or not series.line:
        yield _points(series, frame, colour)


def _line(x: Numbers, y: Numbers, frame: _Frame, colour: str) -> str:
    parts, pen = [], "M"
    for one, other in zip(x, y, strict=True):
        across, up = frame.x(one), frame.y(other)
        if across is None or up is None:
            pen = "M"
            continue
        parts.append(f"{pen}{across:.1f} {up:.1f}")
        pen = "L"
    return f'<path d="{"".join(parts)}" fill="none" stroke="{colour}" stroke-width="1.3"/>'


def _points(series: Series, frame: _Frame, colour: str) -> str:
    """Points as one path of lines without length, whose round ends are the dots."""
    size = 3 if series.marker == "." else 5.5
    parts = []
    for one, other in zip(series.x, series.y, strict=True):
        across, up = frame.x(one), frame.y(other)
        if across is not None and up is not None:
            parts.append(f"M{across:.1f} {up:.1f}h0")
    return (f'<path d="{"".join(parts)}" stroke="{colour}" stroke-width="{size}" '
            'stroke-linecap="round"/>')  # fmt: skip


def _errors(series: Series, frame: _Frame, colour: str) -> Iterator[str]:
    parts = []
    for place, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
        across, up = frame.x(x), frame.y(y)
        if across is None or up is None or x is None or y is None:
            continue
        if series.yerr:
            low, high = _ends(y, series.yerr, place, frame.ylim, log=frame.ylog)
            parts.append(f"M{across:.1f} {frame.y(low) or up:.1f}V{frame.y(high) or up:.1f}")
        if series.xerr:
            low, high = _ends(x, series.xerr, place, frame.xlim, log=frame.xlog)
            parts.append(f"M{frame.x(low) or across:.1f} {up:.1f}H{frame.x(high) or across:.1f}")
    if parts:
        yield f'<path d="{"".join(parts)}" stroke="{colour}" stroke-width="1.1" opacity=".75"/>'


def _ends(
    value: float, pair: tuple[Numbers, Numbers], place: int, limits: Limits, *, log: bool
) -> tuple[float, float]:
    low, high = value - (pair[0][place] or 0.0), value + (pair[1][place] or 0.0)
    return (min(limits) / 1000 if log and low <= 0 else low), high


def _bars(series: Series, frame: _Frame, colour: str) -> Iterator[str]:
    floor = frame.top + frame.height
    parts = []
    for middle, top, width in zip(series.x, series.y, series.width, strict=True):
        if middle is None or width is None:
            continue
        left, right = frame.x(middle - width / 2), frame.x(middle + width / 2)
        height = frame.y(top)
        if left is not None and right is not None and height is not None:
            parts.append(f"M{left:.1f} {floor:.1f}V{height:.1f}H{right:.1f}V{floor:.1f}")
    yield f'<path d="{"".join(parts)}" fill="{colour}" fill-opacity=".6" stroke="{colour}"/>'


def _text(text: str, most: int = LABEL_AT_MOST) -> str:
    short = plain(text)
    return escape(short if len(short) <= most else short[: most - 1] + "…")
