"""Repositories that releases go to, as the operator describes them in a TOML file.

::

    [[repository]]
    name = "zenodo"
    kind = "inveniordm"
    url = "https://zenodo.org"
    production = true
    prefix = "10.5281"
    token_file = "/etc/reprise/zenodo-token"
    communities = ["astro-figures"]

The file says where a token is, never what it is. The shelf is always there and not in the file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publishing.domain.repository_faults import Kind, faults_between, faults_of

PER_MINUTE = 60
TIMEOUT = 60
RESOLVER = "https://doi.org"


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """One repository as the operator configured it.

    Attributes:
        name: stands in ``Deposit.repository``.
        kind: which adapter speaks to it.
        url: its address without a slash at the end, such as ``https://zenodo.org``.
        production: whether what is published there is for ever.
        token_file: file that holds the token.
        token_env: environment variable that holds it, where there is no file.
        prefix: what the DOIs that it gives begin with; empty when it gives none.
        resolver: address below which a DOI is looked up.
        communities: slugs of communities that every record is offered to.
        projects: numbers of the projects that own what is submitted (WorkflowHub).
        publisher: its name in metadata.
        per_minute: requests that it may be sent in a minute, by all workers together.
        timeout: seconds to wait for an answer.
    """

    name: str
    kind: Kind
    url: str
    production: bool
    token_file: str = ""
    token_env: str = ""
    prefix: str = ""
    resolver: str = RESOLVER
    communities: tuple[str, ...] = ()
    projects: tuple[int, ...] = ()
    publisher: str = ""
    per_minute: int = PER_MINUTE
    timeout: int = TIMEOUT


class BadRepositoriesError(ValueError):
    """The file of the repositories has faults; ``faults`` says each in a sentence."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_repositories(text: str) -> tuple[RepositorySettings, ...]:
    """The repositories of a TOML text, in its order.

    Args:
        text: tables ``[[repository]]``, as the module shows.

    Raises:
        BadRepositoriesError: with a sentence for every fault; no sentence repeats what may be a
            token.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRepositoriesError([f"It is not TOML: {error}."]) from None
    tables = content.pop("repository", [])
    faults = [f"Nothing is known of {name!r}: write tables [[repository]]." for name in content]
    if not isinstance(tables, list) or not tables:
        raise BadRepositoriesError([*faults, NONE])
    for number, table in enumerate(tables, 1):
        faults += faults_of(table, f"Repository {number}")
    faults += faults_between([table for table in tables if isinstance(table, dict)])
    if faults:
        raise BadRepositoriesError(faults)
    return tuple(_repository(table) for table in tables)


def _repository(table: Mapping[str, Any]) -> RepositorySettings:
    lists = {name: tuple(table.get(name, ())) for name in ("communities", "projects")}
    addresses = {name: table[name].rstrip("/") for name in ("url", "resolver") if name in table}
    return RepositorySettings(**{**table, **lists, **addresses, "kind": Kind(table["kind"])})


NONE = "It names no repository: write a table [[repository]] for each."
