"""What an author chooses in ``reprise.toml``; after any fault nothing is chosen."""

import pytest

from catalogue.domain.choices import Choices, Runtime, read_choices
from ontology.domain.findings import Severity

USUAL = Choices(Runtime.NOTEBOOK, network=(), deterministic=True)


def test_without_a_file_the_usual_is_chosen():
    assert read_choices("", "double.ipynb") == (USUAL, ())


def test_what_is_chosen_is_read():
    text = """
    runtime = "exact"
    network = ["b.example.org", "a.example.org", "b.example.org"]
    deterministic = false
    """

    assert read_choices(text, "double.ipynb") == (
        Choices(Runtime.EXACT, ("a.example.org", "b.example.org"), deterministic=False), (),
    )  # fmt: skip


def test_a_cwl_document_is_run_as_one():
    chosen, _findings = read_choices("deterministic = false", "main.cwl")

    assert chosen == Choices(Runtime.CWL, deterministic=False)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('runtime = "cwl"', 'runtime is neither "notebook" nor "exact".'),
        ("runtime = 7", 'runtime is neither "notebook" nor "exact".'),
        ("runtime = []", 'runtime is neither "notebook" nor "exact".'),
        ('deterministic = "no"', "deterministic is neither true nor false."),
        ("network = true", "network is no list of at most 20 host names."),
        (f"network = {['a.example.org'] * 21}", "network is no list of at most 20 host names."),
        (
            'network = ["https://a.example.org"]',
            'network names something that is no host, such as "archive.example.org".',
        ),
        (
            'network = ["10.0.0.1"]',
            'network names something that is no host, such as "archive.example.org".',
        ),
        ("speed = 1", "'speed' is not known."),
        ("x" * 20_001, "It is longer than 20,000 characters."),
    ],
)
def test_a_choice_that_there_is_not_keeps_the_entry_a_draft(text, what):
    chosen, (finding,) = read_choices(text, "double.ipynb")

    assert (finding.severity, finding.id, finding.what) == (
        Severity.MUST, "catalogue/choices", what,
    )  # fmt: skip
    assert (finding.where.file, chosen) == ("reprise.toml", Choices())


@pytest.mark.parametrize("text", ["runtime", "= 1", "a = " + "[" * 20_000, "\0"])
def test_what_is_no_toml_is_a_finding(text):
    chosen, (finding,) = read_choices(text, "double.ipynb")

    assert (finding.id, chosen) == ("catalogue/choices", Choices())
