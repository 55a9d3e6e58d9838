"""Reads of publishing that more than one caller needs."""

from publishing.queries.finding import (
    deposit_of,
    deposited_crate,
    finished_run,
    held,
    release_of,
    release_of_run,
    released_metadata,
    releases,
)
from publishing.queries.packing import (
    chain_facts,
    data_facts,
    described,
    run_crate,
    run_facts,
    tools,
    version_facts,
)
from publishing.queries.released import release_crate

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
    "released_metadata",
    "releases",
    "run_crate",
    "run_facts",
    "tools",
    "version_facts",
]
