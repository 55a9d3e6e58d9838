"""The runs that a crate brings, read from its recipe (``rerun.json``)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.domain.entry import safe_path
from executor.domain.address import environment_digest

MACHINES = (
    "x86_64", "aarch64", "arm64", "AMD64", "ARM64", "ppc64le", "s390x", "riscv64", "loongarch64",
)  # fmt: skip
PYTHON = re.compile(r"3\.[0-9]{1,3}")
SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[^\0]{1,200}")
ROLES = frozenset({"output", "plot", "notebook"})
RUNS_AT_MOST = 20_000
SEEDS = 2**31


class BadRecipeError(ValueError):
    """The recipe is not as a Reprise writes it; the message says where."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """What a run gave: its name and role, where it lies in the crate, its sha256 and bytes."""

    name: str
    role: str
    path: str
    sha256: str
    size: int

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """A run of a crate.

    Attributes:
        address: what the crate says its address is.
        environment: digest of the environment that it ran in; empty when the crate is older.
        version: slug and number of its version, as the crate has them.
        parameters: its plain values.
        seed: of its random numbers.
        python: of the environment, such as ``3.11``.
        started: when it began.
        ended: when it ended.
        made: what it gave.
        given: products given to it by digest: sha256 → file name.
        fed_by: addresses of the runs that feed it.
    """

    address: str
    environment: str
    version: tuple[str, int]
    parameters: Mapping[str, Any]
    seed: int
    python: str
    started: datetime
    ended: datetime
    made: tuple[MadeFile, ...]
    given: Mapping[str, str]
    fed_by: tuple[str, ...] = ()


def read_runs(recipe: Mapping[str, Any]) -> tuple[ImportedRun, ...]:
    """The runs of a recipe.

    Raises:
        BadRecipeError: it is not as a Reprise writes it.
    """
    try:
        found = tuple(_runs(recipe))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadRecipeError(f"rerun.json is not as a Reprise writes it: {error!r}"[:300]) from None
    if not 0 < len(found) <= RUNS_AT_MOST or len({run.address for run in found}) != len(found):
        raise BadRecipeError(f"rerun.json names {len(found)} runs, or one of them twice")
    return found


def plausible_environment(digest: str, lock: str, python: str) -> bool:
    """Whether a digest is that of a lock's environment for a Python on some machine."""
    return digest in {
        environment_digest(lock=lock, python=python, machine=machine) for machine in MACHINES
    }


def _runs(recipe: Mapping[str, Any]) -> Iterator[ImportedRun]:
    if "steps" in recipe:
        for step in recipe["steps"]:
            yield _run(step, step["version"], step["python"], step["made"], step["links"])
        return
    for run in recipe["runs"]:
        yield _run(run, recipe["version"], recipe["python"], run["products"], [])


def _run(
    run: Mapping[str, Any], version: Mapping[str, Any], python: str, made: Any, links: Any  # noqa: ANN401 -- any JSON value
) -> ImportedRun:  # fmt: skip
    executed = [{**item, "name": "notebook", "role": "notebook"} for item in run["executed"]]
    environment = run.get("environment", "")
    return ImportedRun(
        address=_fitting(SHA256, run["address"]),
        environment=_fitting(SHA256, environment) if environment else "",
        version=(str(version["slug"]), int(version["number"])),
        parameters=dict(run["parameters"]),
        seed=_number(run["seed"], SEEDS),
        python=_fitting(PYTHON, python) if python else "",
        started=_moment(run["started"]),
        ended=_moment(run["ended"]),
        made=tuple(_made(item) for item in [*executed, *made]),
        given={
            _fitting(SHA256, link["sha256"]): _file(link["path"])
            for link in links
            if not link["source"]
        },
        fed_by=tuple(str(link["source"]) for link in links if link["source"]),
    )


def _made(item: Mapping[str, Any]) -> MadeFile:
    if item["role"] not in ROLES:
        raise BadRecipeError(f"the role {item['role']!r}"[:100])
    _file(item["path"])
    return MadeFile(
        _fitting(NAME, item["name"]), item["role"], item["path"], _fitting(SHA256, item["sha256"]),
        _number(item["size"], 2**62),
    )  # fmt: skip


def _file(path: str) -> str:
    if not safe_path(path):
        raise BadRecipeError(f"the path {path[:100]!r}")
    return path.rsplit("/", 1)[-1]


def _fitting(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise BadRecipeError(f"{text[:100]!r}")
    return text


def _number(value: Any, below: int) -> int:  # noqa: ANN401 -- any JSON value
    if type(value) is not int or not 0 <= value < below:
        raise BadRecipeError(f"{value!r}"[:100])
    return value


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise BadRecipeError(f"a moment without its time zone: {text[:40]}")
    return found
