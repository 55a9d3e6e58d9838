"""Reads of publishing that more than one caller needs."""

from publishing.queries.finding import (
    deposit_of,
    deposited_crate,
    finished_run,
    held,
    release_of,
    release_of_run,
    release_with_doi,
    released_metadata,
    releases,
    unfinished,
)
from publishing.queries.packing import (
    chain_facts,
    data_facts,
    described,
    release_crate,
    run_crate,
    run_facts,
    tools,
    version_facts,
)

__all__ = [
    "chain_facts",
    "data_facts",
    "deposit_of",
    "deposited_crate",
    "described",
    "finished_run",
    "held",
    "release_crate",
    "release_of",
    "release_of_run",
    "release_with_doi",
    "released_metadata",
    "releases",
    "run_crate",
    "run_facts",
    "tools",
    "unfinished",
    "version_facts",
]
