"""Mutations of spectra, light curves and catalogues: bins, time scales, positions."""

# ruff: noqa: TID253 -- tables of mutations, one a line; a benchmark imports what it needs

from collections.abc import Iterator

import numpy as np
from astropy.table import Column, Table, vstack
from astropy.time import Time

from benchmarks.mutation.case import (
    EQUAL,
    NEAR,
    NOT_SAME,
    OTHER,
    SAME,
    UNKNOWN,
    Case,
)  # fmt: skip
from benchmarks.mutation.tables import Base
from gallery.domain.comparison import Tolerance, Tolerances
from ontology.domain.kinds import ProductKind

SIGMAS = Tolerances(Tolerance(relative=1e-6, sigmas=3.0))
DAY = 86400.0


def spectrum_cases(base: Base) -> Iterator[Case]:
    """Spectra on other grids; the base has E_MIN, E_MAX, RATE (a bin) and FLUX (a keV)."""
    coarse = _coarser(base.table, 2)
    other = _coarser(base.table, 3)
    fine, rough = base.sample(base.table), base.sample(coarse)
    yield Case("rebinned to a coarser grid", base.name, fine, rough, UNKNOWN)
    yield Case("rebinned to a finer grid", base.name, rough, fine, NEAR)
    yield Case("rebinned to a finer grid, 3 to 1", base.name, base.sample(other), fine, NEAR)
    for factor, words in ((1.1, "10 % brighter"), (1.01, "1 % brighter")):
        brighter = _bright(coarse, factor)
        yield Case(f"coarser grid, {words}", base.name, fine, base.sample(brighter), OTHER)
        finer = _bright(base.table, factor)
        yield Case(f"finer grid, {words}", base.name, rough, base.sample(finer), OTHER)
    one = coarse.copy()
    one["FLUX"][1] *= 1.2
    yield Case("coarser grid, one bin 20 % brighter", base.name, fine, base.sample(one), OTHER)
    shifted = _other_edges(base.table)
    yield Case("other edges", base.name, rough, base.sample(shifted), UNKNOWN | OTHER)
    yield Case(
        "other edges, twice as bright",
        base.name,
        rough,
        base.sample(_bright(shifted, 2.0)),
        NOT_SAME,
    )
    yield Case(
        "half of the range", base.name, fine, base.sample(coarse[: len(coarse) // 2]), NOT_SAME
    )


def _coarser(table: Table, step: int) -> Table:
    """Every so many bins in one: RATE is summed, FLUX averaged by width, errors in quadrature."""
    groups = [table[start : start + step] for start in range(0, len(table), step)]
    made = Table()
    made["CHANNEL"] = np.arange(1, len(groups) + 1, dtype=np.int32)
    width = [np.asarray(part["E_MAX"] - part["E_MIN"]) for part in groups]
    made["E_MIN"] = Column([part["E_MIN"][0] for part in groups], unit=table["E_MIN"].unit)
    made["E_MAX"] = Column([part["E_MAX"][-1] for part in groups], unit=table["E_MAX"].unit)
    made["RATE"] = Column([np.sum(part["RATE"]) for part in groups], unit=table["RATE"].unit)
    made["RATE_ERR"] = Column(
        [np.sqrt(np.sum(part["RATE_ERR"] ** 2)) for part in groups], unit=table["RATE"].unit
    )
    flux = [np.sum(part["FLUX"] * w) / w.sum() for part, w in zip(groups, width, strict=True)]
    error = [
        np.sqrt(np.sum((part["FLUX_ERR"] * w) ** 2)) / w.sum()
        for part, w in zip(groups, width, strict=True)
    ]
    made["FLUX"] = Column(flux, unit=table["FLUX"].unit)
    made["FLUX_ERR"] = Column(error, unit=table["FLUX"].unit)
    return made


def _bright(table: Table, factor: float) -> Table:
    made = table.copy()
    for name in ("RATE", "FLUX"):
        made[name] = made[name] * factor
    return made


def _other_edges(table: Table) -> Table:
    made = table.copy()
    middle = np.sqrt(np.asarray(made["E_MIN"]) * np.asarray(made["E_MAX"]))
    made["E_MIN"] = Column(
        np.concatenate([[made["E_MIN"][0]], middle[1:]]), unit=table["E_MIN"].unit
    )
    made["E_MAX"] = Column(
        np.concatenate([middle[1:], [made["E_MAX"][-1]]]), unit=table["E_MIN"].unit
    )
    return made


def time_cases(base: Base, column: str, scale: str = "TT") -> Iterator[Case]:
    """Time scales and zeros; the base's times are MJD in days."""
    table = base.table.copy()
    table.meta["TIMESYS"] = scale
    published = base.sample(table)
    other = "UTC" if scale == "TT" else "TT"
    moved = getattr(
        Time(np.asarray(table[column]), format="mjd", scale=scale.lower()), other.lower()
    )
    relabelled, converted, silent = (table.copy() for _ in range(3))
    relabelled.meta["TIMESYS"] = other
    converted.meta["TIMESYS"] = other
    converted[column] = Column(moved.mjd, unit="d")
    silent[column] = Column(moved.mjd, unit="d")
    yield Case(
        "time scale UTC/TT, times not converted",
        base.name,
        published,
        base.sample(relabelled),
        OTHER,
    )
    yield Case(
        "time scale UTC/TT, times converted", base.name, published, base.sample(converted), EQUAL
    )
    yield Case(
        "times converted to UTC, label not", base.name, published, base.sample(silent), OTHER
    )
    nearly = table.copy()
    nearly[column] = Column(np.asarray(table[column]) + 1 / DAY, unit="d")
    yield Case(
        "times a second later", base.name, published, base.sample(nearly), OTHER, Tolerances()
    )
    single = table.copy()
    single[column] = Column(np.asarray(table[column]).astype(np.float32), unit="d")
    yield Case("times in single precision", base.name, published, base.sample(single), OTHER)
    zero = table.copy()
    zero.meta["MJDREF"] = 50000.0
    zero[column] = Column(np.asarray(table[column]) - 50000.0, unit="d")
    yield Case("times from another zero", base.name, published, base.sample(zero), EQUAL)
    wrong = table.copy()
    wrong.meta["MJDREF"] = 50000.0
    yield Case("another zero, times not converted", base.name, published, base.sample(wrong), OTHER)


def catalogue_cases(base: Base) -> Iterator[Case]:
    """Catalogues matched by position within 5 arcsec."""
    table, count = base.table, len(base.table)
    near = Tolerances(Tolerance(relative=1e-6), {"name": Tolerance()}, radius=5.0)
    published = base.sample(table)
    mixed = np.random.default_rng(9).permutation(count)
    yield Case("sources shuffled", base.name, published, base.sample(table[mixed]), SAME, near)
    jitter, moved, flux = (table[mixed].copy() for _ in range(3))
    jitter["dec"] = jitter["dec"] + 2 / 3600
    moved["dec"][0] += 60 / 3600
    flux["rate"][1] *= 1.01
    yield Case("sources 2 arcsec off", base.name, published, base.sample(jitter), NEAR, near)
    yield Case("a source an arcminute off", base.name, published, base.sample(moved), OTHER, near)
    yield Case("one cell changed by 1 %", base.name, published, base.sample(flux), OTHER, near)
    yield Case("a source missing", base.name, published, base.sample(table[mixed][1:]), OTHER, near)
    extra = vstack([table, table[:1]], metadata_conflicts="silent")
    extra["ra"][-1] += 0.5
    yield Case("a source more", base.name, published, base.sample(extra), OTHER, near)
    twice = vstack([table, table[:1]], metadata_conflicts="silent")
    yield Case("a source twice", base.name, published, base.sample(twice), OTHER, near)
    minutes = table.copy()
    for name in ("ra", "dec"):
        minutes[name] = Column(np.asarray(table[name]) * 60, unit="arcmin")
    yield Case("positions in arcmin", base.name, published, base.sample(minutes), EQUAL, near)
    swapped = table.copy()
    swapped.rename_columns(["ra", "dec"], ["x", "ra"])
    swapped.rename_column("x", "dec")
    yield Case("swapped columns", base.name, published, base.sample(swapped), NOT_SAME, near)
    yield Case("no sources", base.name, published, base.sample(table[:0]), NOT_SAME, near)


def light_curve(rows: int = 24) -> Base:
    """A light curve from the plan of the entry's pointings: real times, made-up rates."""
    times = 61000.0 + 0.05 * np.arange(rows)
    table = Table()
    table["TIME"] = Column(times, unit="d")
    table["TIMEDEL"] = Column(np.full(rows, 0.05), unit="d")
    rate = 280 + 9 * np.sin(times * 7)
    table["RATE"] = Column(rate, unit="1 / s")
    table["ERROR"] = Column(np.sqrt(rate) / 9, unit="1 / s")
    table["mag"] = Column(25 - 2.5 * np.log10(rate), unit="mag")
    return Base("light curve", table, "fits", kind=ProductKind.LIGHT_CURVE)
