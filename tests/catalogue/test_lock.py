"""A lock pins every package to its hashes and says nothing else."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.lock import Pin, check_lock, logical_lines, name_of, packages, pins
from ontology.domain.findings import Finding, Severity, Where

HASH = f"--hash=sha256:{'0' * 64}"
WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
GOOD = f"numpy==2.4.0 {HASH}"


def faults(text):
    return [(item.where.line, item.what) for item in check_lock(text, "requirements.lock")]


@pytest.mark.parametrize(
    "lock", sorted(WORKFLOWS.glob("*/requirements.lock")), ids=lambda path: path.parent.name
)
def test_the_locks_of_bundled_entries_pass(lock):
    text = lock.read_text()
    unindented = [line for line in text.splitlines() if line[:1].isalnum()]
    assert check_lock(text, "requirements.lock") == ()
    assert packages(text) == tuple(line.split(" ")[0] for line in unindented)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# nothing\n", GOOD, f"{GOOD} {HASH}",
        f"numpy==2.4.0 \\\n    {HASH} \\\n    {HASH}\n",
        f"# made by hand\n\nnumpy==2.4.0 \\\n  {HASH}  # here\n", f"a[b,c]==1.0.post1+cpu {HASH}",
        f"numpy==2.4.0 ; python_version < '3.12' and sys_platform != \"win32\" {HASH}",
        f"numpy==2.4.0; platform_machine=='x86_64' \\\r\n {HASH}",
    ],
)  # fmt: skip
def test_pinned_and_hashed_packages_pass(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "numpy", "numpy==2.4.0", "numpy>=2.4", f"numpy>=2.4 {HASH}", f"numpy==2.* {HASH}",
        "numpy==2.4.0 --hash=md5:" + "0" * 32, f"numpy==2.4.0 {HASH}0", f"numpy==2.4.0 {HASH[:-1]}",
        f"--index-url https://evil.example {HASH}", "-r /etc/passwd", "-e .", f"-e . {HASH}",
        f"-i https://evil.example {HASH}", f"--extra-index-url=https://evil.example {HASH}",
        f"--find-links /tmp {HASH}", f"--trusted-host evil.example {HASH}", "--require-hashes",
        f"numpy @ https://evil.example/numpy.whl {HASH}", f"git+https://evil.example/x.git {HASH}",
        f"./numpy.whl {HASH}", f"/srv/numpy.whl {HASH}", f"file:///tmp/numpy.whl {HASH}",
        f"https://evil.example/numpy.whl {HASH}", f"{GOOD} --index-url https://evil.example",
        f"numpy==2.4.0 --global-option=x {HASH}", f"{GOOD} {HASH} -r x",
        f"numpy==2.4.0 ; python_version > '3' --index-url https://evil.example {HASH}",
        f"numpy==2.4.0 ; python_version > '3' -r x {HASH}", f"numpy==2.4.0 ; '${{SECRET}}' {HASH}",
        f"numpy==2.4.0 ; x @ https://evil.example {HASH}", f"${{SECRET}}==1 {HASH}",
        f"numpy==2.4.0 \\ --index-url x {HASH}", f"nümpy==1 {HASH}", f"numpy==2.4.0 x {HASH}",
    ],
)  # fmt: skip
def test_anything_else_is_a_finding_with_its_line(line):
    shown = line[:80]
    assert faults(f"{GOOD}\n{line}\n") == [(2, f"{shown!r} is not a package pinned with hashes.")]


@pytest.mark.parametrize(
    "hidden", ["-r /etc/passwd \\", "--index-url \\\n https://evil.example \\\n", "-e \\\n"]
)
def test_a_last_line_that_goes_on_is_judged_too(hidden):
    assert [line for line, _what in faults(f"{GOOD}\n{hidden}")] == [2]


def test_a_comment_does_not_hide_the_next_line():
    assert [line for line, _what in faults(f"{GOOD} # \\\n-r /etc/passwd")] == [2]
    assert [line for line, _what in faults("# \\\n-r /etc/passwd")] == [2]


def test_a_finding_says_what_to_do():
    assert check_lock("numpy", "requirements.lock") == (
        Finding(
            Severity.MUST,
            "catalogue/lock",
            Where("requirements.lock", line=1),
            "'numpy' is not a package pinned with hashes.",
            "Make the lock with `uv pip compile --generate-hashes`.",
        ),
    )


def test_a_lock_that_is_too_long_is_one_finding():
    assert faults("numpy\n" * 400_000) == [(None, "The lock is longer than 2 MB.")]


def test_logical_lines_join_what_a_backslash_parts():
    assert logical_lines("# a\nb \\\n c # d\n\ne\\\nf\\") == [(2, "b c"), (5, "e f")]


@given(st.lists(st.sampled_from(["numpy==1 ", HASH, "\\", "\n", "#", ";", " ", "-r x", "'", "\r"])))
def test_what_passes_holds_no_option_and_every_package_has_its_hash(parts):
    text = "".join(parts)
    if not faults(text):
        lines = [line for _number, line in logical_lines(text)]
        assert ["-r" in line for line in lines] == [False] * len(lines)
        assert [HASH in line for line in lines] == [True] * len(lines)
        assert packages(text) == ("numpy==1",) * len(lines)


@pytest.mark.parametrize(
    "attack",
    ["a==1" + " " * 500_000 + "!", "a" * 1_000_000, "a==1 ;" + " -" * 400_000,
     "\\\n" * 400_000, "a[" + "," * 900_000],
)  # fmt: skip
def test_text_made_to_cost_time_is_judged_at_once(attack):
    started = time.process_time()
    check_lock(attack, "requirements.lock")
    assert time.process_time() - started < 2


def test_pins_tell_name_version_marker_and_hashes():
    line = f"Some.Package[x]==1.0+cpu ; python_version < '4' {HASH} {HASH[:-1]}1"
    assert pins(f"{line}\n# nothing\n") == (
        Pin(
            "some-package", "1.0+cpu", "python_version < '4'",
            frozenset({"0" * 64, "0" * 63 + "1"}), line,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("numpy>=2", "numpy"), ("Zope.Interface[x] ; y", "zope-interface"), ("# no", ""), ("", "")],
)
def test_a_requirement_starts_with_its_name(requirement, name):
    assert name_of(requirement) == name
