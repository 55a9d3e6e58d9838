"""Two runs side by side: the page of a run beside its figure, any two runs, and the API."""

import html
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from executor.models import Run
from gallery.domain.sidebyside.overlay import SIGMA
from tests.factories import rows

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script>"
INTERFACE = {
    "parameters": [{"name": "energy", "kind": "float", "default": 20.0, "unit": "keV"}],
    "outputs": [
        {"name": "total", "kind": "number", "unit": "keV", "label": "total"},
        {"name": "total_error", "kind": "number", "unit": "keV"},
        {"name": "curve", "kind": "picture", "label": "light curve"},
        {"name": "rows", "kind": "table", "label": "yearly rows"},
    ],
}
AXES = {"title": "", "xlabel": "year", "ylabel": "flux", "xscale": "linear", "yscale": "linear",
        "xlim": [0, 4], "ylim": [0, 4], "box": [80, 60, 640, 480]}  # fmt: skip


def plot(*y):
    series = {"kind": "line", "label": "flux", "x": [1, 2, 3], "y": y, "line": "-"}
    content = {
        "format": "reprise.plot/1",
        "size": [800, 600],
        "axes": [AXES | {"series": [series]}],
    }
    return json.dumps(content).encode()


def picture(grey=255, size=(4, 3)):
    made = io.BytesIO()
    Image.new("L", size, grey).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def version():
    return rows.VersionFactory(interface_json=INTERFACE, workflow__slug="doubling", number=1)


@pytest.fixture
def finished(version):
    """Makes a finished run that gave these outputs."""

    def make(
        energy=20.0, *, drawn=None, grey=255, total=40.0, table=b"year,flux\n2003,2\n", **more
    ):
        run = rows.RunFactory(
            **{"version": version, "state": "finished", "ended_at": timezone.now(),
               "typed_json": {"energy": {"type": "float", "unit": "keV", "value": energy}},
               "values_json": {"energy": energy},
               "changed_json": [] if energy == 20.0 else ["energy"]} | more,
        )  # fmt: skip
        kept = [("total", "total.json", str(total).encode(), "application/json", "output"),
                ("total_error", "total_error.json", b"0.5", "application/json", "output"),
                ("curve", "curve.png", picture(grey), "image/png", "output"),
                ("rows", "rows.csv", table, "text/csv", "output")]  # fmt: skip
        kept += [("curve", "curve.json", drawn, "application/json", "plot")] if drawn else []
        for name, file, data, kind, role in kept:
            product = rows.ProductFactory(data=data, media_type=kind)
            rows.OutputFactory(run=run, name=name, file=file, role=role, product=product)
        return run

    return make


@pytest.fixture
def published(finished, version):
    """The run of a figure that was published at 20 keV."""
    run = finished(drawn=plot(3, 2, 1))
    rows.FigureFactory(version=version, run=run, slug="doubled", parameters_json={"energy": 20.0})
    return run


def seen(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def between(mine, other):
    return f"{mine.get_absolute_url()}/compare/{other.address}"


# A re-run beside its figure


def test_a_changed_run_is_shown_over_the_published_one_with_what_it_changes(
    client, finished, published
):
    mine = finished(30.0, drawn=plot(3, 2, 2), grey=200, total=41.0)
    page = seen(client, f"{mine.get_absolute_url()}?figure=doubled")
    assert "Published and mine" in page
    assert '<td data-label="Before" class="break">20 keV</td>' in page
    assert f"/compare/{published.address}/plots/curve?as=published&amp;form=view" in page
    # The paper states 40 keV with no error of its own: the run's own 0.5 keV counts.
    row = page[page.index("twice twenty <") :].split("</td>")[:5]
    assert [cell.rpartition(">")[2] for cell in row] == ["40", "41", "+1", f"+2 {SIGMA}", "+2.5 %"]


def test_the_figure_a_reader_came_from_goes_before_a_nearer_one(client, finished, published):
    near = finished(31.0, drawn=plot(1, 1, 1))
    rows.FigureFactory(version=published.version, run=near, slug="near", title="The near one")
    mine = finished(31.0, seed=4, drawn=plot(3, 2, 2))
    assert "/figures/near" in seen(client, mine.get_absolute_url())
    assert "/figures/doubled" in seen(client, f"{mine.get_absolute_url()}?figure=doubled")
    for other in ("%00", "nobody", ATTACK):
        assert "/figures/near" in seen(client, f"{mine.get_absolute_url()}?figure={other}")


def test_a_run_that_has_not_finished_is_beside_nothing(client, published, version):
    waiting = rows.RunFactory(version=version, changed_json=["energy"])
    page = seen(client, waiting.get_absolute_url())
    assert ("Published and mine" in page, published.address in page) == (False, False)


def test_pictures_without_numbers_stand_side_by_side_with_their_difference(
    client, finished, published
):
    mine = finished(30.0, grey=200)
    page = seen(client, mine.get_absolute_url())
    assert f"/compare/{published.address}/difference/curve" in page
    assert "Not both keep the plotted numbers" in page


# Any two runs


def test_two_runs_show_what_differs_between_questions_and_answers(client, finished):
    other, mine = finished(), finished(30.0, total=41.0, table=b"year,flux\n2003,3\n")
    page = seen(client, between(mine, other))
    assert "“" not in page[page.index("What was asked") : page.index("What came out")]
    assert "energy" in page
    assert "Numbers that differ; 1 other the same" in page
    assert '<span class="chip v-different">different</span>' in page
    assert "the picture is the same, byte for byte" in page


def test_the_same_run_differs_in_nothing(client, finished):
    run = finished(drawn=plot(3, 2, 1))
    page = seen(client, between(run, run))
    assert "Nothing differs" in page
    assert "All 2 numbers of both are the same." in page


def test_versions_with_other_packages_say_which(client, finished):
    old, new = (rows.VersionFactory(lock=f"numpy=={number} --hash=sha256:{'a' * 64}\n",
                                    interface_json=INTERFACE, workflow__slug=f"of-{number[0]}")
                for number in ("1.26.4", "2.4.1"))  # fmt: skip
    page = seen(client, between(finished(version=new), finished(version=old)))
    assert ("numpy" in page, "1.26.4" in page, "2.4.1" in page) == (True, True, True)
    assert "They are runs of two workflows" in page


def test_an_output_that_was_cleared_away_is_told(client, finished):
    other, mine = finished(), finished(30.0)
    product = mine.outputs.get(name="rows").product
    product.evicted_at = timezone.now()
    product.save()
    page = seen(client, between(mine, other))
    assert "was cleared away to make room" in page


def test_an_output_of_one_alone_is_named(client, finished):
    other, mine = finished(), finished(30.0)
    mine.outputs.filter(name="rows").delete()
    assert f"Only run {other.address[:8]} gave yearly rows." in seen(client, between(mine, other))


def test_what_is_too_large_is_not_read(client, finished, monkeypatch):
    monkeypatch.setattr("gallery.actions.comparing.BYTES_AT_MOST", 10)
    other, mine = finished(), finished(30.0, table=b"year,flux\n2003,3\n")
    assert "Too large to be compared while you wait" in seen(client, between(mine, other))


@pytest.mark.parametrize("count", [1, 3])
def test_more_runs_to_choose_from_ask_no_more_questions(
    client, finished, count, django_assert_num_queries
):
    mine = finished()
    for _ in range(count):
        finished(30.0, ended_at=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(4):  # the run, its outputs and attempts; the others
        page = seen(client, f"{mine.get_absolute_url()}/compare")
    assert page.count("<option") == 1 + count


def test_another_run_is_chosen_by_its_address_or_from_the_last_ones(client, finished):
    mine, other = finished(), finished(30.0)
    path = f"{mine.get_absolute_url()}/compare"
    for query in ({"with": f"https://host/runs/{other.address}?figure=x"},
                  {"with": "", "chosen": other.address}):  # fmt: skip
        assert client.get(path, query)["Location"] == between(mine, other)
    answer = client.get(path, {"with": ATTACK})
    assert (answer.status_code, ATTACK in answer.content.decode()) == (400, False)


@pytest.mark.parametrize("which", ["mine", "other", "neither"])
def test_a_run_that_is_not_there_has_a_page_that_says_so(client, finished, which):
    known, nobody = finished().address, "0" * 64
    one, two = {"mine": (nobody, known), "other": (known, nobody)}.get(which, ("x", ATTACK))
    path = f"/runs/{one}/compare/{two.replace('/', '')}"
    page = seen(client, path, 404)
    assert ("No run has the address" in page, ATTACK in page) == (True, False)
    for more in ("/plots/curve", "/difference/curve"):
        assert client.get(path + more).status_code == 404
    assert client.get(f"/api{path}/").status_code == 404


def test_words_of_strangers_are_shown_as_text(client, finished, version):
    version.interface_json = json.loads(json.dumps(INTERFACE).replace("light curve", ATTACK))
    version.title = ATTACK
    version.save()
    other = finished(drawn=plot(3, 2, 1).replace(b'"flux", "x"', f'"{ATTACK}", "x"'.encode()))
    mine = finished(30.0, drawn=plot(1, 2, 3), grey=3)
    page = seen(client, between(mine, other))
    assert (ATTACK in page, html.escape(ATTACK) in page) == (False, True)


def test_the_pages_are_only_read(client, finished):
    path = between(finished(), finished(30.0))
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(path).status_code == 405
    assert Run.objects.count() == 2


# Their plots


def test_the_overlay_is_an_item_a_drawing_or_numbers(client, finished):
    path = between(finished(30.0, drawn=plot(3, 2, 2)), finished(drawn=plot(3, 2, 1)))
    item, view, numbers = (
        client.get(f"{path}/plots/curve", {"form": form}) for form in ("bokeh", "view", "csv")
    )
    assert set(item.json()) >= {"doc", "root_id"}
    assert (view["Content-Type"], b">residual<" in view.content) == ("image/svg+xml", True)
    assert numbers.content.decode().splitlines()[-1].startswith("2,1,residual,3.0,1.0")
    assert "sandbox" in view["Content-Security-Policy"]


@pytest.mark.parametrize("drawn", [None, b"no plot", b"{}", plot()])
def test_what_cannot_be_overlaid_is_a_page_that_says_why(client, finished, drawn):
    mine = finished(30.0, drawn=drawn)
    path = between(mine, finished(drawn=plot(3, 2, 1)))
    assert "Nothing is overlaid" in seen(client, f"{path}/plots/curve", 404)
    assert "light curve" in seen(client, path).lower()


def test_the_difference_is_a_picture_or_a_sentence(client, finished):
    mine, other = finished(grey=1), finished(30.0)
    answer = client.get(f"{between(mine, other)}/difference/curve")
    assert Image.open(io.BytesIO(answer.content)).size == (4, 3)
    for name in ("rows", "total", "nothing"):
        assert client.get(f"{between(mine, other)}/difference/{name}").status_code == 404


# The API


def test_the_api_gives_the_same_as_data(client, finished):
    other = finished(drawn=plot(3, 2, 1))
    mine = finished(30.0, drawn=plot(3, 2, 2), total=41.0, grey=9)
    found = client.get(f"/api{between(mine, other)}/").json()
    assert [item["text"] for item in found["changes"]] == ["energy 20 keV → 30 keV"]
    assert found["numbers"][0] == {
        "name": "total", "label": "total", "unit": "keV", "published": 40.0, "mine": 41.0,
        "error": 0.5, "difference": 1.0, "sigmas": 2.0, "relative": 0.025, "note": "",
        "same": False,
    }  # fmt: skip
    assert (found["pictures"][0]["series"], found["products"][0]["verdict"]) == (1, "identical")
    assert found["notes"] == []


# Where a form comes from and leads to


def test_a_run_asked_for_from_a_figure_comes_back_to_it(client, published):
    sent = {"reprise-workflow": "doubling", "reprise-version": "1", "energy": "20",
            "reprise-figure": "doubled"}  # fmt: skip
    answer = client.post("/runs/", sent)
    assert answer["Location"].endswith("?figure=doubled")
    wrong = client.post("/runs/", sent | {"energy": "much"})
    assert wrong["Location"] == "/workflows/doubling/1?energy=much&reprise-figure=doubled#run"
    assert published.state == "finished"


def test_the_form_of_a_figure_has_its_parameters(client, finished, version):
    rows.FigureFactory(version=version, run=finished(), slug="hard", title="The hard band",
                       parameters_json={"energy": 30.0})  # fmt: skip
    page = seen(client, "/workflows/doubling?figure=hard")
    assert ("The hard band" in page, "Published: <b>30.0</b>" in page) == (True, True)
    other = rows.FigureFactory(slug="elsewhere")
    assert "Held against" not in seen(client, f"/workflows/doubling?figure={other.slug}")
