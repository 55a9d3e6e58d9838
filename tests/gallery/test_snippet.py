"""Snippets: what is pasted beside a figure says the same in every format, and nothing else."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.snippet import Marked, html, latex, markdown, rst

PAGE = "https://reprise.example.org/figures/crab"
MARKED = Marked(PAGE, f"{PAGE}/badge.svg", "reproduced 2026-11-20, 1 of 1 value identical", "Crab")
HOSTILE = Marked(
    f"{PAGE}?a=1&b=%20_~#x\n)](https://evil.example)", f"{PAGE}/badge.svg",
    "50 % & more_or_less #1\n\\input{/etc/passwd}", "]\n(https://evil.example) <b> \"'|*`$\x00",
)  # fmt: skip


def test_markdown():
    assert markdown(MARKED) == (
        "[![Crab: reproduced 2026-11-20, 1 of 1 value identical]"
        f"({PAGE}/badge.svg)]({PAGE})"
    )  # fmt: skip


def test_html():
    assert html(MARKED) == (
        f'<a href="{PAGE}"><img src="{PAGE}/badge.svg" '
        'alt="Crab: reproduced 2026-11-20, 1 of 1 value identical"></a>'
    )


def test_restructured_text():
    assert rst(MARKED).splitlines() == [
        f".. image:: {PAGE}/badge.svg",
        f"   :target: {PAGE}",
        "   :alt: Crab: reproduced 2026-11-20, 1 of 1 value identical",
    ]


def test_latex_names_the_link_and_the_words():
    made = latex(MARKED)
    assert f"\\href{{{PAGE}}}" in made
    assert "\\def\\reprisewords{reproduced 2026-11-20, 1 of 1 value identical}" in made


def test_two_figures_of_one_paper_paste_theirs_into_one_document():
    assert "\\newcommand" not in latex(MARKED)  # it refuses a name that is taken


def test_a_hostile_title_stays_on_its_line_and_in_its_brackets():
    assert "](https://evil" not in markdown(HOSTILE)
    assert markdown(HOSTILE).count("\n") == 0
    assert len(rst(HOSTILE).splitlines()) == 3
    assert html(HOSTILE).count("<") == 3
    assert html(HOSTILE).count('"') == 6


def test_hostile_words_are_no_commands_of_tex():
    made = latex(HOSTILE)
    words = next(line for line in made.splitlines() if line.startswith("\\def\\reprisewords"))
    assert words == (
        "\\def\\reprisewords{50 \\% \\& more\\_or\\_less \\#1 "
        "\\textbackslash{}input\\{/etc/passwd\\}}"
    )


@given(st.text(), st.text())
def test_no_title_adds_a_line_to_any_snippet(title, words):
    plain, marked = Marked(PAGE, PAGE, "x", "x"), Marked(PAGE, PAGE, words, title)
    for made in (markdown, html, rst, latex):
        assert len(made(marked).splitlines()) == len(made(plain).splitlines())


@given(st.text())
def test_an_address_ends_nothing_in_tex(address):
    made = latex(Marked(address, "", "", ""))
    inside = made.split("\\href{", 1)[1].split("}{%\n", 1)[0]
    assert set(inside) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:.-\\%"
    )


@pytest.mark.contract
def test_latex_reads_it(tmp_path):
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{hyperref}\n"
        f"{latex(MARKED)}{latex(HOSTILE)}\\begin{{document}}Text.\\reprisemargin\n"
        "\\begin{figure}\\rule{5cm}{3cm}\\hfill\\reprisebeside\\caption{x}\\end{figure}\n"
        "\\end{document}\n"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"],
        cwd=tmp_path, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
