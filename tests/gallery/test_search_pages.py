"""Choosing figures: by words, terms and facets, in the gallery and in the API."""

from datetime import UTC, datetime

import pytest

from catalogue.models import VersionTerm
from gallery.actions import note_cost
from gallery.models import Facet, Figure
from ontology.models import Term, TermClosure
from tests.factories import rows

pytestmark = pytest.mark.django_db
ATTACK = '"><script>alert(1)</script>'


def figure(slug: str, verdict: str = "identical", facets=(), **fields: object) -> Figure:
    made = rows.FigureFactory(slug=slug, title=fields.pop("title", slug), **fields)
    if verdict:
        rows.CheckFactory(figure=made, verdict=verdict)
    for name, value in facets:
        Facet.objects.create(figure=made, name=name, value=value)
    return made


@pytest.fixture
def four():
    """Two of the Crab and one of M87 by two instruments, and one without facets."""
    figure("a", facets=[("source", "Crab"), ("instrument", "ISGRI")])
    figure("b", "different", facets=[("source", "Crab"), ("instrument", "LAT")])
    figure("c", facets=[("source", "M87"), ("instrument", "LAT")])
    figure("d", "")


def slugs(client, query: str) -> list[str]:
    return sorted(item.figure.slug for item in client.get(f"/figures/?{query}").context["cards"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a", "b", "c", "d"]),
        ("source=Crab", ["a", "b"]),
        ("source=Crab&source=M87", ["a", "b", "c"]),
        ("source=Crab&instrument=LAT", ["b"]),
        ("source=M87&instrument=ISGRI", []),
        ("verdict=different", ["b"]),
        ("verdict=not+judged+yet", ["d"]),
        ("verdict=different&verdict=not+judged+yet", ["b", "d"]),
        ("source=nowhere", []),
        ("colour=red", ["a", "b", "c", "d"]),
    ],
)
def test_values_of_one_facet_are_or_and_facets_are_and(client, four, query, found):
    assert slugs(client, query) == found
    body = client.get(f"/api/figures/?{query}").json()
    assert sorted(item["slug"] for item in body["results"]) == found
    assert body["count"] == len(found)


def counts(client, query: str, name: str) -> dict[str, tuple[int, bool]]:
    menus = {menu.name: menu for menu in client.get(f"/figures/?{query}").context["menus"]}
    return {value.text: (value.count, value.chosen) for value in menus[name].values}


def test_each_value_says_what_it_would_leave_given_the_other_choices(client, four):
    assert counts(client, "", "source") == {"Crab": (2, False), "M87": (1, False)}
    assert counts(client, "instrument=LAT", "source") == {"Crab": (1, False), "M87": (1, False)}
    assert counts(client, "source=Crab", "source") == {"Crab": (2, True), "M87": (1, False)}
    assert counts(client, "source=Crab", "verdict") == {
        "identical": (1, False), "different": (1, False),
    }  # fmt: skip


def test_what_is_chosen_stays_to_be_seen_and_can_be_dropped(client, four):
    context = client.get("/figures/?source=M87&instrument=ISGRI").context

    assert counts(client, "source=M87&instrument=ISGRI", "source") == {
        "Crab": (1, False), "M87": (0, True),
    }  # fmt: skip
    assert [(item.name, item.text, item.query) for item in context["removable"]] == [
        ("Source", "M87", "instrument=ISGRI"), ("Instrument", "ISGRI", "source=M87"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        "Spectrum", "isotropic", "Cygnus", "outburst", "Türler", "turing", "binary-pulsar",
        "HAWC", "spectrum cygnus",
    ],
)  # fmt: skip
def test_words_are_looked_for_in_all_that_is_known(client, word):
    paper = rows.PaperFactory(title="An outburst", authors_json=["Türler, M.", "Turing, A."])
    figure(
        "found", paper=paper, title="Spectrum", caption="It is isotropic.", source="Cygnus X-1",
        version=rows.VersionFactory(workflow__slug="binary-pulsar"),
        facets=[("instrument", "HAWC")],
    )  # fmt: skip
    figure("other")

    assert slugs(client, f"q={word}") == ["found"]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "\\", "\0", ATTACK, "ü" * 5000])
def test_hostile_words_find_nothing_and_are_shown_as_words(client, text):
    figure("a", title="plain")

    answer = client.get("/figures/", {"q": text, "term": text, "source": text, "table": text})

    assert answer.status_code == 200
    assert ATTACK not in answer.content.decode()
    assert client.get("/sky", {"q": text}).status_code == 200
    assert client.get("/papers/", {"q": text}).status_code == 200
    assert client.get("/api/figures/", {"q": text, "term": text}).status_code == 200


def test_a_term_finds_what_speaks_of_a_narrower_one(client):
    made = {
        name: Term.objects.create(iri=f"x:{name}", name=name, label=name, words=name)
        for name in ("Spectrum", "PowerLaw")
    }
    for above, below, depth in [("Spectrum", "Spectrum", 0), ("Spectrum", "PowerLaw", 1),
                                ("PowerLaw", "PowerLaw", 0)]:  # fmt: skip
        TermClosure.objects.create(ancestor=made[above], descendant=made[below], depth=depth)
    narrow, broad = figure("narrow"), figure("broad")
    VersionTerm.objects.create(version=narrow.version, term="PowerLaw", role="output")
    VersionTerm.objects.create(version=broad.version, term="Spectrum", role="output")
    VersionTerm.objects.create(version=broad.version, term="Spectrum", role="keyword")

    assert slugs(client, "term=Spectrum") == ["broad", "narrow"]
    assert slugs(client, "term=PowerLaw") == ["narrow"]


def test_the_order_is_one_of_four(client):
    paper = rows.PaperFactory()
    for number, (slug, verdict) in enumerate([("a", "different"), ("b", ""), ("c", "identical")]):
        made = figure(slug, verdict, paper=paper, order=number,
                      created_at=datetime(2026, 1, 10 - number, tzinfo=UTC))  # fmt: skip
        rows.RunFactory.create_batch(number, version=made.version)

    def order(name: str) -> list[str]:
        return [item.figure.slug for item in client.get(f"/figures/?sort={name}").context["cards"]]

    assert order("paper") == ["a", "b", "c"]
    assert order("newest") == ["a", "b", "c"]
    assert order("rerun") == ["c", "b", "a"]
    assert order("verdict") == ["c", "a", "b"]
    assert order("backwards") == ["a", "b", "c"]


def test_there_are_sixteen_on_a_page_and_the_choice_stays(client):
    for number in range(17):
        figure(f"f{number}", facets=[("source", "Crab")])

    first = client.get("/figures/?source=Crab").context
    last = client.get("/figures/?source=Crab&page=2").context

    assert (len(first["cards"]), len(last["cards"])) == (16, 1)
    assert (first["on"], last["back"]) == ("source=Crab&page=2", "source=Crab")
    assert len(client.get("/figures/?page=99999").context["cards"]) == 1
    assert len(client.get("/figures/?page=nonsense").context["cards"]) == 16


def test_rows_of_a_table_are_one_card_that_leads_to_them(client):
    paper = rows.PaperFactory(slug="hess")
    for number in range(16):
        figure(f"r{number}", "different" if number else "identical", paper=paper, kind="row",
               place=f"Table 1, row {number}")  # fmt: skip
    figure("other-table", paper=paper, kind="row", place="Table 10, row 1", order=99)
    figure("whole", paper=paper, kind="figure")

    cards = client.get("/figures/").context["cards"]

    table = next(item for item in cards if hasattr(item, "table"))
    assert (len(cards), table.title, table.count) == (3, "Table 1", 16)
    assert table.tally == {"identical": 1, "different": 15}
    page = client.get("/figures/").content.decode()
    assert 'href="/figures/?table=hess%2FTable%201"' in page
    assert len(client.get("/figures/?table=hess/Table 1").context["cards"]) == 16
    shown = client.get("/papers/hess").context
    assert [(part.name, part.count) for part in shown["tables"]] == [
        ("Table 1", 16), ("Table 10", 1),
    ]  # fmt: skip
    assert [card.figure.slug for card in shown["cards"]] == ["whole"]


@pytest.mark.parametrize("count", [1, 3, 100])
def test_a_paper_with_many_rows_asks_as_often_as_one_with_few(
    client, django_assert_num_queries, count
):
    paper, version = rows.PaperFactory(slug="hess"), rows.VersionFactory()
    for number in range(count):
        figure(f"r{number}", paper=paper, version=version, kind="row", place="Table 1, row")

    with django_assert_num_queries(4):
        client.get("/papers/hess")


def test_what_a_run_costs_is_a_facet_that_follows_it():
    made = figure("a")
    run = rows.RunFactory(started_at=datetime(2026, 1, 1, tzinfo=UTC),
                          ended_at=datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC))  # fmt: skip

    note_cost(made, run)
    note_cost(made, run)
    assert list(made.facets.values_list("name", "value")) == [("cost", "1 to 10 s")]
    run.ended_at = datetime(2026, 1, 1, 0, 2, tzinfo=UTC)
    note_cost(made, run)
    assert list(made.facets.values_list("name", "value")) == [("cost", "1 to 10 min")]
    note_cost(made, rows.RunFactory())
    assert made.facets.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_api_asks_as_often_for_many_as_for_one(client, django_assert_num_queries, count):
    paper, version = rows.PaperFactory(), rows.VersionFactory()
    for number in range(count):
        figure(f"f{number}", paper=paper, version=version, facets=[("source", "Crab")])

    with django_assert_num_queries(3):
        client.get("/api/figures/?source=Crab")


def test_papers_are_found_by_words(client):
    rows.PaperFactory(slug="a", title="The Crab", authors_json=["Türler, M."])
    rows.PaperFactory(slug="b", title="M87")

    def found(text: str) -> list[str]:
        return [paper.slug for paper, _tally in client.get(f"/papers/?q={text}").context["papers"]]

    assert (found("crab"), found("Türler crab"), found("nothing")) == (["a"], ["a"], [])
