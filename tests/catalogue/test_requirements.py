"""Requirements name packages and versions; the service fetches nothing else for a stranger."""

import time

import pytest

from catalogue.domain.requirements import check_requirements
from ontology.domain.findings import Finding, Severity, Where


def faults(text):
    return [(item.where.line, item.what) for item in check_requirements(text, "requirements.txt")]


@pytest.mark.parametrize(
    "line",
    [
        "", "# only a comment", "numpy", "numpy>=2.4", "numpy >= 2.4, < 3", "numpy==2.4.*",
        "a~=1.0",
        "a===1.0", "astropy[recommended]>=8", "astropy[a, b]", "scipy # for fits", "  matplotlib  ",
        "tomli; python_version < '3.11'", 'a>=1 ; sys_platform == "linux"', "zope.interface!=5",
    ],
)  # fmt: skip
def test_packages_with_versions_are_taken(line):
    assert faults(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "-r other.txt", "--requirement=/etc/passwd", "-c constraints.txt", "-e .", "-e git+https://x",
        "--index-url https://evil.example", "-i https://evil.example", "--find-links /tmp",
        "--no-binary :all:", "numpy --no-binary :all:", "numpy @ https://evil.example/numpy.whl",
        "numpy@file:///tmp/x.whl", "git+https://evil.example/x.git", "git+ssh://evil.example/x.git",
        "https://evil.example/numpy.whl", "file:///etc/passwd", "./numpy", "../numpy", "/srv/numpy",
        "~/numpy", "a/b", "${HOME}", "numpy==${SECRET}", "numpy; '${SECRET}' == ''",
        "numpy ; python_version > '3' --index-url https://evil.example", "numpy \\", "numpy;$(id)",
        "numpy ; x @ https://evil.example", "nümpy", "numpy 2.4", "numpy=2.4", "numpy==2.4\x00",
    ],
)  # fmt: skip
def test_options_addresses_and_paths_are_refused(line):
    assert faults(f"scipy\n{line}\n") == [(2, f"{line!r} is not a package with versions.")]


def test_a_finding_says_what_to_do():
    assert check_requirements("-e .", "requirements.txt") == (
        Finding(
            Severity.MUST,
            "catalogue/requirements",
            Where("requirements.txt", line=1),
            "'-e .' is not a package with versions.",
            "Write a package and its versions, such as numpy>=2.4; "
            "options and addresses are not taken.",
        ),
    )


def test_a_list_without_end_is_one_finding():
    assert faults("numpy\n" * 501) == [(None, "There are more than 500 lines.")]


@pytest.mark.parametrize(
    "attack",
    ["a==1" + " " * 500_000 + "!", "a" * 1_000_000, "a" + ">=1" * 300_000 + "!",
     "a;" + " -" * 500_000],
)  # fmt: skip
def test_a_line_made_to_cost_time_is_refused_at_once(attack):
    started = time.process_time()
    assert len(faults(attack)) == 1
    assert time.process_time() - started < 1
