"""What columns are for, told by their names, units and UCDs: time, energy, flux, error."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from executor.domain.tables.column import Column, TableInfo
from executor.domain.tables.units import is_spectral, is_time

TIME = re.compile(
    r"b?m?jd|t|time|date|epoch|tt|gps|met|tstart|t_start|.*_(?:mjd|jd|time)|gps_?time"
    r"|(?:time|mjd|jd|gps)[_ .](?:utc|tt|tdb|s|start|mid|rel|bin|mjd|bjd|jd|centre|center)"
    r"|date[_-](?:obs|beg|end)",
    re.IGNORECASE,
)
ENERGY = re.compile(
    r"e|en|energy|e_?(?:ref|mid|mean|center|centre)|wave(?:length)?|lambda|freq(?:uency)?|nu"
    r"|ener(?:g|gy)?[_ ].*|.*_energy|channel",
    re.IGNORECASE,
)
FLUX = re.compile(
    r".*(?:flux|rate|counts?|strain|dnde|sed|e2dnde|magn?itude|mag|intensity|signal|amplitude|norm)"
    r".*|cr|h|f|y",
    re.IGNORECASE,
)
ERROR = re.compile(r"(?:e|err|error|sigma|sig|unc|d|std|stat_err)[_ .-]?(?P<of>.+)"
                   r"|(?P<before>.+?)[_ .-]?(?:e|err|error|errors|unc|uncertainty|sigma|std|stat)",
                   re.IGNORECASE)  # fmt: skip
ALONE = frozenset({"error", "err", "stat_err", "staterr", "sigma", "unc"})
LOW = ("{}_errn", "{}_err_lo", "{}_lo_err", "{}_err_low", "{}_errm", "neg_unc_{}", "unc_neg_{}",
       "unc_{}_neg", "{}_err_minus", "e_{}_lo")  # fmt: skip
HIGH = ("{}_errp", "{}_err_hi", "{}_hi_err", "{}_err_high", "{}_errp", "pos_unc_{}", "unc_pos_{}",
        "unc_{}_pos", "{}_err_plus", "e_{}_hi")  # fmt: skip
BOUNDS = (("e_min", "e_max"), ("energ_lo", "energ_hi"), ("emin", "emax"))


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by what they are for, and what to plot first.

    Attributes:
        times: columns of times, ``energies`` of energies, frequencies or wavelengths.
        fluxes: columns of what is measured.
        errors: column → its error columns: one for both sides, or one below and one above.
        kind: ``curve``, ``spectrum`` or ``histogram``: what the table looks like.
        x: column to put along x, empty without any; ``y`` along y.
    """

    times: tuple[str, ...]
    energies: tuple[str, ...]
    fluxes: tuple[str, ...]
    errors: dict[str, tuple[str, ...]]
    kind: str
    x: str
    y: str


def roles(info: TableInfo) -> Roles:
    """What the columns of a table are for."""
    plotted = [item for item in info.columns if item.is_numeric]
    errors = error_columns(plotted)
    taken = {name for names in errors.values() for name in names}
    left = [item for item in plotted if item.name not in taken]
    times = tuple(item.name for item in left if is_time_column(item))
    energies = tuple(sorted((item.name for item in left if is_energy_column(item)),
                            key=lambda name: name.lower() == "channel"))  # fmt: skip
    fluxes = tuple(
        item.name for item in left
        if FLUX.fullmatch(item.name) and item.name not in (*times, *energies)
    )  # fmt: skip
    return _guessed(left, times, energies, _measured_first(fluxes, errors), errors)


def is_time_column(column: Column) -> bool:
    """Whether a column counts time: by its name, UCD, or unit together with its name."""
    if column.scale or column.ucd.startswith("time.epoch"):
        return True
    named = bool(TIME.fullmatch(column.name))
    return named and (not column.unit or is_time(column.unit) or column.kind == "text")


def is_energy_column(column: Column) -> bool:
    """Whether a column is an energy, a frequency or a wavelength."""
    if column.ucd.startswith("em."):
        return True
    name = column.name.lower()
    bound = name in {one for pair in BOUNDS for one in pair}
    unit_fits = is_spectral(column.unit)
    return (unit_fits and (bound or bool(ENERGY.fullmatch(name)))) or name == "channel"


def error_columns(columns: Iterable[Column]) -> dict[str, tuple[str, ...]]:
    """Column → its error columns."""
    known = {item.name.lower(): item for item in columns}
    found: dict[str, tuple[str, ...]] = {}
    for key, column in known.items():
        pair = _pair(key, known)
        if pair:
            found[column.name] = pair
    for key, column in known.items():
        told = ERROR.fullmatch(key)
        for part in (told["of"], told["before"]) if told else ():
            of = known.get(part or "")
            if of is not None and of.unit == column.unit and of.name != column.name:
                found.setdefault(of.name, (column.name,))
    return found or _lone(known)


def _pair(key: str, known: dict[str, Column]) -> tuple[str, ...]:
    for low, high in zip(LOW, HIGH, strict=True):
        pair = known.get(low.format(key)), known.get(high.format(key))
        if pair[0] and pair[1]:
            return pair[0].name, pair[1].name
    return ()


def _lone(known: dict[str, Column]) -> dict[str, tuple[str, ...]]:
    """A column called ``error`` belongs to the one measured column of its unit."""
    for key, error in known.items():
        if key in ALONE:
            measured = [item.name for name, item in known.items()
                        if FLUX.fullmatch(name) and item.unit == error.unit and name != key
                        and name not in ALONE]  # fmt: skip
            if measured:
                return {measured[0]: (error.name,)}
    return {}


def _measured_first(fluxes: tuple[str, ...], errors: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(fluxes, key=lambda name: name not in errors))


def _guessed(
    left: list[Column],
    times: tuple[str, ...],
    energies: tuple[str, ...],
    fluxes: tuple[str, ...],
    errors: dict[str, tuple[str, ...]],
) -> Roles:
    names = [item.name for item in left]
    kind = "curve" if times and fluxes else "spectrum" if energies and fluxes else ""
    if not kind and times and not fluxes:
        kind = "histogram"
    kind = kind or ("curve" if len(names) > 1 else "histogram")
    first = (times if kind in {"curve", "histogram"} else energies) or tuple(names)
    x = first[0] if first else ""
    x = (kind == "spectrum" and _bins(left)) or x
    others = [*fluxes, *(name for name in errors if name not in fluxes), *names]
    y = next((name for name in others if name != x), "")
    return Roles(times, energies, fluxes, errors, kind, x, y)


def _bins(columns: list[Column]) -> str:
    """The middle of the energy bins of a spectrum; empty where it has no bins."""
    known = {item.name.lower(): item for item in columns}
    for low, high in BOUNDS:
        pair = known.get(low), known.get(high)
        if pair[0] and pair[1] and is_spectral(pair[0].unit):
            return f"{pair[0].name}..{pair[1].name}"
    return ""
