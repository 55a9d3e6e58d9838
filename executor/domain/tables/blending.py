"""Several products on one axis: of time, or of energy; in panels, or one over the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

import numpy as np
from numpy.typing import NDArray

from executor.domain.plot import Axes, Limits, Plot, Series
from executor.domain.tables import question, times
from executor.domain.tables.choosing import WHOLE_ROWS, BadQuestionError, known
from executor.domain.tables.drawn import (
    COLOURS,
    array,
    bars_of,
    listed,
    made_series,
    reach,
    span,
    wide,
)
from executor.domain.tables.opened import Opened
from executor.domain.tables.question import STYLES, Lists
from executor.domain.tables.roles import roles
from executor.domain.tables.series import (
    check_unit,
    drawable,
    ends,
    numbers,
    shown_in,
)
from executor.domain.tables.thinning import thinned
from executor.domain.tables.units import SPECTRAL, converts, is_spectral

Numbers = NDArray[np.float64]
PARTS_AT_MOST = 8
PIECES = 5
DIGEST = re.compile(r"[0-9a-f]{64}")
AXES = ("time", "energy")
LAYOUTS = ("panels", "overlaid")
PANEL, ROOM, FOOT = 170.0, 34.0, 60.0
WIDTH, LEFT = 800.0, 96.0
TEXTS_AT_MOST = 500_000


@dataclass(frozen=True, slots=True)
class Part:
    """One product of a blend.

    Attributes:
        digest: of the product.
        file: its file name, with ``#2`` for the table 2 of its file.
        x: column along the axis, ``TIME@gps`` where the reader says how it counts.
        y: column across.
        label: what to call it; empty for what the file says.
    """

    digest: str
    file: str
    x: str
    y: str
    label: str = ""

    @property
    def name(self) -> str:
        """The file name alone."""
        return self.file.partition("#")[0]

    @property
    def hdu(self) -> int | None:
        """Which table of the file; None for the first."""
        text = self.file.partition("#")[2]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None  # noqa: PLR2004 -- up to 999

    @property
    def text(self) -> str:
        """The part as a query carries it."""
        return part_text(self.digest, self.file, self.x, self.y, self.label)


@dataclass(frozen=True, slots=True)
class Blend:
    """What a reader asks to see together.

    Attributes:
        parts: the products.
        axis: ``time`` or ``energy``.
        t0: zero of a time axis as written; empty for an absolute axis.
        xunit: unit of the axis; empty for what fits.
        scale: time scale of the axis.
        layout: ``panels`` or ``overlaid``.
        start: least x that is drawn, in the unit of the axis, or None; ``stop`` the greatest.
        xlog: whether the axis is logarithmic; None for what fits. ``ylog`` as well.
        style: how series are drawn.
    """

    parts: tuple[Part, ...]
    axis: str = "time"
    t0: str = ""
    xunit: str = ""
    scale: str = "utc"
    layout: str = "panels"
    start: float | None = None
    stop: float | None = None
    xlog: bool | None = None
    ylog: bool | None = None
    style: str = "auto"

    @property
    def units(self) -> tuple[str, ...]:
        """Units that the axis can have."""
        if self.axis == "energy":
            return SPECTRAL
        return times.RELATIVE if self.t0 else times.ABSOLUTE

    @property
    def unit(self) -> str:
        """The unit of the axis."""
        if self.xunit in self.units:
            return self.xunit
        return {"energy": "keV"}.get(self.axis, "s" if self.t0 else "mjd")


@dataclass(frozen=True, slots=True)
class Source:
    """A part with its opened table, and the words for its panel."""

    part: Part
    opened: Opened
    title: str


def part_text(digest: str, file: str, x: str, y: str, label: str = "") -> str:
    """A part as ``p=`` carries it: pieces between colons, each percent-encoded."""
    pieces = [digest, file, x, y, *([label] if label else [])]
    return ":".join(quote(piece, safe=" @[]#=/+,.") for piece in pieces)


def blend_question(query: Lists) -> Blend:
    """The blend that a query asks for.

    Raises:
        BadQuestionError: part of it cannot be understood.
    """
    texts = [text for text in query.get("p", ()) if text.strip()]
    if len(texts) > PARTS_AT_MOST:
        raise BadQuestionError(f"{len(texts)} products; {PARTS_AT_MOST} are shown together.")
    parts = tuple(_part(text) for text in texts)
    flags = {name: question.choice(query, name, ("", "yes", "no")) for name in ("xlog", "ylog")}
    return Blend(
        parts, question.choice(query, "axis", AXES), question.one(query, "t0"),
        question.one(query, "xunit"), question.choice(query, "scale", times.SHOWN_SCALES),
        question.choice(query, "layout", LAYOUTS), question.number(query, "from"),
        question.number(query, "to"), style=question.choice(query, "style", STYLES),
        **{name: (text == "yes" if text else None) for name, text in flags.items()},
    )  # fmt: skip


def blend(sources: Sequence[Source], asked: Blend) -> Plot:
    """All parts on one axis.

    Raises:
        BadQuestionError: a column, unit or time does not fit.
    """
    drawn = [_series(source, asked, COLOURS[place]) for place, source in enumerate(sources)]
    if not drawn:
        raise BadQuestionError("Nothing is chosen yet: add a product.")
    along = np.concatenate([reach(item.x, item.xerr) for item, _label in drawn])
    log = asked.xlog if asked.xlog is not None else asked.axis == "energy" and wide(along)
    xlim = _limits(asked, along, log=log)
    scale = "log" if log else "linear"
    if asked.layout == "overlaid":
        return _overlaid(sources, asked, [item for item, _label in drawn], xlim, scale)
    return _panels(sources, asked, drawn, xlim, scale)


def x_label(asked: Blend) -> str:
    """What the axis is called."""
    if asked.axis == "energy":
        return f"{_energy_word(asked.unit)} [{asked.unit}]"
    if asked.t0:
        zero = times.zero_of(asked.t0, asked.scale)
        return f"time since {times.written(zero, asked.scale)} [{asked.unit}]"
    if asked.unit == "gps":
        return "GPS time [s]"
    return f"{asked.unit.upper()} ({asked.scale.upper()}) [d]"


def _energy_word(unit: str) -> str:
    if converts(unit, "keV") and unit.endswith(("eV", "erg")):
        return "energy"
    return "frequency" if unit.endswith("Hz") else "wavelength"


def _part(text: str) -> Part:
    pieces = [
        unquote(piece).strip()[: question.TEXT_AT_MOST] for piece in text.split(":", PIECES - 1)
    ]
    if len(pieces) < PIECES - 1 or not DIGEST.fullmatch(pieces[0].lower()):
        raise BadQuestionError(
            f"{text[:80]!r} is no product to show: write digest:file:x:y, or digest:file:x:y:label."
        )
    return Part(pieces[0].lower(), *pieces[1:])


def _series(source: Source, asked: Blend, colour: str) -> tuple[Series, str]:
    """The series of a part, and the label of what it measures."""
    opened, part = source.opened, source.part
    known_roles = roles(opened.info)
    y = drawable(opened, part.y or known_roles.y)
    values = numbers(opened, y, None)
    along, xerr = (_times if asked.axis == "time" else _energies)(opened, part, asked, values)
    keep = np.flatnonzero(_within(along, asked))
    kept = keep[thinned(along[keep], values[keep], log=bool(asked.xlog))]
    errors = bars_of(opened, y, known_roles, None)
    whole = asked.start is None and asked.stop is None
    many = int(np.isfinite(values).sum()) if whole else len(keep)
    thin = f"{many:,} points, thinned to {len(kept):,} with the highest and lowest kept"
    series = made_series(
        along[kept], values[kept], label="", colour=colour, style=asked.style, many=many,
        xerr=(xerr[0][kept], xerr[1][kept]) if xerr else None,
        yerr=(errors[0][kept], errors[1][kept]) if errors else None,
        note=thin if len(kept) < many else "",
    )  # fmt: skip
    return series, y.label()


def _times(
    opened: Opened, part: Part, asked: Blend, values: Numbers
) -> tuple[Numbers, tuple[Numbers, Numbers] | None]:
    name, _at, told = part.x.partition("@")
    column = known(opened, name)
    zero = times.zero_of(asked.t0, asked.scale) if asked.t0 else None
    if column.kind == "text":
        raw = opened.values(column, 0, min(WHOLE_ROWS, TEXTS_AT_MOST)).filled(b"")
        clock = times.clock_of(column, opened.info.keys, np.empty(0), told)
        along = times.placed(raw, clock, zero, asked.unit, asked.scale)
        if len(along) < len(values):
            raise BadQuestionError(f"{name} has more dates than {TEXTS_AT_MOST:,}.")
        return along, None
    numeric = drawable(opened, name)
    raw = numbers(opened, numeric, None)
    clock = times.clock_of(column, opened.info.keys, raw, told)
    if asked.start is None and asked.stop is None:
        # Order stays under any clock, so what is thinned away need not be converted.
        kept = thinned(raw, values)
        along = np.full(len(raw), np.nan)
        along[kept] = times.placed(raw[kept], clock, zero, asked.unit, asked.scale)
        return along, None
    return times.placed(raw, clock, zero, asked.unit, asked.scale), None


def _energies(
    opened: Opened, part: Part, asked: Blend, _values: Numbers
) -> tuple[Numbers, tuple[Numbers, Numbers] | None]:
    x = drawable(opened, part.x or roles(opened.info).x)
    if not is_spectral(x.column.unit):
        raise BadQuestionError(
            f"{x.name} is in {x.column.unit or 'no unit'}, "
            "which is none of energy, frequency or wavelength."
        )
    check_unit(x.column, asked.unit)
    along = numbers(opened, x, None)
    errors = None
    if x.upper is not None:
        low, high = ends(opened, x, None)
        errors = np.abs(along - low), np.abs(high - along)
    return shown_in(along, errors, x.column, asked.unit)


def _within(along: Numbers, asked: Blend) -> NDArray[np.bool_]:
    low = -np.inf if asked.start is None else asked.start
    high = np.inf if asked.stop is None else asked.stop
    with np.errstate(all="ignore"):
        return np.asarray((along >= min(low, high)) & (along <= max(low, high)))


def _limits(asked: Blend, along: Numbers, *, log: bool) -> Limits | None:
    if asked.start is not None and asked.stop is not None and asked.start != asked.stop:
        low, high = sorted((asked.start, asked.stop))
        if low > 0 or not log:
            return low, high
    return span(along, log=log)


def _panels(
    sources: Sequence[Source],
    asked: Blend,
    drawn: Sequence[tuple[Series, str]],
    xlim: Limits | None,
    xscale: str,
) -> Plot:
    height = len(drawn) * (PANEL + ROOM) + FOOT
    panels = []
    for place, ((series, label), source) in enumerate(zip(drawn, sources, strict=True)):
        low = FOOT + (len(drawn) - 1 - place) * (PANEL + ROOM)
        ylim, yscale = _across(series, asked)
        panels.append(
            Axes(
                title=source.title, xlabel=x_label(asked) if place == len(drawn) - 1 else "",
                ylabel=label, xscale=xscale, yscale=yscale, xlim=xlim, ylim=ylim,
                box=(LEFT, low, WIDTH - LEFT - 14, PANEL), series=(series,),
            )
        )  # fmt: skip
    return Plot((WIDTH, height), tuple(panels))


def _across(series: Series, asked: Blend) -> tuple[Limits | None, str]:
    values = reach(series.y, series.yerr)
    log = asked.ylog if asked.ylog is not None else asked.axis == "energy" and wide(array(series.y))
    return span(values, log=bool(log)), "log" if log else "linear"


def _overlaid(
    sources: Sequence[Source],
    asked: Blend,
    drawn: Sequence[Series],
    xlim: Limits | None,
    xscale: str,
) -> Plot:
    series = tuple(
        replace(_normalised(item), label=source.title)
        for item, source in zip(drawn, sources, strict=True)
    )
    axes = Axes(
        title="", xlabel=x_label(asked), ylabel="each from its least (0) to its greatest (1)",
        xscale=xscale, yscale="linear", xlim=xlim, ylim=(-0.05, 1.05),
        box=(LEFT, FOOT, WIDTH - LEFT - 14, 400.0), series=series,
    )  # fmt: skip
    return Plot((WIDTH, 400.0 + FOOT + ROOM), (axes,))


def _normalised(series: Series) -> Series:
    y = array(series.y)
    finite = y[np.isfinite(y)]
    if not len(finite):
        return series
    low, high = finite.min(), finite.max()
    size = high - low or 1.0
    errors = series.yerr and (
        listed(array(series.yerr[0]) / size),
        listed(array(series.yerr[1]) / size),
    )
    return replace(series, y=listed((y - low) / size), yerr=errors)
