"""What each batch system is asked for, as the table of a site says."""

import pytest
from parsl.launchers import SingleNodeLauncher, SrunLauncher

from executor.adapters.sites.providers import CLASSES, arguments_of, provider
from executor.domain.sites import Kind, Site, read_sites

USUAL = {
    "worker_init": "export A=1",
    "init_blocks": 1,
    "min_blocks": 0,
    "max_blocks": 2,
    "nodes_per_block": 1,
    "walltime": "01:00:00",
    "scheduler_options": "",
}


def site(kind, **options):
    return Site("there", kind, options={"address": "127.0.0.1", **options})


@pytest.mark.parametrize("kind", list(CLASSES))
def test_a_site_without_options_asks_for_little(kind):
    assert arguments_of(site(kind), "export A=1") == USUAL


@pytest.mark.parametrize(
    ("kind", "options", "asked"),
    [
        (
            Kind.SLURM,
            {"partition": "short", "cores": 8, "memory_gb": 16, "exclusive": False, "blocks": 4},
            {
                "partition": "short",
                "cores_per_node": 8,
                "mem_per_node": 16,
                "exclusive": False,
                "max_blocks": 4,
            },
        ),
        (
            Kind.HTCONDOR,
            {"project": "p", "requirements": "HasX", "cores": 2, "memory_gb": 4},
            {"project": "p", "requirements": "HasX", "cores_per_slot": 2, "mem_per_slot": 4},
        ),
        (Kind.GRIDENGINE, {"queue": "all.q"}, {"queue": "all.q"}),
        (
            Kind.PBSPRO,
            {"account": "a", "queue": "q", "select": "ngpus=1", "cores": 4},
            {"account": "a", "queue": "q", "select_options": "ngpus=1", "cpus_per_node": 4},
        ),
        (Kind.TORQUE, {"account": "a", "queue": "q"}, {"account": "a", "queue": "q"}),
        (
            Kind.LSF,
            {
                "project": "p",
                "queue": "q",
                "cores": 4,
                "walltime": "02:00:00",
                "options": "#BSUB x",
            },
            {
                "project": "p",
                "queue": "q",
                "cores_per_node": 4,
                "walltime": "02:00:00",
                "scheduler_options": "#BSUB x",
            },
        ),
    ],
)
def test_options_go_to_the_batch_system_by_its_names(kind, options, asked):
    given = site(kind, **options)

    assert arguments_of(given, "export A=1") == USUAL | asked
    assert isinstance(provider(given, "export A=1"), CLASSES[kind])


def test_the_commands_of_a_site_come_after_ours():
    made = provider(site(Kind.TORQUE, init="module load python"), "export A=1")

    assert made.worker_init == "export A=1\nmodule load python"


def test_several_nodes_in_a_pilot_are_started_by_srun():
    assert isinstance(provider(site(Kind.SLURM, nodes=2), "").launcher, SrunLauncher)
    assert isinstance(provider(site(Kind.SLURM), "").launcher, SingleNodeLauncher)


def test_pods_have_one_size_and_the_shared_folders():
    asked = arguments_of(
        site(Kind.KUBERNETES, image="reprise:1", cores=4, memory_gb=16, volumes=["data:/srv"]), "A"
    )

    assert asked == {
        "worker_init": "A",
        "init_blocks": 1,
        "min_blocks": 0,
        "max_blocks": 2,
        "nodes_per_block": 1,
        "image": "reprise:1",
        "namespace": "default",
        "persistent_volumes": [("data", "/srv")],
        "init_cpu": 4,
        "max_cpu": 4,
        "init_mem": "16Gi",
        "max_mem": "16Gi",
    }


def test_the_documented_file_is_understood(request):
    page = request.config.rootpath / "docs/how-to/operate.md"
    text = page.read_text().split("```toml\n")[1].split("```")[0]

    assert [found.name for found in read_sites(text, run_seconds=300)] == ["cluster", "here"]
