"""An executed notebook as a page: what is kept, what is left out and how it is told."""
# ruff: noqa: E501 -- hostile cells stay in one piece

import base64
import json
import time

import pytest
from django.test import Client

from executor.domain.notebook_page.budget import Budget, Budgets
from executor.domain.notebook_page.markdown import render
from executor.domain.notebook_page.outputs import parts_of
from executor.domain.notebook_page.page import make_page
from executor.domain.notebook_page.read import BadNotebookError, read_notebook
from executor.domain.notebook_page.text import plain
from tests.executor import attacks
from tests.factories import entries
from tests.factories.rows import OutputFactory, ProductFactory, RunFactory

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()


def html_of(source: str, attachments: dict) -> str:
    return render(source, attachments).html


def shown(*outputs: dict) -> list[tuple[str, str]]:
    return [(part.kind, part.text or part.html) for part in parts_of(outputs, Budgets())]


def address_of_run(data: bytes) -> str:
    run = RunFactory(state="finished")
    OutputFactory(
        run=run, name="notebook", role="notebook", file="double.ipynb",
        product=ProductFactory(data=data, media_type="application/x-ipynb+json"),
    )  # fmt: skip
    return str(run.address)


def test_markdown_has_tables_code_and_formulas_as_written():
    html = html_of("# A *title*\n\n| a |\n|---|\n| $x_1 y_2$ |\n\n`b`", {})

    assert html == (
        "<h2>A <em>title</em></h2>\n<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n<td><code>$x_1 y_2$</code></td>\n</tr>\n</tbody>\n</table>\n<p><code>b</code></p>\n"
    )


def test_a_picture_attached_to_a_cell_is_embedded():
    html = html_of("![a curve](attachment:x.png)", {"x.png": {"image/png": PNG}})

    assert html == f'<p><img src="data:image/png;base64,{PNG}" alt="a curve"></p>\n'


def test_a_picture_from_elsewhere_becomes_a_link():
    assert html_of("![a logo](https://a.example/l.png)", {}) == (
        '<p><em>(picture not shown: <a href="https://a.example/l.png" '
        'rel="noopener noreferrer nofollow">a logo</a>)</em></p>\n'
    )


def test_headings_are_found_for_the_contents():
    assert render("# One\n\ntext\n\n## Two `x`", {}).headings == ((1, "One"), (2, "Two x"))


def test_the_richest_safe_form_of_an_output_is_shown():
    both = {"output_type": "execute_result", "data": {"image/png": PNG, "text/plain": "<Figure>"}}
    table = {
        "output_type": "display_data",
        "data": {"text/html": "<table><tr><td>1</td></tr></table>"},
    }

    assert shown(both, table) == [
        ("picture", f"data:image/png;base64,{PNG}"),
        ("html", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
    ]


def test_what_is_left_out_of_html_is_told_and_the_text_is_shown_instead():
    output = {
        "output_type": "display_data",
        "data": {"text/html": "<script>draw()</script>", "text/plain": "Plot(3)"},
    }

    assert shown(output) == [("note", "Left out of this output: scripts."), ("text", "Plot(3)")]


def test_a_traceback_loses_its_colours():
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "x",
        "traceback": ["\x1b[0;31mE\x1b[0m: x"],
    }

    assert shown(error) == [("error", "E: x")]


def test_a_progress_bar_shows_its_last_state():
    assert plain("10%\r20%\r100%\ndone", 100) == ("100%\ndone", 0)


def test_long_text_is_cut_and_told():
    (kind, text), (note, told) = shown({"output_type": "stream", "text": "x" * 100_000})

    assert (kind, len(text), note) == ("text", 60_000, "note")
    assert told == "40,000 more characters are in the notebook file."


def test_a_page_takes_so_much_and_no_more():
    budget = Budgets(shown=Budget(10))
    parts = parts_of([{"output_type": "stream", "text": "12345678"}] * 2, budget)

    assert [part.kind for part in parts] == ["text", "note"]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"cells": 1}', b"\xff\xfe", b"[" * 100_000, b'{"worksheets": []}'],
)  # fmt: skip
def test_what_is_no_notebook_is_refused(data):
    with pytest.raises(BadNotebookError):
        read_notebook(data)


@pytest.mark.parametrize(
    "cell",
    [
        None, 1, {}, {"cell_type": 3, "source": 4, "outputs": 5}, {"source": [1, "x"]},
        {"cell_type": "code", "execution_count": True, "outputs": [1, {}, {"output_type": []}]},
        {"cell_type": "code", "outputs": [{"output_type": "display_data", "data": 3}]},
        {"cell_type": "markdown", "source": "![x](attachment:a)", "attachments": {"a": {"image/png": 1}}},
        {"cell_type": "markdown", "attachments": [1]},
        {"cell_type": "code", "outputs": [{"output_type": "error", "traceback": 1}]},
        {"cell_type": "raw", "source": "\ud800"},
    ],
)  # fmt: skip
def test_odd_cells_make_a_page_all_the_same(cell):
    page = make_page(read_notebook(json.dumps({"cells": [cell]}).encode()))

    assert [shown.number for shown in page.cells] == [1]


HOSTILE = [
    "[",
    "*a ",
    "<",
    "`",
    "> ",
    "$a",
    "![",
    "|",
    "(",
    "[[]](",
    "|a|b|\n|-|-|\n",
    "*a **b [e `f ",
]


def seconds(cells: list[dict[str, object]]) -> float:
    """Processor time that the page of some cells takes."""
    notebook = read_notebook(json.dumps({"cells": cells}).encode())
    started = time.process_time()
    make_page(notebook)
    return time.process_time() - started


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_markdown_takes_no_more_than_seconds_in_however_many_cells(piece):
    source = (piece * 20_000)[:20_000]

    assert seconds([{"cell_type": "markdown", "source": source}] * 40) < 3


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/markdown", "[[]](" * 4000), ("text/html", "<img " * 100_000),
        ("text/html", "<b>x" * 120_000), ("text/html", "< on" * 120_000),
        ("image/svg+xml", "<svg>" * 100_000),
    ],
    ids=lambda text: text[:13],
)  # fmt: skip
def test_hostile_outputs_take_no_more_than_seconds_in_however_many_cells(kind, text):
    output = {"output_type": "display_data", "data": {kind: text}}

    assert seconds([{"cell_type": "code", "outputs": [output] * 8}] * 8) < 3


def test_code_beyond_what_is_coloured_is_shown_plain():
    cells = [{"cell_type": "code", "source": "x = 1\n" * 6000}] * 30
    page = make_page(read_notebook(json.dumps({"cells": cells}).encode()))

    assert ["<span" in cell.html for cell in page.cells] == [True] * 4 + [False] * 26
    assert page.cells[29].html.startswith("x = 1\n")


@pytest.mark.django_db
def test_the_page_shows_the_cells_and_lets_nothing_run(client: Client) -> None:
    notebook = entries.notebook(entries.cell("# Title", kind="markdown"), entries.cell("x = 1"))

    response = client.get(f"/runs/{address_of_run(notebook)}/notebook")

    assert response.status_code == 200
    assert "<h2>Title</h2>" in response.content.decode()
    assert "script-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_everything_at_once_leaves_no_script_on_the_page(client: Client) -> None:
    notebook = json.dumps({"cells": attacks.cells()}).encode()

    text = client.get(f"/runs/{address_of_run(notebook)}/notebook").content.decode()

    assert [word for word in ("<script", "<iframe", "<style", "<form") if word in text] == []


@pytest.mark.django_db
def test_a_run_without_a_notebook_has_no_such_page(client: Client) -> None:
    assert client.get(f"/runs/{RunFactory().address}/notebook").status_code == 404


@pytest.mark.django_db
def test_a_file_that_is_no_notebook_is_a_problem(client: Client) -> None:
    assert client.get(f"/runs/{address_of_run(b'x')}/notebook").status_code == 422


@pytest.mark.django_db
def test_the_page_takes_few_questions(client: Client, django_assert_max_num_queries) -> None:
    address = address_of_run(entries.notebook(entries.cell("x = 1")))

    with django_assert_max_num_queries(8):
        client.get(f"/runs/{address}/notebook")
