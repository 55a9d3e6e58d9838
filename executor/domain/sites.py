"""Sites: the places where runs go, as the operator describes them in a TOML file.

::

    [[site]]
    name = "cluster"
    kind = "slurm"
    rank = 1
    runs = 40
    address = "10.0.0.1"
    partition = "short"

    [[site]]
    name = "here"
    kind = "local"
    runs = 2
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Value = str | int | bool | list[str]
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
WALLTIME = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)")
SPARE_SECONDS = 120  # of a walltime, for what begins before a run and ends after it
SANDBOXES = ("auto", "bubblewrap", "direct", "off")
DEFAULT_WALLTIME = "01:00:00"


class Kind(StrEnum):
    """What runs the jobs of a site: this machine, or a batch system."""

    LOCAL = "local"
    SLURM = "slurm"
    HTCONDOR = "htcondor"
    GRIDENGINE = "gridengine"
    KUBERNETES = "kubernetes"
    PBSPRO = "pbspro"
    TORQUE = "torque"
    LSF = "lsf"


EVERY: Mapping[str, type] = {"name": str, "kind": str, "rank": int, "runs": int}
BATCH: dict[str, type] = {
    "address": str,
    "blocks": int,
    "runs_per_node": int,
    "init": str,
    "wait_seconds": int,
    "idle_seconds": int,
    "sandbox": str,
}
QUEUED: dict[str, type] = {"walltime": str, "options": str}
OWN: Mapping[Kind, Mapping[str, type]] = {
    Kind.LOCAL: {},
    Kind.SLURM: BATCH
    | QUEUED
    | dict.fromkeys(("partition", "account", "qos", "constraint"), str)
    | {"nodes": int, "cores": int, "memory_gb": int, "exclusive": bool},
    Kind.HTCONDOR: BATCH
    | QUEUED
    | {"project": str, "requirements": str, "cores": int, "memory_gb": int},
    Kind.GRIDENGINE: BATCH | QUEUED | {"queue": str},
    Kind.KUBERNETES: BATCH
    | {"image": str, "namespace": str, "cores": int, "memory_gb": int, "volumes": list},
    Kind.PBSPRO: BATCH | QUEUED | {"account": str, "queue": str, "select": str, "cores": int},
    Kind.TORQUE: BATCH | QUEUED | {"account": str, "queue": str},
    Kind.LSF: BATCH | QUEUED | {"project": str, "queue": str, "cores": int},
}
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.LOCAL: (),
    Kind.KUBERNETES: ("address", "image", "volumes"),
}
WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number above zero",
    bool: "true or false",
    list: "a list of texts",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One configured place for runs.

    Attributes:
        name: what attempts say of where they were.
        kind: what runs its jobs.
        rank: sites of a lower rank are tried first.
        runs: how many it takes at a time; None for as many as come.
        options: the rest of its table, checked, for who submits the jobs.
    """

    name: str
    kind: Kind
    rank: int = 1
    runs: int | None = None
    options: Mapping[str, Value] = field(default_factory=dict)

    def text(self, option: str, default: str = "") -> str:
        """An option that is a text."""
        value = self.options.get(option)
        return value if isinstance(value, str) else default

    def number(self, option: str, default: int) -> int:
        """An option that is a whole number."""
        value = self.options.get(option)
        return value if isinstance(value, int) else default


LOCAL = Site("local", Kind.LOCAL)


class BadSitesError(ValueError):
    """The file of the sites has faults; ``faults`` says each in a sentence."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_sites(text: str, *, run_seconds: int) -> tuple[Site, ...]:
    """The sites of a TOML text, those to be tried first at the front.

    Args:
        text: tables ``[[site]]``, as the module shows.
        run_seconds: how long a run may take; a job of a batch system must have so long.

    Raises:
        BadSitesError: with a sentence for every fault.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSitesError([f"It is not TOML: {error}."]) from None
    tables = content.pop("site", [])
    faults = [f"Nothing is known of {name!r}: write tables [[site]]." for name in content]
    if not isinstance(tables, list) or not tables:
        raise BadSitesError([*faults, "It names no site: write a table [[site]] for each."])
    for number, table in enumerate(tables, 1):
        faults += _faults(table, f"Site {number}", run_seconds)
    names = [table.get("name") for table in tables if isinstance(table, dict)]
    twice = {name for name in names if isinstance(name, str) and names.count(name) > 1}
    faults += [f"Two sites are named {name}." for name in sorted(twice)]
    if faults:
        raise BadSitesError(faults)
    sites = [_site(table, number) for number, table in enumerate(tables, 1)]
    return tuple(sorted(sites, key=lambda site: site.rank))


def walltime_seconds(text: str) -> int:
    """Seconds of a walltime such as ``01:30:00``.

    Raises:
        ValueError: it is no walltime.

    >>> walltime_seconds("01:30:00")
    5400
    """
    found = WALLTIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no walltime")
    hours, minutes, seconds = map(int, found.groups())
    return 3600 * hours + 60 * minutes + seconds


def _site(table: Mapping[str, Any], number: int) -> Site:
    options = {name: value for name, value in table.items() if name not in EVERY}
    kind, rank = Kind(table["kind"]), table.get("rank", number)
    return Site(table["name"], kind, rank, table.get("runs"), options)


def _faults(table: object, place: str, run_seconds: int) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{place} is no table: write [[site]]."
        return
    name, kind = table.get("name"), table.get("kind")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{place} needs a name of small letters, digits and hyphens."
    else:
        place = f"Site {name}"
    if kind not in list(Kind):
        yield f"{place}: kind is {kind!r}; write one of {', '.join(Kind)}."
        return
    yield from _faults_of_options(table, Kind(kind), place)
    if OWN[Kind(kind)].get("walltime"):
        yield from _faults_of_walltime(table, place, run_seconds)


def _faults_of_options(table: Mapping[str, Any], kind: Kind, place: str) -> Iterator[str]:
    known = {**EVERY, **OWN[kind]}
    for name, value in table.items():
        if name not in known:
            yield f"{place}: {kind} has no option {name}; it has {', '.join(sorted(known))}."
        elif not _fits(value, known[name]):
            yield f"{place}: {name} is {value!r}; write {WORDS[known[name]]}."
    for name in NEEDED.get(kind, ("address",)):
        if name not in table:
            yield f"{place}: {name} is missing; {kind} needs it."
    if table.get("sandbox", "auto") not in SANDBOXES:
        yield f"{place}: sandbox is {table['sandbox']!r}; write one of {', '.join(SANDBOXES)}."


def _faults_of_walltime(table: Mapping[str, Any], place: str, run_seconds: int) -> Iterator[str]:
    text = table.get("walltime", DEFAULT_WALLTIME)
    try:
        seconds = walltime_seconds(str(text))
    except ValueError:
        yield f"{place}: walltime is {text!r}; write hours:minutes:seconds, such as 04:00:00."
        return
    least = run_seconds + SPARE_SECONDS
    if seconds < least:
        yield (
            f"{place}: its walltime {text} is {seconds} s; a run may take {run_seconds} s, so "
            f"write at least {least} s."
        )


def _fits(value: object, wanted: type) -> bool:
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if wanted is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, wanted) and value != ""
