"""Reads of the gallery that more than one caller needs."""

import pytest
from django.utils import timezone

from executor.domain.tabular import read_table
from executor.models import Product
from gallery import queries
from gallery.domain.compare import Measured, NotThereError
from gallery.domain.paper import Published
from gallery.errors import UnknownFigureError, UnknownPaperError
from gallery.models import Paper
from gallery.queries import (
    figure_named,
    figures,
    figures_of_run,
    finder,
    measured,
    paper_named,
    papers,
    picture,
    tally,
)
from tests.factories import rows

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG"


def wanted(output: str = "total", **more: object) -> Published:
    return Published(output, output, 40.0, "absolute", 0.5, **more)


def test_figures_come_in_the_order_of_their_papers():
    first, second = rows.PaperFactory(slug="a"), rows.PaperFactory(slug="b")
    rows.FigureFactory(paper=second, slug="x", order=1)
    rows.FigureFactory(paper=second, slug="y", order=0)
    rows.FigureFactory(paper=first, slug="z")

    assert [figure.slug for figure in figures()] == ["z", "y", "x"]


def test_an_unknown_figure_is_told_where_figures_are():
    with pytest.raises(UnknownFigureError) as unknown:
        figure_named("x" * 100)

    assert unknown.value.detail == (
        f"There is no figure '{'x' * 80}': /api/figures/ lists what there is."
    )


def test_an_unknown_paper_is_told_where_papers_are():
    with pytest.raises(UnknownPaperError) as unknown:
        paper_named("nowhere")

    assert unknown.value.detail == "There is no paper 'nowhere': /api/papers/ lists what there is."


def test_papers_know_the_number_of_their_figures():
    paper = rows.PaperFactory(slug="first")
    rows.FigureFactory.create_batch(2, paper=paper)
    rows.PaperFactory(slug="second")

    assert [item.figure_count for item in papers()] == [2, 0]


def test_figures_of_a_run_are_those_that_asked_for_it():
    run = rows.RunFactory()
    figure = rows.FigureFactory(run=run)
    rows.FigureFactory()

    assert list(figures_of_run(run)) == [figure]


def test_a_tally_counts_the_newest_verdict_of_each_figure():
    judged, _new = rows.FigureFactory.create_batch(2)
    rows.CheckFactory(figure=judged, verdict="different")
    rows.CheckFactory(figure=judged, verdict="identical")

    assert tally(figures()) == {"identical": 1, "not judged yet": 1}


def test_the_picture_of_a_figure_is_the_output_of_its_run():
    run = rows.RunFactory(state="finished")
    product = rows.ProductFactory(data=PNG, media_type="image/png")
    shown = rows.OutputFactory(run=run, name="evolution", file="evolution.png", product=product)

    assert picture(rows.FigureFactory(run=run, picture="evolution")) == shown
    assert picture(rows.FigureFactory(run=run, picture="")) is None
    assert picture(rows.FigureFactory(run=None, picture="evolution")) is None


def test_a_number_is_found_with_its_declared_unit():
    assert finder(rows.finished_run(value=41.0))(wanted()) == Measured(41.0, "keV")


def test_an_output_that_the_version_does_not_declare_has_no_unit():
    run = rows.finished_run()
    rows.OutputFactory(run=run, name="other", product=rows.ProductFactory(data=b"7"))

    assert finder(run)(wanted("other")) == Measured(7, "")


def test_a_table_is_read_once_for_all_its_cells(monkeypatch):
    run = rows.RunFactory(state="finished")
    product = rows.ProductFactory(data=b"year,flux\n2003,1.5\n2004,2.5\n", media_type="text/csv")
    rows.OutputFactory(run=run, name="rows", file="rows.csv", product=product)
    opened = []
    monkeypatch.setattr(
        measured, "read_table", lambda *given: opened.append(given) or read_table(*given)
    )

    find = finder(run)
    cells = [find(wanted("rows", column="flux", row={"year": year})) for year in (2003, 2004)]

    assert cells == [Measured(1.5, None), Measured(2.5, None)]
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no JSON", "The output total cannot be read as a number."),
        (b"[1]", "The output total is no single value."),
        (b"{}", "The output total is no single value."),
    ],
)
def test_what_is_no_number_is_told_so(data, sentence):
    run = rows.finished_run()
    run.outputs.update(product=rows.ProductFactory(data=data))

    with pytest.raises(NotThereError) as refused:
        finder(run)(wanted())

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("authors", "year", "short"),
    [
        ([], 1843, "Anonymous 1843"),
        (["Lovelace, A."], 1843, "Lovelace 1843"),
        (["Lovelace, A.", "Babbage, C."], 1843, "Lovelace & Babbage 1843"),
        (["Lovelace, A.", "Babbage, C.", "Menabrea, L."], None, "Lovelace et al."),
    ],
)
def test_a_paper_is_cited_by_author_and_year(authors, year, short):
    assert Paper(authors_json=authors, year=year).short == short


def test_what_figures_show_is_held():
    shown, other = rows.finished_run(41.0), rows.finished_run(42.0)
    rows.FigureFactory(run=shown)
    mine, its = (run.outputs.get().product_id for run in (shown, other))

    assert queries.held([mine, its]) == {mine}


def test_a_product_that_was_cleared_away_is_not_there_to_be_compared():
    run = rows.finished_run()
    Product.objects.update(evicted_at=timezone.now())

    with pytest.raises(NotThereError, match="The total was cleared away"):
        finder(run)(wanted())
