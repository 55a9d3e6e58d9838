"""What parsl calls a provider: who asks a batch system for nodes, as the table of a site says."""

from collections.abc import Callable, Mapping
from typing import Any

from parsl import providers
from parsl.launchers import SingleNodeLauncher, SrunLauncher

from executor.domain.sites import DEFAULT_WALLTIME, Kind, Site

BLOCKS = 2
NAMES: Mapping[Kind, Mapping[str, str]] = {
    Kind.SLURM: {"cores": "cores_per_node", "memory_gb": "mem_per_node"},
    Kind.HTCONDOR: {"cores": "cores_per_slot", "memory_gb": "mem_per_slot"},
    Kind.PBSPRO: {"cores": "cpus_per_node", "select": "select_options"},
    Kind.LSF: {"cores": "cores_per_node"},
}
"""Our words for options that parsl names differently; the others have its own names."""
OURS = {
    *("address", "blocks", "runs_per_node", "init", "wait_seconds", "idle_seconds", "sandbox"),
    *("nodes", "walltime", "options"),
}
CLASSES: Mapping[Kind, Callable[..., Any]] = {
    Kind.SLURM: providers.SlurmProvider,
    Kind.HTCONDOR: providers.CondorProvider,
    Kind.GRIDENGINE: providers.GridEngineProvider,
    Kind.PBSPRO: providers.PBSProProvider,
    Kind.TORQUE: providers.TorqueProvider,
    Kind.LSF: providers.LSFProvider,
}


def provider(site: Site, init: str) -> Any:  # noqa: ANN401 -- parsl's providers have no common type
    """The provider of a site.

    Args:
        site: the site.
        init: shell commands that prepare a node, before the site's own.
    """
    arguments = arguments_of(site, f"{init}\n{site.text('init')}".strip())
    if site.kind is Kind.KUBERNETES:
        return providers.KubernetesProvider(**arguments)
    launcher = SrunLauncher() if site.number("nodes", 1) > 1 else SingleNodeLauncher()
    return CLASSES[site.kind](**arguments, launcher=launcher)


def arguments_of(site: Site, init: str) -> dict[str, Any]:
    """What the provider of a site is made with, in parsl's words."""
    usual: dict[str, Any] = {
        "worker_init": init,
        "init_blocks": 1,
        "min_blocks": 0,
        "max_blocks": site.number("blocks", BLOCKS),
        "nodes_per_block": site.number("nodes", 1),
    }
    if site.kind is Kind.KUBERNETES:
        return usual | _of_kubernetes(site)
    queued = {
        "walltime": site.text("walltime", DEFAULT_WALLTIME),
        "scheduler_options": site.text("options"),
    }
    names = NAMES.get(site.kind, {})
    own = {names.get(name, name): value for name, value in site.options.items() if name not in OURS}
    return usual | queued | own


def _of_kubernetes(site: Site) -> dict[str, Any]:
    """Pods of one size; each volume is written ``claim:/path``."""
    volumes = site.options.get("volumes")
    pairs = [item.partition(":") for item in volumes] if isinstance(volumes, list) else []
    cores, memory = site.number("cores", 2), f"{site.number('memory_gb', 8)}Gi"
    return {
        "image": site.text("image"),
        "namespace": site.text("namespace", "default"),
        "persistent_volumes": [(claim, path) for claim, _colon, path in pairs],
        "init_cpu": cores,
        "max_cpu": cores,
        "init_mem": memory,
        "max_mem": memory,
    }
