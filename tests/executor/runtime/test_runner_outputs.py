"""Outputs are saved by what they are declared to be."""

import json

import pytest

from tests.executor.runtime.notebooks import Runner


def test_values_are_saved_by_kind(run: Runner) -> None:
    kinds = {
        "whole": "number", "share": "number", "nan": "number", "low": "number", "scalar":
        "number", "quantity": "number", "yes": "boolean", "np_yes": "boolean", "words": "text",
        "notes": "text", "listing": "text", "tree": "structure", "raw": "binary", "oda_raw":
        "binary", "oda_picture": "picture", "oda_table": "table", "frame": "table", "oda_image":
        "image",
    }  # fmt: skip
    ran = run(
        "import pathlib\n"
        "class Like:\n    def __init__(self, **v): vars(self).update(v)\n"
        "class Scalar:\n    size = 1\n    def __init__(self, v): self.v = v\n"
        "    def item(self): return self.v\n    def tolist(self): return self.v\n"
        "class Frame:\n    columns = ['a']\n    index = range(1)\n"
        "    def to_csv(self, index): return f'a\\n{index}\\n'\n"
        "class Fits:\n"
        "    def writeto(self, path, overwrite): pathlib.Path(path).write_text('FITS')\n"
        "class Numpy:\n    def to_fits_hdu_list(self): return Fits()\n",
        "whole, share, nan, low = 3, 2.5, float('nan'), -float('inf')\n"
        "scalar, quantity = Scalar(1.5), Like(unit='keV', value=Scalar(4))\n"
        "yes, np_yes = True, Scalar(False)\n"
        "words, listing = 'two\\nlines', '/etc/passwd'\n"
        "pathlib.Path('notes.md').write_text('from a file')\nnotes = 'notes.md'\n"
        "tree = {'a': [Scalar([1, 2.0]), None], 3: (float('inf'), quantity)}\n"
        "raw, oda_raw = b'\\0', Like(bin_data=b'\\1')\n"
        "oda_picture = Like(binary_data=b'jpg', img_type='jpeg')\n"
        "frame = Frame()\noda_table, oda_image = Like(table=frame), Numpy()",
        outputs=kinds,
    )
    assert ran.status == 0, ran.err
    assert ran.saved() == {
        "whole": b"3\n",
        "share": b"2.5\n",
        "nan": b'"NaN"\n',
        "low": b'"-Infinity"\n',
        "scalar": b"1.5\n",
        "quantity": b"4\n",
        "yes": b"true\n",
        "np_yes": b"false\n",
        "words": b"two\nlines",
        "notes": b"from a file",
        "listing": b"/etc/passwd",
        "tree": json.dumps(
            {"a": [[1, 2.0], None], "3": ["Infinity", 4]}, indent=1
        ).encode() + b"\n",
        "raw": b"\0",
        "oda_raw": b"\1",
        "oda_picture": b"jpg",
        "oda_table": b"a\nTrue\n",
        "frame": b"a\nTrue\n",
        "oda_image": b"FITS",
    }  # fmt: skip
    rows = {row["name"]: row for row in ran.manifest["outputs"]}
    assert rows["oda_picture"] == {
        "name": "oda_picture",
        "kind": "picture",
        "file": "oda_picture.jpeg",
        "media_type": "image/jpeg",
    }
    assert rows["oda_image"]["media_type"] == "application/fits"
    expected = {row["file"] for row in rows.values()} | {"manifest.json", "executed.ipynb"}
    assert {path.name for path in ran.folder.iterdir()} == expected


def test_files_keep_their_extension(run: Runner) -> None:
    for name in ("sub.d/rows.csv", "cube.FITS.gz", "odd.x y", "tree.json", "dots.png"):
        (run.work / name).parent.mkdir(exist_ok=True)
        (run.work / name).write_text(name)
    ran = run(
        "import os\na, b, c, e = 'cube.FITS.gz', 'odd.x y', 'tree.json', 'dots.png'\n"
        "os.chdir('sub.d')\nd = 'rows.csv'\nos.chdir('..')\nd = os.path.abspath('sub.d/rows.csv')",
        outputs={"a": "image", "b": "binary", "c": "structure", "d": "table", "e": "picture"},
    )
    assert [(row["file"], row["media_type"]) for row in ran.manifest["outputs"]] == [
        ("a.fits.gz", "application/fits"),
        ("b", "application/octet-stream"),
        ("c.json", "application/json"),
        ("d.csv", "text/csv"),
        ("e.png", "image/png"),
    ]
    assert ran.saved()["d"] == b"sub.d/rows.csv"


def test_an_output_named_like_a_file_of_the_runner_does_not_replace_it(run: Runner) -> None:
    ran = run("manifest = 3", outputs={"manifest": "number"})
    assert ran.manifest["outputs"][0]["file"] == "manifest_.json"
    assert ran.saved() == {"manifest": b"3\n"}


@pytest.mark.parametrize(
    ("make", "kind", "reason"),
    [
        ("x = '../secret'", "picture", "(picture) names a file outside its folder"),
        ("x = '/etc/passwd'", "table", "(table) names a file outside its folder"),
        ("os.symlink('/etc/passwd', 'l'); x = 'l'", "binary", "names a file outside its folder"),
        ("os.symlink('x.ipynb', 'l'); x = 'l'", "binary", "names a file outside its folder"),
        ("os.symlink('/etc', 'd'); x = 'd/passwd'", "binary", "names a file outside its folder"),
        ("x = pathlib.Path('/etc/passwd')", "text", "names a file outside its folder"),
        ("x = '.'", "binary", "names a file outside its folder"),
        ("os.mkfifo('pipe'); x = 'pipe'", "binary", "names the file 'pipe', which does not exist"),
        ("x = 'none.png'", "picture", "names the file 'none.png', which does not exist"),
        ("x = 'a\\0b'", "picture", "names no file"),
        ("x = [1, 2]", "number", "declared as number and holds list: assign a single number"),
        ("x = '3'", "number", "declared as number and holds str: assign a single number"),
        ("x = 1j", "number", "declared as number and holds complex: assign a single number"),
        ("x = 1", "boolean", "declared as boolean and holds int: assign True or False"),
        ("x = 1", "text", "declared as text and holds int: assign a text"),
        ("x = [1]", "table", "declared as table and holds list: assign a Table of astropy"),
        ("x = 1", "picture", "declared as picture and holds int: assign a Figure of matplotlib"),
        ("x = {}", "light-curve", "declared as light-curve and holds dict: assign an HDUList"),
        ("x = [os]", "structure", "holds a value of type module, which JSON has not"),
        ("x = []; x.append(x)", "structure", "could not be saved: RecursionError("),
        ("x = 1", "song", "no output is of the kind 'song'"),
    ],
)
def test_what_cannot_be_saved_is_an_error_that_says_why(
    run: Runner, make: str, kind: str, reason: str
) -> None:
    ran = run(f"import os, pathlib\n{make}\ny = 1", outputs={"x": kind, "y": "number"})
    assert (ran.status, ran.error["type"]) == (5, "OutputError")
    assert ran.error["message"].startswith("output 'x'")
    assert reason in ran.error["message"]
    assert ran.saved() == {"y": b"1\n"}
    assert {path.name for path in ran.folder.iterdir()} - {".x.part"} == {
        "y.json", "manifest.json", "executed.ipynb",
    }  # fmt: skip


def test_a_hostile_value_cannot_end_the_run(run: Runner) -> None:
    ran = run(
        "import sys\nclass Evil:\n    def __getattr__(self, name): sys.exit(0)\nx = Evil()",
        outputs={"x": "table"},
    )
    assert (ran.status, ran.error["type"]) == (5, "OutputError")


def test_a_missing_output_is_listed(run: Runner) -> None:
    ran = run("y = 1", outputs={"x": "number", "y": "number"})
    assert (ran.status, ran.manifest["missing"]) == (5, ["x"])
    assert ran.manifest["error"] is None
    assert ran.saved() == {"y": b"1\n"}
    assert ran.err == (
        "[runner] output 'x' (number) was never assigned: assign it in the outputs cell\n"
    )
