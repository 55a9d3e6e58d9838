"""The page of one figure: the published picture first, and everything a reader may do with it."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from gallery.domain.citing import Cited, latex
from gallery.models import CheckedProduct, Figure
from gallery.pages.data import items
from lib import panels
from tests.factories import rows

INTERFACE = {
    "parameters": [],
    "outputs": [
        {"name": "total", "kind": "number", "label": "total"},
        {"name": "curve", "kind": "picture", "label": "light curve"},
        {"name": "rows", "kind": "light-curve", "label": "binned"},
        {"name": "events", "kind": "table", "label": "event list"},
        {"name": "sky", "kind": "image", "label": "sky image"},
    ],
}
ATTACK = '"><script>alert(1)</script>'


@pytest.fixture
def full(db) -> Figure:
    """A figure whose run gave one output of every sort."""
    version = rows.VersionFactory(interface_json=INTERFACE, workflow__slug="doubling", number=1)
    run = rows.RunFactory(
        version=version, state="finished", address="a" * 64,
        ended_at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    kept = [
        ("total", "output", "total.json", "application/json"),
        ("curve", "output", "curve.png", "image/png"),
        ("curve", "plot", "curve.png.plot.json", "application/json"),
        ("rows", "output", "my rows.ecsv", "text/csv"),
        ("events", "output", "events.fits", "application/fits"),
        ("sky", "output", "sky.fits", "application/fits"),
        ("executed", "notebook", "executed.ipynb", "application/x-ipynb+json"),
    ]
    for name, role, file, kind in kept:
        product = rows.ProductFactory(data=file.encode(), media_type=kind)
        rows.OutputFactory(run=run, name=name, role=role, file=file, product=product)
    return rows.FigureFactory(
        slug="full", version=version, run=run, picture="curve", kind="figure",
        paper__doi="10.1000/doubling", paper__year=1843, parameters_json={"energy": 20.0},
    )  # fmt: skip


def seen(client, path: str = "/figures/full") -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def test_every_output_has_its_file_its_other_forms_and_ways_to_look_at_it(full):
    found = {
        item.title: (
            item.output.file,
            [(link.text, link.href.partition("?")[0][-30:]) for link in item.forms],
            [link.text for link in item.looks],
        )
        for item in items(full.run)
    }

    assert found["light curve"][1] == [
        (text, f"{'a' * 30}/plots/curve/as/{form}"[-30:])
        for text, form in [
            ("PNG", "png"), ("SVG", "svg"), ("PDF", "pdf"), ("numbers as CSV", "csv"),
        ]
    ]  # fmt: skip
    assert [text for text, _href in found["binned"][1]] == ["FITS", "VOTable", "CSV"]
    assert [text for text, _href in found["event list"][1]] == ["ECSV", "VOTable", "CSV"]
    assert [found[name][2] for name in ("binned", "event list", "sky image", "total")] == [
        ["table"], ["table", "header"], ["image", "header"], [],
    ]  # fmt: skip


def test_addresses_carry_the_name_of_the_file(full):
    binned = next(item for item in items(full.run) if item.title == "binned")
    product = binned.output.product.get_absolute_url()

    assert binned.href == f"{product}?name=my%20rows.ecsv&download"
    assert binned.looks[0].href == f"{product}/table?name=my%20rows.ecsv"
    assert binned.forms[0].href == f"{product}/as/fits?name=my%20rows.ecsv"


def test_what_was_cleared_away_is_said_to_be(client, full):
    product = full.run.outputs.get(name="events").product
    product.evicted_at = timezone.now()
    product.save()

    item = next(item for item in items(full.run) if item.title == "event list")

    assert (item.is_kept, item.forms, item.looks) == (False, (), ())
    assert "cleared away" in seen(client)


def test_the_published_picture_comes_first_and_says_so(client, full):
    full.published_picture = rows.ProductFactory(data=b"published", media_type="image/png")
    full.save()

    page = seen(client)

    assert page.index("As published") < page.index("As re-run here")
    assert page.index(full.published_picture.digest) < page.index(
        full.run.outputs.get(name="curve", role="output").product.digest
    )


def test_all_that_one_can_do_is_there_without_scripts(client, full):
    page = seen(client)

    for href in (
        "#data", "/workflows/doubling/1?energy=20.0&amp;reprise-figure=full#run", "#cite", "#code",
        "#share",
        f"/runs/{'a' * 64}/notebook", f"/api/runs/{'a' * 64}/crate/",
    ):  # fmt: skip
        assert f'href="{href}"' in page


def test_the_code_asks_for_the_very_run(client, full):
    Figure.objects.update(seed=7, parameters_json={"name": "Hale's", "deep": True})

    page = unescape(seen(client))

    wanted = {"workflow": "doubling", "version": 1, "parameters": {"name": "Hale's", "deep": True},
              "seed": 7}  # fmt: skip
    assert f"reprise.ask_for({wanted!r}).wait()" in page
    assert '"version": 1, "parameters": {"name": "Hale\\u0027s", "deep": true}' in page


def test_a_run_is_cited_with_address_date_and_verdict(client, full):
    rows.CheckFactory(figure=full, run=full.run, verdict="identical")

    cited = client.get("/figures/full").context["citation"]

    assert cited.sentence() == (
        "“Twice twenty” of Lovelace 1843 (doi:10.1000/doubling), run again with Reprise on "
        f"2026-01-02, verdict: identical. {cited.url}"
    )
    assert cited.url.endswith(f"/runs/{'a' * 64}")
    assert cited.bibtex().startswith(f"@misc{{reprise-{'a' * 12},\n  title ")


def test_what_tex_would_read_is_spelled_out():
    cited = Cited("50 % of {x}_1\n\\input{y}", "A & B", "10.1/x", "https://h/", "f" * 64, 26, 1, 2)

    assert latex("50 % of {x}_1") == r"50 \% of \{x\}\_1"
    assert r"\input{" not in cited.bibtex()
    assert r"A \& B" in cited.bibtex()


def test_the_history_is_a_strip_from_the_oldest_to_the_newest(client, full):
    now = timezone.now()
    for days, verdict in [(0, "identical"), (2, "different"), (1, "within tolerance")]:
        rows.CheckFactory(figure=full, verdict=verdict, checked_at=now - timedelta(days=days))

    context = client.get("/figures/full").context

    assert [check.verdict for check in context["checks"]] == [
        "different", "within tolerance", "identical",
    ]  # fmt: skip
    assert context["check_count"] == 3


@pytest.mark.parametrize("count", [1, 3, 130])
def test_a_figure_asks_the_database_as_often_for_many_checks_as_for_one(
    client, django_assert_num_queries, full, monkeypatch, count
):
    monkeypatch.setattr(panels, "render", lambda *_given: [])
    runs = [rows.RunFactory(version=full.version) for _number in range(count)]
    for run in runs:
        rows.CheckFactory(figure=full, run=run)

    with django_assert_num_queries(7):
        context = client.get("/figures/full").context

    assert len(context["checks"]) == min(count, 120)


def test_compared_products_have_their_sentence_and_their_notes(client, full):
    check = rows.CheckFactory(figure=full, run=full.run)
    CheckedProduct.objects.create(
        part_of=check, output="rows", verdict="different", sentence="two rows differ",
        outcome_json={"values": 40, "off": 2, "notes": ["another order"]},
    )  # fmt: skip

    page = seen(client)

    assert "Two rows differ" in page
    assert "another order" in page


def test_what_others_add_to_the_page_stands_there(client, full, monkeypatch):
    monkeypatch.setattr(panels, "render", lambda page, _request, _figure: [f"<p>{page}!</p>"])

    assert "&lt;p&gt;figure!&lt;/p&gt;" in seen(client)


def test_names_that_attack_are_shown_and_not_run(client, full):
    Figure.objects.update(title=ATTACK, source=ATTACK, place=ATTACK, doi=ATTACK,
                          parameters_json={ATTACK: ATTACK})  # fmt: skip
    full.run.outputs.filter(name="rows").update(file=ATTACK)
    check = rows.CheckFactory(figure=full, run=full.run)
    CheckedProduct.objects.create(
        part_of=check, output=ATTACK, verdict="different", sentence=ATTACK,
        outcome_json={"values": 1, "notes": [ATTACK], "worst": {"where": ATTACK}},
    )  # fmt: skip

    page = seen(client)

    assert "<script>alert" not in page
    # What one may paste into a page of one's own is harmless there as well.
    assert "&lt;a href=" in page
    assert "<script>alert" not in unescape(page).split("For a web page")[1]


@pytest.mark.django_db
def test_a_figure_that_was_never_run_has_a_page(client):
    rows.FigureFactory(slug="new")

    page = seen(client, "/figures/new")

    assert "there is nothing to cite but the paper" in page
    assert "What the paper states" in page


def test_found_minus_published_is_drawn_and_can_be_explored(client, full):
    check = rows.CheckFactory(figure=full, run=full.run)
    residual = rows.ProductFactory(data=b'{"format": "reprise.plot/1"}')
    CheckedProduct.objects.create(
        part_of=check, output="rows", verdict="different", sentence="two rows differ",
        outcome_json={"residual_unit": "sigma"}, residual=residual,
    )  # fmt: skip

    page = seen(client)

    assert f'data-plot="/products/{residual.digest}/plot"' in page
    assert f'src="/products/{residual.digest}/plot?form=view"' in page
    assert "reprise/plots.js" in page
