"""Statements of entries: what they leave behind, what they refuse, and what they wait for."""

import io

import pytest
from PIL import Image

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from catalogue.models import VersionFile
from executor.actions import plan_run, request_run
from executor.models import Product
from gallery.actions import add_paper, check_figure, welcome_version
from gallery.actions.writing import journal_of
from gallery.domain.claims import claim_from_json
from gallery.errors import BadStatementError, WaitsForWorkflowError
from gallery.models import Facet, Figure, Paper
from lib import store
from tests.factories import chains, entries, rows

pytestmark = pytest.mark.django_db
PAPER = entries.PAPER
INTERFACE = rows.INTERFACE | {
    "outputs": [
        {"name": "total", "kind": "number", "unit": "keV", "label": "total"},
        {"name": "rows", "kind": "table"},
        {"name": "curve", "kind": "light-curve"},
        {"name": "plot", "kind": "picture"},
    ]
}
TABLE = b"year,flux\n2003,1.5\n"


def png(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def entry(stated):
    """Makes a version of the whole Interface, whose folder has these files too."""

    def make(more: str = "", files: dict[str, bytes] | None = None, **version: object):
        text = PAPER + more
        made = stated(text, **{"interface_json": INTERFACE, **version})
        for path, data in (files or {}).items():
            VersionFile.objects.create(
                version=made, path=path, digest=store.put(data), size=len(data)
            )
        return made

    return make


def refusal(version) -> str:
    with pytest.raises(BadStatementError) as refused:
        add_paper(version)
    assert (Paper.objects.count(), Figure.objects.count(), Product.objects.count()) == (0, 0, 0)
    return refused.value.detail


def facets(figure: Figure) -> list[tuple[str, str]]:
    return list(Facet.objects.filter(figure=figure).values_list("name", "value"))


# Facets


def test_a_figure_can_be_chosen_by_what_it_is_about(stated):
    about = """
source = "Crab"
ra = 83.6331
dec = "+22:00:52.2"
instrument = ["INTEGRAL/ISGRI", "INTEGRAL/SPI"]
energy = { range = [30, 300], unit = "keV" }
doi = "10.5281/zenodo.1"
seed = 7
"""
    (figure,) = add_paper(stated(PAPER.replace('kind = "number"', about)))

    assert facets(figure) == [
        ("doi", "10.5281/zenodo.1"),
        ("energy", "X-ray"),
        ("energy", "gamma ray"),
        ("instrument", "INTEGRAL/ISGRI"),
        ("instrument", "INTEGRAL/SPI"),
        ("journal", "Notes"),
        ("messenger", "photon"),
        ("product", "number"),
        ("source", "Crab"),
    ]
    assert (figure.source, figure.ra, figure.doi, figure.seed) == (
        "Crab", 83.6331, "10.5281/zenodo.1", 7,
    )  # fmt: skip
    assert figure.dec == pytest.approx(22.0145)


def test_facets_follow_the_statement_and_leave_those_of_others_alone(stated):
    version = stated(PAPER.replace('kind = "number"', 'source = "Crab"'))
    (figure,) = add_paper(version)
    Facet.objects.create(figure=figure, name="cost", value="under 1 s")

    add_paper(stated(PAPER, workflow=version.workflow))

    assert facets(figure) == [
        ("cost", "under 1 s"), ("journal", "Notes"), ("messenger", "photon"),
        ("product", "number"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "journal"),
    [
        ("A&A 651, A97", "A&A"),
        ("Living Reviews in Solar Physics 12, 4", "Living Reviews in Solar Physics"),
        ("Nature", "Nature"),
        ("", ""),
        ("2021", ""),
    ],
)
def test_a_journal_is_named_without_volume_and_page(text, journal):
    assert journal_of(text) == journal


# Products and pictures


PRODUCT = """
[[figure.product]]
output = "rows"
file = "published/rows.csv"
tolerance = { relative = 0.01 }
keys = ["year"]
reason = "why"
source = "Table 1"
"""


def test_a_published_product_is_kept_for_ever_and_claimed_by_its_digest(entry):
    (figure,) = add_paper(entry(PRODUCT, {"published/rows.csv": TABLE}))

    (claim,) = (claim_from_json(item) for item in figure.products_json)
    product = Product.objects.get()
    assert (claim.output, claim.file, claim.digest) == ("rows", "rows.csv", product.digest)
    assert (product.read(), product.media_type, product.is_pinned) == (TABLE, "text/csv", True)
    assert ("product", "table") in facets(figure)


def test_data_that_nobody_fetched_yet_may_be_claimed(entry):
    sha = "ab" * 32
    data = [{"name": "rows.csv", "sha256": sha, "size": 3, "url": "https://h/rows.csv"}]

    (figure,) = add_paper(entry(PRODUCT.replace("published/", "data/"), data_json=data))

    assert [item["digest"] for item in figure.products_json] == [sha]
    assert Product.objects.count() == 0


def test_the_picture_of_the_paper_is_kept_with_its_licence(stated):
    picture = 'picture_published = "figure7.png"\npicture_licence = "CC-BY-4.0"'
    version = stated(PAPER.replace('kind = "number"', picture))
    name = store.put(png())
    VersionFile.objects.create(version=version, path="figure7.png", digest=name, size=1)

    (figure,) = add_paper(version)

    figure.refresh_from_db()
    assert (figure.published_picture.digest, figure.picture_licence) == (name, "CC-BY-4.0")
    assert (figure.published_picture.media_type, figure.published_picture.is_pinned) == (
        "image/png", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "a.png",
            b"<svg onload=alert(1)>",
            (
                "The published picture 'a.png' of figure doubled is not shown: it is no PNG, JPEG, "
                "GIF or WebP by its first bytes."
            ),
        ),
        (
            "a.png",
            png()[:40],
            (
                "The published picture 'a.png' of figure doubled is not shown: it cannot be read "
                "(OSError)."
            ),
        ),
        (
            "../../etc/passwd",
            b"",
            "The published picture '../../etc/passwd' of figure doubled is not among its files.",
        ),
    ],
)
def test_what_is_no_picture_is_not_shown(stated, name, data, sentence):
    said = f'picture_published = "{name}"\npicture_licence = "CC0-1.0"'
    version = stated(PAPER.replace('kind = "number"', said))
    VersionFile.objects.create(version=version, path="a.png", digest=store.put(data), size=1)

    assert refusal(version).split("(")[0] == sentence.split("(")[0]


def test_a_picture_without_licence_is_not_shown(stated):
    said = 'picture_published = "a.png"'

    assert refusal(stated(PAPER.replace('kind = "number"', said))) == (
        "The published picture of figure doubled needs its picture_licence, such as CC-BY-4.0."
    )


@pytest.mark.parametrize(
    ("more", "files", "sentence"),
    [
        (
            PRODUCT,
            {},
            (
                "Figure doubled claims the product 'published/rows.csv', which is no file of the "
                "statement: add it, name it in data.toml, or give the digest of a product."
            ),
        ),
        (
            PRODUCT.replace('"rows"', '"total"'),
            {"published/rows.csv": TABLE},
            "Figure doubled: rows.csv is of the type text/csv, and the output total is a number.",
        ),
        (
            PRODUCT.replace('"rows"', '"plot"'),
            {"published/rows.csv": TABLE},
            "Figure doubled: rows.csv is of the type text/csv, and the output plot is a picture.",
        ),
        (
            PRODUCT,
            {"published/rows.csv": png()},
            (
                "Figure doubled: rows.csv is of the type application/octet-stream, and the output "
                "rows is a table."
            ),
        ),
        (
            '\n[[figure.value]]\noutput = "rows"\npublished = 1\ntolerance = { absolute = 1 }',
            {},
            (
                "Figure doubled: rows is a table, no single value: name a column and a row of a "
                "table, or state it as a product."
            ),
        ),
        (
            (
                '\n[[figure.value]]\noutput = "total"\ncolumn = "a"\nrow = { b = 1 }\n'
                "published = 1\ntolerance = { absolute = 1 }"
            ),
            {},
            "Figure doubled: total is a number and has no column 'a'.",
        ),
        (
            '\n[[figure]]\nslug = "b"\ntitle = "b"\npicture = "rows"',
            {},
            "Figure b: the picture rows is a table.",
        ),
        (
            f'\n[[figure]]\nslug = "b"\ntitle = "b"\nrequest = {{ run = "{"ab" * 32}" }}',
            {},
            f"Figure b: no run has the address {'ab' * 32}: ask for it first.",
        ),
        (
            '\n[[figure]]\nslug = "b"\ntitle = "b"\nrequest = { output = "nothing" }',
            {},
            "Figure b asks for 'nothing', which is no output.",
        ),
    ],
)
def test_what_the_workflow_does_not_bear_out_is_refused(entry, more, files, sentence):
    assert refusal(entry(more, files)) == sentence


# Rows of a table


def test_the_rows_of_a_table_share_one_run(entry, sent, committed):
    more = """
[[table]]
file = "rows.csv"
slug = "row-{year}"
title = "{year}"
place = "Table 1, row of {year}"
[[table.value]]
output = "rows"
column = "flux"
row = { year = "{year}" }
published = "{flux}"
tolerance = { absolute = 0.1 }
"""
    lines = b"year,flux\n" + b"".join(b"%d,1.5\n" % year for year in range(2003, 2019))

    made = add_paper(entry(more, {"rows.csv": lines}))
    with committed():
        runs = {check_figure(figure).pk for figure in made}

    assert [figure.kind for figure in made] == ["number"] + ["row"] * 16
    assert [figure.order for figure in made] == list(range(17))
    assert len(runs) == 1


# What the author should still say


def test_what_could_still_be_said_becomes_findings(stated):
    text = PAPER.replace('unit = "keV"\n', "").replace('source = "Note G"\n', "")
    text = text.replace('reason = "it is exact"\n', "").replace("0.5 }", "0 }")

    version = stated(text + '\n[[figure]]\nslug = "empty"\ntitle = "empty"')
    add_paper(version)
    add_paper(version)

    version.refresh_from_db()
    assert [(item["severity"], item["id"]) for item in version.findings_json] == [
        ("should", "gallery/value-without-unit"),
        ("should", "gallery/tolerance-zero"),
        ("should", "gallery/no-source"),
        ("may", "gallery/no-reason"),
        ("should", "gallery/nothing-published"),
    ]
    assert version.findings_json[0]["what"] == (
        "A published value has no unit, and its output has one: they will not compare. See twice "
        "twenty of figure doubled."
    )


def test_a_finding_names_a_few_of_many_places(stated):
    value = PAPER[PAPER.index("[[figure.value]]") :].replace('reason = "it is exact"\n', "")

    version = stated(PAPER + value * 8)
    add_paper(version)

    version.refresh_from_db()
    (finding,) = version.findings_json
    place = "twice twenty of figure doubled"
    assert finding["what"].endswith(f"See {', '.join([place] * 5)} and 3 more.")


# Composed requests, and workflows that come later


CHAIN = """
[paper]
slug = "chain-2020"
doi = "10.1000/chain"
title = "A chain"

[[figure]]
slug = "chained"
title = "The sum of counts"
[figure.parameters]
tables = [
  { workflow = "counts", parameters = { level = 2 }, output = "counts" },
  { workflow = "counts", parameters = { level = 3 }, output = "counts" },
]
[[figure.value]]
output = "total"
label = "total"
published = 5.0
unit = "keV"
tolerance = { absolute = 0.1 }
reason = "exact"
source = "Table 1"
"""
SUM = entries.files(
    without=("double.ipynb",), sum_ipynb=chains.SUM, paper_toml=CHAIN
)  # fmt: skip


def register_sum(paper: str = CHAIN):
    files = {**SUM, "paper.toml": paper.encode()}
    return register_entry(Entry(files), slug="sum", source="folder:sum").version


def waits(version) -> list[str]:
    version.refresh_from_db()
    return [
        item["what"] for item in version.findings_json if item["id"] == WaitsForWorkflowError.id
    ]


def test_a_composed_request_is_asked_for_as_a_whole(sent):
    chains.register("counts", chains.COUNTS)
    version = register_sum()
    (figure,) = add_paper(version)

    run = check_figure(figure)

    assert run.address == plan_run(version, chains.total(2, 3)["parameters"]).address
    assert (run.state, run.inputs.count()) == ("waiting for inputs", 2)


def test_a_flat_request_asks_for_the_same_run(sent):
    chains.register("counts", chains.COUNTS)
    flat = CHAIN[: CHAIN.index("[figure.parameters]")] + """
[figure.request]
want = "sum"
nodes.two = { workflow = "counts", parameters = { level = 2 } }
nodes.three = { workflow = "counts", parameters = { level = 3 } }
nodes.sum = { workflow = "sum", parameters = { tables = [{ node = "two" }, { node = "three" }] } }
""" + CHAIN[CHAIN.index("[[figure.value]]") :]  # fmt: skip
    version = register_sum(flat)

    (figure,) = add_paper(version)

    assert check_figure(figure).address == (
        plan_run(version, chains.total(2, 3)["parameters"]).address
    )


def test_a_figure_may_stand_for_a_run_that_was_made(sent):
    chains.register("counts", chains.COUNTS)
    version = chains.register("sum", chains.SUM)
    made = request_run(version, chains.total(2, 3)["parameters"], seed=5).run
    start, end = CHAIN.index("[figure.parameters]"), CHAIN.index("[[figure.value]]")
    text = f'{CHAIN[:start]}request = {{ run = "{made.address}" }}\n{CHAIN[end:]}'

    (figure,) = add_paper(register_sum(text))

    assert (figure.version, figure.seed) == (version, 5)
    assert check_figure(figure) == made


def test_a_statement_waits_for_a_workflow_that_is_not_registered_yet(sent, committed):
    with committed():
        version = register_sum()
    assert waits(version) == ["Figure chained is fed by counts, not registered here."]
    assert Paper.objects.count() == 0

    with committed():
        chains.register("report", chains.REPORT)
    assert waits(version) == ["Figure chained is fed by counts, not registered here."]

    with committed():
        chains.register("counts", chains.COUNTS)
    assert waits(version) == []
    assert sent == [("gallery.check_figure", Figure.objects.get(slug="chained").pk)]


def test_a_figure_given_by_another_workflow_waits_for_it_and_is_the_entrys_own(sent, committed):
    request = '[figure.request]\nworkflow = "sum"\n[figure.request.parameters]'
    text = CHAIN.replace("[figure.parameters]", request)
    entry = Entry(entries.files(paper_toml=text))
    with committed():
        version = register_entry(entry, slug="paper", source="folder:paper").version
        chains.register("counts", chains.COUNTS)
    assert waits(version) == [
        "Figure chained: There is no workflow sum; /api/workflows/ lists what there is."
    ]

    with committed():
        total = chains.register("sum", chains.SUM)

    figure = Figure.objects.get(slug="chained")
    assert (figure.version, figure.stated_by, waits(version)) == (total, "entry:paper", [])


def test_only_the_newest_version_of_an_entry_is_tried_again(sent, committed):
    with committed():
        register_sum()
        newer = register_sum(CHAIN.replace("chained", "renamed"))
    with committed():
        chains.register("counts", chains.COUNTS)

    assert list(Figure.objects.values_list("slug", flat=True)) == ["renamed"]
    assert waits(newer) == []


def test_what_is_wrong_after_the_wait_is_told_instead(sent, committed):
    with committed():
        version = register_sum(CHAIN.replace("level = 3", "level = -3"))
    assert waits(version) != []

    with committed():
        chains.register("counts", chains.COUNTS)

    assert waits(version) == []
    told = [item for item in version.findings_json if item["id"].startswith("gallery:")]
    assert [item["what"] for item in told] == [
        "Figure chained: tables[1].parameters.level: -3 is too small: write at least 0."
    ]


def test_what_was_registered_is_welcomed_once_more_without_harm(sent, committed):
    chains.register("counts", chains.COUNTS)
    version = register_sum()
    with committed():
        welcome_version(version.pk)
        welcome_version(version.pk)

    assert Figure.objects.count() == 1
