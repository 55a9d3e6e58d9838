"""The file of the sites: what it may say, and a sentence for every fault."""

import pytest

from executor.domain.sites import BadSitesError, Kind, Site, read_sites

CLUSTER = '[[site]]\nname = "cluster"\nkind = "slurm"\naddress = "10.0.0.1"\n'
HERE = '[[site]]\nname = "here"\nkind = "local"\n'


def faults(text, run_seconds=300):
    with pytest.raises(BadSitesError) as caught:
        read_sites(text, run_seconds=run_seconds)
    return caught.value.faults


def test_sites_come_in_the_order_of_their_rank():
    found = read_sites(f"{CLUSTER}rank = 5\nruns = 40\n{HERE}rank = 2\n", run_seconds=300)

    assert found == (
        Site("here", Kind.LOCAL, 2),
        Site("cluster", Kind.SLURM, 5, 40, {"address": "10.0.0.1"}),
    )


def test_without_ranks_the_order_of_the_file_counts():
    assert [site.name for site in read_sites(CLUSTER + HERE, run_seconds=300)] == [
        "cluster",
        "here",
    ]


def test_a_file_without_sites_is_refused():
    assert faults("") == ["It names no site: write a table [[site]] for each."]


def test_what_is_no_toml_is_refused_with_its_place():
    assert faults("[[site]\n") == [
        "It is not TOML: Expected ']]' at the end of an array declaration (at line 1, column 7)."
    ]


def test_what_is_no_site_is_refused_by_name():
    assert faults(f"sites = 1\n{HERE}") == ["Nothing is known of 'sites': write tables [[site]]."]


def test_an_unknown_option_is_refused_with_those_that_there_are():
    assert faults(f"{HERE}partition = 'short'\n") == [
        "Site here: local has no option partition; it has kind, name, rank, runs."
    ]


def test_an_option_of_another_batch_system_is_refused():
    (fault,) = faults(f"{CLUSTER}queue = 'short'\n")

    assert fault.startswith("Site cluster: slurm has no option queue; it has account, address, ")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("runs = 0", "Site cluster: runs is 0; write a whole number above zero."),
        ("runs = true", "Site cluster: runs is True; write a whole number above zero."),
        ("blocks = 1.5", "Site cluster: blocks is 1.5; write a whole number above zero."),
        ("partition = ''", "Site cluster: partition is ''; write a text."),
        ("exclusive = 1", "Site cluster: exclusive is 1; write true or false."),
        ("sandbox = 'no'", ("Site cluster: sandbox is 'no'; write one of auto, bubblewrap, direct, "
                           "off.")),
        ("walltime = '90'", ("Site cluster: walltime is '90'; write hours:minutes:seconds, such as "
                            "04:00:00.")),
        ("walltime = '00:05:00'", ("Site cluster: its walltime 00:05:00 is 300 s; a run may take "
                                  "300 s, so write at least 420 s.")),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_what_to_write(line, fault):
    assert faults(f"{CLUSTER}{line}\n") == [fault]


def test_the_usual_walltime_has_to_be_enough_for_a_run_too():
    (fault,) = faults(CLUSTER, run_seconds=7200)

    assert fault == (
        "Site cluster: its walltime 01:00:00 is 3600 s; a run may take 7200 s, "
        "so write at least 7320 s."
    )


def test_an_unknown_kind_is_refused():
    assert faults('[[site]]\nname = "x"\nkind = "cloud"\n') == [
        (
            "Site x: kind is 'cloud'; write one of local, slurm, htcondor, gridengine, kubernetes, "
            "pbspro, torque, lsf."
        )
    ]


def test_a_site_needs_a_name():
    assert faults('[[site]]\nname = "My Site"\nkind = "local"\n') == [
        "Site 1 needs a name of small letters, digits and hyphens."
    ]


def test_two_sites_of_one_name_are_refused():
    assert faults(HERE + HERE) == ["Two sites are named here."]


def test_what_a_batch_system_needs_is_asked_for():
    assert faults('[[site]]\nname = "pods"\nkind = "kubernetes"\naddress = "10.0.0.1"\n') == [
        "Site pods: image is missing; kubernetes needs it.",
        "Site pods: volumes is missing; kubernetes needs it.",
    ]


def test_all_faults_are_told_at_once():
    assert len(faults(f"{CLUSTER}runs = 0\nblocks = 0\n{HERE}x = 1\n")) == 3
