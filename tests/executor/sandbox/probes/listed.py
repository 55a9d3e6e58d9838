"""All probes, in the order of the page that lists them."""

from tests.executor.sandbox.probes import (
    exhaustion,
    kernel,
    network,
    outputs,
    processes,
    secrets,
    writing,
)
from tests.executor.sandbox.probes.kinds import Probe

CHAPTERS: dict[str, tuple[Probe, ...]] = {
    "Reading": secrets.PROBES,
    "Writing": writing.PROBES,
    "Network": network.PROBES,
    "Kernel": kernel.PROBES,
    "Processes": processes.PROBES,
    "Exhaustion": exhaustion.PROBES,
    "Outputs": outputs.PROBES,
}
PROBES = tuple(probe for probes in CHAPTERS.values() for probe in probes)
