"""Two do the same at the same moment: what is written is whole, and is written once."""

from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from executor.domain.asker import Asker
from executor.models import Product, Run
from gallery.actions import Draft, authoring, diagnose, go_on, judge_run, preview_paper, state_paper
from gallery.actions.thumbnail import thumbnail
from gallery.domain.claims import Claim
from gallery.errors import StatedElsewhereError
from gallery.models import Check, CheckedProduct, Diagnosis, Facet, Figure, Paper
from lib import store
from tests.executor.conftest import on_file  # noqa: F401 -- a fixture
from tests.factories import rows

MANY = 6
VALUE = {
    "output": "total", "label": "twice twenty", "published": 40.0, "unit": "keV",
    "tolerance": {"absolute": 0.5}, "reason": "exact", "source": "Note G",
}  # fmt: skip
FIGURE = {"slug": "doubled", "title": "Twice twenty", "kind": "number", "value": [VALUE]}
WORDS = {
    "slug": "lovelace-1843", "title": "On doubling", "doi": "10.1000/doubling",
    "authors": ["Lovelace, A."], "journal": "Notes 1, 1", "year": 1843,
}  # fmt: skip


def draft(title: str = "On doubling", who: str = "account:ada") -> Draft:
    """One paper with one number, as somebody states it."""
    content = {"workflow": "double", "paper": WORDS | {"title": title}, "figure": [FIGURE]}
    return Draft(content, asker=Asker(who))


def judged_run() -> int:
    """The key of a finished run of a figure with a number and a product, not judged yet."""
    run = rows.finished_run()
    table = b"year,flux\n2003,1.5\n2004,2.5\n"
    digest = store.put(b"year,flux\n2003,1.5\n2004,2.0\n")
    claim = Claim(output="rows", label="the rows", file="rows.csv", digest=digest)
    rows.OutputFactory(run=run, name="rows", file="rows.csv",
                       product=rows.ProductFactory(data=table, media_type="text/csv"))  # fmt: skip
    rows.FigureFactory(run=run, version=run.version, products_json=[claim.to_json()])
    return run.pk


def test_a_run_that_many_judge_has_one_check_with_its_products(on_file, sent):  # noqa: F811
    (pk,) = on_file(judged_run, 1)

    judged = on_file(lambda: len(judge_run(pk)), MANY)

    assert [error for error in judged if isinstance(error, Exception)] == []
    counted = lambda: (  # noqa: E731 -- asked once, of that database
        Check.objects.count(), CheckedProduct.objects.count(), Figure.objects.get().verdict,
        Facet.objects.filter(name="cost").count() < 2,
    )  # fmt: skip
    assert on_file(counted, 1) == [(1, 1, "different", True)]


def test_a_diagnosis_that_many_wake_makes_one_trial(on_file, sent):  # noqa: F811
    def begin() -> int:
        version = rows.VersionFactory(workflow__slug="doubling")
        figure = rows.FigureFactory(version=version)
        run = rows.finished_run(value=41.0, version=version)
        rows.CheckFactory(figure=figure, run=run, verdict="different")
        return diagnose(figure).pk

    (pk,) = on_file(begin, 1)

    woken = on_file(lambda: go_on(pk), MANY)

    assert woken == [None] * MANY
    found = lambda: (  # noqa: E731 -- asked once, of that database
        [item["again"] for item in Diagnosis.objects.get().trials_json],
        Run.objects.filter(version__workflow__is_hidden=True).count(),
    )
    ((trials, asked),) = on_file(found, 1)
    assert (trials, asked) == ([True], 1)


def test_a_paper_that_many_state_is_the_first_ones(on_file, sent):  # noqa: F811
    on_file(lambda: rows.VersionFactory(workflow__slug="double"), 1)

    done = on_file(lambda: state_paper(draft()).paper.slug, MANY)

    refused = [item for item in done if isinstance(item, StatedElsewhereError)]
    assert (done.count("lovelace-1843"), len(refused)) == (1, MANY - 1)
    assert on_file(lambda: (Paper.objects.count(), Figure.objects.count()), 1) == [(1, 1)]


def test_a_paper_that_many_change_stays_whole(on_file, sent):  # noqa: F811
    on_file(lambda: rows.VersionFactory(workflow__slug="double"), 1)
    on_file(lambda: state_paper(draft()).paper.slug, 1)

    def change() -> str:
        return state_paper(draft("On doubling twice"), Paper.objects.get()).paper.title

    assert on_file(change, MANY) == ["On doubling twice"] * MANY
    assert on_file(lambda: (Paper.objects.count(), Figure.objects.count()), 1) == [(1, 1)]


@pytest.mark.django_db
def test_who_states_a_paper_while_another_plans_it_keeps_it(monkeypatch, sent):
    rows.VersionFactory(workflow__slug="double")

    def slowly(mine: Draft, paper: Paper | None = None):
        seen = preview_paper(mine, paper)
        monkeypatch.undo()
        state_paper(draft("Hers", "account:grace"))
        return seen

    monkeypatch.setattr(authoring, "preview_paper", slowly)

    with pytest.raises(StatedElsewhereError):
        state_paper(draft("His"))
    paper = Paper.objects.get()
    assert (paper.title, paper.stated_by) == ("Hers", "account:grace")
    assert [figure.stated_by for figure in paper.figures.all()] == ["account:grace"]


def test_a_small_picture_that_many_ask_for_is_whole(on_file):  # noqa: F811
    def made() -> str:
        held = BytesIO()
        Image.new("RGB", (900, 700), "navy").save(held, "PNG")
        return rows.ProductFactory(data=held.getvalue(), media_type="image/png").digest

    (digest,) = on_file(made, 1)

    answers = on_file(lambda: thumbnail(Product.objects.get(pk=digest)), MANY)

    assert len(set(answers)) == 1
    assert Image.open(BytesIO(answers[0])).size == (617, 480)
    left = [path.name for path in (settings.DATA_DIR / "thumbnails").rglob(".new-*")]
    assert left == []
