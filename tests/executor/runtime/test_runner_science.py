"""What numpy, astropy and matplotlib make: outputs, pictures and the numbers in them."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from PIL import Image

from tests.executor.runtime.notebooks import Ran, Runner

Plots = dict[str, dict[str, Any]]

CELLS = [  # of which the third is the figure whose numbers are looked at
    """\
import matplotlib.pyplot as plt
import numpy as np
from datetime import datetime
np.random.rand(2).tolist()
""",
    "np.random.rand(2).tolist()",
    """\
fig, (left, right) = plt.subplots(1, 2)
left.set(title='T', xlabel='E', ylabel='F', xscale='log', yscale='log')
left.errorbar([1, 2, 4], [1, 2, 3], yerr=[[.5, .25, .5], [1, 2, 3]], xerr=.5, fmt='s-',
              color='red', label='data', errorevery=(0, 2))
left.plot([1, 2], [1, np.nan], '--', color='#00ff00', label='model')
left.axvline(2)
left.axline((1, 1), (2, 2))
left.axhspan(1, 2)
left.fill_between([1, 2], [1, 2])
left.set(xlim=(.5, 8), ylim=(.25, 7))
right.scatter([1, 2, 3], np.ma.masked_equal([1, 2, 3], 2), c=[5, 6, 7])
right.bar([1, 2], [3, 4], width=.5, bottom=1)
right.barh([1], [2])
right.imshow([[1, np.inf], [3, 4]], extent=(0, 2, 0, 1), aspect='auto')
right.imshow(np.zeros((600, 2)))
fig.savefig('a.png', bbox_inches='tight')
plt.savefig('b')
""",
    """\
plt.plot([datetime(1970, 1, 3), datetime(1970, 1, 2)], ['p', 'q'])
plt.savefig('dates.png')
plt.show()
plt.hist([1, 1, 2], bins=2)
plt.hist([1, 1, 2], bins=2, histtype='step')
plt.stairs([7], [0, 2])
plt.errorbar([1], [2], yerr=1, fmt='none')
plt.plot(np.zeros(200_001))
plt.savefig('hist.svg')
plt.savefig('overwritten.png')
open('overwritten.png', 'ab').write(b'x')
plt.savefig('jpeg.jpg')
""",
    """\
from astropy.table import Table
from astropy.io import fits
import astropy.units as u
table = Table({'t': [1., 2.] * u.s, 'n': ['a', 'b']})
hdus = fits.HDUList([fits.PrimaryHDU(np.arange(3))])
curve = table
width = (3 * u.km).to(u.m)
array = np.float32(0.5)
masked = np.ma.masked
tree = {'a': np.arange(2), 'b': np.bool_(True), 'q': [1, 2] * u.m, 'l': np.longdouble(1)}
two = [1, 2] * u.s
long = np.float64(1) / 3
flag = np.bool_(True)
a, b, dates, hist = 'a.png', 'b.png', 'dates.png', 'hist.svg'
overwritten, jpeg = 'overwritten.png', 'jpeg.jpg'
table
""",
]
OUTPUTS = {
    "table": "table", "curve": "light-curve", "hdus": "image", "width": "number",
    "array": "number", "masked": "number", "long": "number", "flag": "boolean",
    "tree": "structure", "a": "picture", "b": "picture", "fig": "picture", "dates": "picture",
    "hist": "picture", "overwritten": "picture", "jpeg": "picture", "two": "number",
}  # fmt: skip


@pytest.fixture(scope="module")
def ran(run_once: Runner) -> Ran:
    return run_once(*CELLS, outputs=OUTPUTS)


@pytest.fixture(scope="module")
def plots(ran: Ran) -> Plots:
    return {
        row["file"]: json.loads((ran.folder / row["data"]).read_text())
        for row in ran.manifest["plots"]
    }


def only(axes: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [series for series in axes["series"] if series["kind"] == kind]
    return found


def test_only_the_output_of_the_wrong_size_is_refused(ran: Ran) -> None:
    assert (ran.status, ran.error["message"]) == (
        5,
        (
            "output 'two' is declared as number and holds Quantity: "
            "assign a single number, for instance float(x)"
        ),
    )


def test_numpy_is_seeded_once(ran: Ran) -> None:
    first, second = (json.loads(ran.outputs(n)[0]["data"]["text/plain"]) for n in (1, 2))
    assert first == pytest.approx([0.5488135039273248, 0.7151893663724195])
    assert second == pytest.approx([0.6027633760716439, 0.5448831829968969])


def test_numbers_of_numpy_and_astropy_are_plain_numbers(ran: Ran) -> None:
    saved = ran.saved()
    assert {name: saved[name] for name in ("width", "array", "masked", "long", "flag")} == {
        "width": b"3000.0\n",
        "array": b"0.5\n",
        "masked": b'"NaN"\n',
        "long": b"0.3333333333333333\n",
        "flag": b"true\n",
    }
    assert json.loads(saved["tree"]) == {"a": [0, 1], "b": True, "q": [1.0, 2.0], "l": 1.0}


def test_tables_and_images_of_astropy_are_standard_files(ran: Ran) -> None:
    table = Table.read(ran.folder / "table.ecsv", format="ascii.ecsv")
    assert (list(table["t"]), str(table["t"].unit)) == ([1.0, 2.0], "s")
    assert (ran.folder / "curve.ecsv").read_bytes() == (ran.folder / "table.ecsv").read_bytes()
    assert list(fits.getdata(io.BytesIO(ran.saved()["hdus"]))) == [0, 1, 2]
    shown = ran.outputs(5)[0]["data"]
    assert sorted(shown) == ["text/html", "text/plain"]
    assert 'id="table0"' in shown["text/html"]


def test_open_figures_are_shown_and_closed_at_the_end_of_their_cell(ran: Ran) -> None:
    assert [output["data"]["text/plain"] for output in ran.outputs(3) + ran.outputs(4)] == [
        "<Figure 6.4 x 4.8 inches with 2 Axes>",
        "<Figure 6.4 x 4.8 inches with 1 Axes>",
        "<Figure 6.4 x 4.8 inches with 1 Axes>",
    ]
    assert ran.outputs(3)[0]["data"]["image/png"].startswith("iVBORw0KGgo")


def test_pictures_do_not_name_the_version_of_matplotlib(ran: Ran) -> None:
    saved = ran.saved()
    assert saved["fig"] == saved["b"]
    assert [b"Software" in saved[name] for name in ("a", "b", "fig")] == [False] * 3


def test_plotted_numbers_belong_to_their_pictures(plots: Plots) -> None:
    assert list(plots) == ["a.png", "b.png", "fig.png", "dates.png", "hist.svg", "jpeg.jpg"]


def test_boxes_are_in_pixels_of_the_saved_picture(ran: Ran, plots: Plots) -> None:
    for name in ("a.png", "fig.png"):
        size = struct.unpack(">II", (ran.folder / name).read_bytes()[16:24])
        assert tuple(plots[name]["size"]) == size
    left = plots["fig.png"]["axes"][0]["box"]
    assert left == pytest.approx([80, 52.8, 225.45, 369.6], abs=0.01)
    tight = plots["a.png"]["axes"][0]["box"]
    assert tight[2:] == pytest.approx(left[2:], abs=0.01)
    with Image.open(ran.folder / "a.png") as picture:
        grey = np.asarray(picture.convert("L"))[::-1]  # counted from below, as boxes are
    x, y, width, height = (round(edge) for edge in tight)
    frame = grey[y + 2 : y + height - 2, x - 1 : x + 2].min(axis=1)
    inside = grey[y + 2 : y + height - 2, x + 8 : x + width - 8]
    assert (int(frame.max()) < 100, int(inside.max())) == (True, 255)


def test_axes_are_described(plots: Plots) -> None:
    axes = plots["a.png"]["axes"][0]
    described = {key: axes[key] for key in ("title", "xlabel", "ylabel", "xscale", "yscale")}
    assert described == {
        "title": "T", "xlabel": "E", "ylabel": "F", "xscale": "log", "yscale": "log",
    }  # fmt: skip
    assert (axes["xlim"], axes["ylim"]) == ([0.5, 8], [0.25, 7])


def test_error_bars_belong_to_their_points(plots: Plots) -> None:
    assert only(plots["a.png"]["axes"][0], "errorbar") == {
        "kind": "errorbar",
        "label": "data",
        "x": [1.0, 2.0, 4.0],
        "y": [1.0, 2.0, 3.0],
        "xerr": [[0.5, None, 0.5], [0.5, None, 0.5]],
        "yerr": [[0.5, None, 0.5], [1.0, None, 3.0]],
        "colour": "#ff0000",
        "marker": "s",
        "line": "-",
    }


def test_lines_and_guides_are_told_apart(plots: Plots) -> None:
    lines = [s for s in plots["a.png"]["axes"][0]["series"] if s["kind"] == "line"]
    assert [line.get("guide", False) for line in lines] == [False, True, True]
    assert lines[0] == {
        "kind": "line",
        "label": "model",
        "x": [1.0, 2.0],
        "y": [1.0, None],
        "xerr": None,
        "yerr": None,
        "colour": "#00ff00",
        "marker": None,
        "line": "--",
    }


def test_points_bars_and_images_are_kept(plots: Plots) -> None:
    right = plots["a.png"]["axes"][1]
    points = only(right, "scatter")
    assert [points[key] for key in ("x", "y", "z")] == [[1, None, 3], [1, None, 3], [5, None, 7]]
    bars = [s for s in right["series"] if s["kind"] == "bar"]
    assert [[bar[key] for key in ("x", "y", "width", "base")] for bar in bars] == [
        [[1, 2], [4, 5], [0.5, 0.5], [1, 1]],
        [[2], [1], [0.8], [0]],
    ]
    small, large = (s for s in right["series"] if s["kind"] == "image")
    assert (small["z"], small["extent"], small["shape"]) == (
        [[1, None], [3, 4]],
        [0, 2, 0, 1],
        [2, 2],
    )
    assert (large["z"], large["note"]) == ([], "more pixels than are kept")


def test_dates_and_categories_are_numbers_with_a_note(plots: Plots) -> None:
    line = only(plots["dates.png"]["axes"][0], "line")
    assert (line["x"], line["y"]) == ([2.0, 1.0], [0.0, 1.0])
    assert line["note"] == (
        "x: dates, in days since 1970-01-01T00:00:00; y: categories, counted from 0"
    )


def test_histograms_steps_and_bare_error_bars_are_kept(plots: Plots) -> None:
    axes = plots["hist.svg"]["axes"][0]
    histogram, stairs = (s for s in axes["series"] if s["kind"] == "bar")
    assert (histogram["x"], histogram["y"]) == ([1.25, 1.75], [2, 1])
    assert (stairs["x"], stairs["y"], stairs["width"], stairs["base"]) == ([1], [7], [2], [0])
    bars = only(axes, "errorbar")
    assert (bars["x"], bars["y"], bars["yerr"]) == ([1], [2], [[1], [1]])
    large, outline = (s for s in axes["series"] if s["kind"] == "line")
    assert (large["x"], large["note"]) == ([], "200001 points, more than are kept")
    assert max(outline["y"]) == 2


def test_numbers_of_a_picture_changed_by_other_means_are_not_kept(ran: Ran) -> None:
    row = next(row for row in ran.manifest["outputs"] if row["name"] == "overwritten")
    assert Path(ran.folder / row["file"]).exists()
    assert [plot for plot in ran.manifest["plots"] if plot["file"] == row["file"]] == []
