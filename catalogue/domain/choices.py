"""What an author chooses for all runs of an entry, in ``reprise.toml``."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ontology.domain.findings import Finding, Severity, Where

FILE = "reprise.toml"
TEXT_AT_MOST = 20_000
HOSTS_AT_MOST = 20
HOST = re.compile(r"^(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z", re.ASCII)
KNOWN = frozenset({"runtime", "network", "deterministic"})


class Runtime(StrEnum):
    """How the main file of an entry is run."""

    NOTEBOOK = "notebook"
    EXACT = "exact"
    CWL = "cwl"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the author chose.

    Attributes:
        runtime: ``notebook`` for our own runner, ``exact`` for a real Jupyter kernel; an entry
            whose main file is a CWL document always has ``cwl``.
        network: names of the hosts that the code may ask; empty for no network at all.
        deterministic: whether the same question always gives the same bytes.
    """

    runtime: Runtime = Runtime.NOTEBOOK
    network: tuple[str, ...] = ()
    deterministic: bool = True


def read_choices(text: str, main: str) -> tuple[Choices, tuple[Finding, ...]]:
    """Read ``reprise.toml`` of an entry whose main file is ``main``; every fault is a finding."""
    if main.endswith(".cwl"):
        given, findings = _read(text)
        return Choices(Runtime.CWL, given.network, given.deterministic), findings
    return _read(text)


def _read(text: str) -> tuple[Choices, tuple[Finding, ...]]:
    if len(text) > TEXT_AT_MOST:
        return Choices(), (_finding(f"It is longer than {TEXT_AT_MOST:,} characters."),)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Choices(), (_finding(f"It is not TOML: {str(error)[:200]}."),)
    faults = [_finding(f"{name[:60]!r} is not known.") for name in sorted(set(content) - KNOWN)]
    faults += [_finding(fault) for fault in _faults(content)]
    return (Choices() if faults else _choices(content)), tuple(faults)


def _choices(content: dict[str, Any]) -> Choices:
    return Choices(
        runtime=Runtime(content.get("runtime", "notebook")),
        network=tuple(sorted(set(content.get("network", ())))),
        deterministic=content.get("deterministic", True),
    )


def _faults(content: dict[str, Any]) -> list[str]:
    faults = []
    if content.get("runtime", "notebook") not in ("notebook", "exact"):
        faults.append('runtime is neither "notebook" nor "exact".')
    if not isinstance(content.get("deterministic", True), bool):
        faults.append("deterministic is neither true nor false.")
    hosts = content.get("network", [])
    if not isinstance(hosts, list) or len(hosts) > HOSTS_AT_MOST:
        faults.append(f"network is no list of at most {HOSTS_AT_MOST} host names.")
    elif not all(isinstance(host, str) and HOST.match(host) for host in hosts):
        faults.append('network names something that is no host, such as "archive.example.org".')
    return faults


def _finding(what: str) -> Finding:
    mend = 'Write runtime = "notebook" or "exact", network = ["host"], deterministic = true.'
    return Finding(Severity.MUST, "catalogue/choices", Where(FILE), what, mend)
