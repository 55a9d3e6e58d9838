"""Any DOI that is known here leads to what it stands for, and starts nothing."""

from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.models import Run
from gallery.actions import add_paper
from gallery.domain.doi import dois_in
from gallery.domain.paper import BadPaperError, NamedDoi, read_paper
from gallery.models import Figure
from publishing.actions import release_run
from publishing.models import Deposit
from tests.factories import rows
from tests.publishing.factories import RunFactory

ROOT = Path(__file__).parents[2]
CRAB = ROOT / "workflows/crab-stability"
PAPER_DOI = "10.1051/0004-6361/202037850"
ROW_DOI = "10.5281/zenodo.3634693"


@pytest.fixture
def row(db) -> Figure:
    """A row of a table with a DOI of its own, and values that are read in."""
    return rows.FigureFactory(
        slug="row-2003", kind="row", doi=ROW_DOI, paper__doi=PAPER_DOI,
        parameters_json={"energy": 20.0},
        values_json=[value(doi=ROW_DOI, given=True)],
    )  # fmt: skip


def value(**more):
    known = {"output": "total", "label": "flux", "published": 1.0, "tolerance": "absolute",
             "allowed": 0.1}  # fmt: skip
    return known | more


@pytest.mark.parametrize(
    "text",
    [
        ROW_DOI,
        ROW_DOI.upper(),
        f"https://doi.org/{ROW_DOI}",
        f"http://dx.doi.org/{ROW_DOI}",
        f"https:/doi.org/{ROW_DOI}",
        f"doi:{ROW_DOI}",
        f"DOI: {ROW_DOI}",
        quote(ROW_DOI, safe=""),
        quote(quote(ROW_DOI, safe=""), safe=""),
        f"  {ROW_DOI}  ",
        f"<{ROW_DOI}>.",
        f"{ROW_DOI}).",
        f"{ROW_DOI}?utm_source=mail",
        f"{ROW_DOI}#page",
        f"{ROW_DOI} and so on",
        f'{ROW_DOI}"><script>',
        f"{ROW_DOI}/",
    ],
)
def test_a_doi_is_read_however_it_was_pasted(text):
    assert dois_in(text)[-1] == ROW_DOI


def test_a_doi_that_ends_with_a_bracket_is_tried_as_it_stands():
    old = "10.1002/(sici)1097(199908)38:1<1::aid-x>3.0.co;2-(b)"
    assert dois_in(old)[0] == old


@pytest.mark.parametrize("text", ["", "10.", "10.1/x", "zenodo", "10.5281/", "\0", "10.5281/\x00"])
def test_what_is_no_doi_is_none(text):
    assert dois_in(text) == ()


@given(st.text())
def test_any_text_gives_a_few_dois_that_fit_into_the_tables(text):
    found = dois_in(text)
    assert len(found) <= 12
    assert all(len(doi) <= 200 and doi.isprintable() for doi in found)


@pytest.mark.parametrize("spelled", [ROW_DOI, ROW_DOI.upper(), f"https://doi.org/{ROW_DOI}"])
def test_the_doi_of_a_row_leads_to_its_figure(client, row, spelled):
    answer = client.get(f"/doi/{spelled}")
    assert (answer.status_code, answer["Location"]) == (302, "/figures/row-2003")


def test_the_figure_offers_the_run_with_the_published_values_filled_in(client, row):
    page = unescape(client.get(f"/doi/{ROW_DOI}", follow=True).content.decode())
    assert (
        f'href="{row.version.get_absolute_url()}?energy=20.0&reprise-figure=row-2003#run"' in page
    )


def test_following_a_doi_starts_no_run(client, row):
    client.get(f"/doi/{ROW_DOI}", follow=True)
    client.get(f"/api/doi/{ROW_DOI}")
    assert Run.objects.count() == 0


def test_the_figure_says_that_its_values_are_read_in(client, row):
    page = unescape(client.get("/figures/row-2003").content.decode())
    assert "Every value here is read in by the workflow, not computed" in page
    assert f'href="https://doi.org/{ROW_DOI}"' in page


def test_the_doi_of_a_paper_leads_to_the_paper(client, row):
    assert client.get(f"/doi/{PAPER_DOI}")["Location"] == row.paper.get_absolute_url()


def test_a_doi_of_one_value_leads_to_the_figure_that_has_it(client, db):
    rows.FigureFactory(slug="alone", values_json=[value(doi="10.5281/zenodo.42")])
    assert client.get("/doi/10.5281/ZENODO.42")["Location"] == "/figures/alone"


def test_several_figures_behind_one_doi_are_listed(client, db):
    for slug in ("first", "second"):
        rows.FigureFactory(slug=slug, values_json=[value(doi="10.5281/zenodo.42")])
    answer = client.get("/doi/10.5281/zenodo.42")
    page = unescape(answer.content.decode())
    assert (answer.status_code, "2 results here show" in page) == (200, True)
    assert [f'href="/figures/{slug}"' in page for slug in ("first", "second")] == [True, True]
    assert page.count("Change and re-run “") == 2


def test_the_doi_of_a_release_leads_to_its_landing_page(client, db):
    deposit = release_run(RunFactory())
    address = f"/releases/{deposit.release_id}"
    assert client.get(f"/doi/{deposit.doi.upper()}")["Location"] == address


def test_a_doi_that_a_repository_gave_leads_to_the_release_too(client, db):
    release = release_run(RunFactory()).release
    Deposit.objects.create(
        release=release, repository="zenodo", state="published", doi="10.5281/zenodo.7",
        concept_doi="10.5281/zenodo.6",
    )  # fmt: skip
    found = [client.get(f"/doi/10.5281/zenodo.{number}")["Location"] for number in (7, 6)]
    assert found == [f"/releases/{release.pk}", f"/releases/concept/{release.concept_id}"]


def test_a_doi_that_is_reserved_only_is_not_known_yet(client, db):
    release = release_run(RunFactory()).release
    Deposit.objects.create(
        release=release, repository="zenodo", state="reserved", doi="10.5281/zenodo.7"
    )
    assert client.get("/doi/10.5281/zenodo.7").status_code == 404


def test_an_unknown_doi_leads_on_to_its_resolver_and_to_the_search(client, db):
    answer = client.get("/doi/10.5281/zenodo.1")
    page = unescape(answer.content.decode())
    assert answer.status_code == 404
    assert 'href="https://doi.org/10.5281/zenodo.1"' in page
    assert 'href="/figures/?q=10.5281%2Fzenodo.1"' in page


@pytest.mark.parametrize(
    "path", ["/doi/none", "/doi/10.5281/%00", "/doi/10.5281/a%0d%0aX: 1", "/doi/" + "9" * 5000]
)
def test_nonsense_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


def test_an_attack_in_a_doi_stays_text(client, db):
    page = client.get('/doi/10.5281/x"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in page
    assert 'href="https://doi.org/10.5281/x"' in page


def test_a_program_is_told_the_same(client, row):
    told = client.get(f"/api/doi/{ROW_DOI}").json()
    assert (told["kind"], told["doi"], told["resolver"]) == (
        "figure", ROW_DOI, f"https://doi.org/{ROW_DOI}",
    )  # fmt: skip
    assert [item["slug"] for item in told["figures"]] == ["row-2003"]
    assert told["figures"][0]["request"]["parameters"] == {"energy": 20.0}


def test_a_program_is_told_what_is_not_known(client, db):
    answer = client.get("/api/doi/10.5281/zenodo.1")
    assert (answer.status_code, answer.json()["id"]) == (404, "gallery:user:unknown-doi")


STATED = """
[paper]
slug = "of-dois"
doi = "10.1000/paper"
title = "A paper with DOIs"

[[figure]]
slug = "shown"
title = "Shown here"

[[doi]]
doi = "10.5281/zenodo.100"
what = "A spectrum."
figures = ["shown"]
here = "The fit is run again."
needs = ["the INTEGRAL archive", "OSA"]
query = "isgri_spectrum, Crab"

[[doi]]
doi = "10.5281/ZENODO.101"
what = "An image of Figure 7."
needs = ["OSA"]
"""


def test_a_statement_names_dois_and_what_they_need():
    assert read_paper(STATED).dois == (
        NamedDoi("10.5281/zenodo.100", "A spectrum.", ("shown",), "The fit is run again.",
                 ("the INTEGRAL archive", "OSA"), "isgri_spectrum, Crab"),
        NamedDoi("10.5281/ZENODO.101", "An image of Figure 7.", needs=("OSA",)),
    )  # fmt: skip


NO_DOI = "The doi 'none' of a [[doi]] is none: it looks like 10.1051/0004-6361/202037850."


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('what = "x"', "There is no doi in a [[doi]] of paper.toml."),
        ('doi = "10.5281/zenodo.1"', "There is no what in doi 10.5281/zenodo.1 of paper.toml."),
        ('doi = "none"\nwhat = "x"', NO_DOI),
        ('doi = "10.5281/ZENODO.100"\nwhat = "x"',
         "Two [[doi]] of paper.toml state the same DOI."),
        ('doi = "10.5281/zenodo.1"\nwhat = "x"\nfigures = ["../x"]',
         "The figure '../x' of doi 10.5281/zenodo.1 is no slug of a figure."),
    ],
)  # fmt: skip
def test_a_block_that_says_too_little_is_refused(block, told):
    with pytest.raises(BadPaperError) as refused:
        read_paper(f"{STATED}\n[[doi]]\n{block}\n")
    assert str(refused.value) == told


def test_a_named_doi_leads_to_its_figure_with_honest_words(client, stated):
    add_paper(stated(STATED))
    assert client.get("/doi/10.5281/zenodo.100")["Location"] == "/figures/shown"
    told = client.get("/api/doi/10.5281/zenodo.100").json()["named"]
    assert (told["here"], told["needs"]) == (
        "The fit is run again.", ["the INTEGRAL archive", "OSA"],
    )  # fmt: skip


def test_a_named_doi_that_nothing_here_shows_says_so(client, stated):
    add_paper(stated(STATED))
    answer = client.get("/doi/10.5281/zenodo.101")
    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "Nothing of what it stands for can be run again here." in page
    assert "An image of Figure 7." in page
    assert "The query it was made with is not known here." in page


def crab_rows():
    lines = (CRAB / "table1.csv").read_text().splitlines()
    cells = [line.split(",") for line in lines if not line.startswith("#")][1:]
    return [(row[0], row[-1]) for row in cells]


def test_the_seed_paper_names_the_sixteen_dois_of_its_table():
    statement = read_paper(
        (CRAB / "paper.toml").read_text(), lambda name: (CRAB / name).read_bytes()
    )
    assert [(item.figures, item.doi) for item in statement.dois] == [
        ((f"crab-row-{start}",), doi) for start, doi in crab_rows()
    ]
    assert len(statement.dois) == 16
    assert {item.here[:35] for item in statement.dois} == {"This row is read in, not computed: "}
    assert {len(item.needs) for item in statement.dois} == {2}
