"""A manifest is a stranger's JSON: what is read of it is plain, short and printable."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain.manifest import (
    BadManifestError,
    Fault,
    Made,
    Manifest,
    media_type,
    read_manifest,
)

FORMAT = "reprise.manifest/1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def read(**content: object) -> Manifest:
    return read_manifest(json.dumps({"format": FORMAT} | content).encode())


def test_a_manifest_says_what_was_made():
    found = read(
        outputs=[{"name": "total", "file": "total.json", "media_type": "text/html"}],
        plots=[{"file": "evolution.png", "data": "evolution.png.plot.json"}],
        missing=["spectrum"],
        error={"cell": 3, "line": 2, "type": "ValueError", "message": "no", "traceback": "…"},
        packages=["numpy==2.4"],
        python="3.11.7",
    )

    assert found == Manifest(
        outputs=(Made("total", "total.json", "application/json"),),
        plots={"evolution.png": "evolution.png.plot.json"},
        missing=("spectrum",),
        fault=Fault("ValueError", "no", 3, 2, "…"),
        packages=("numpy==2.4",),
        python="3.11.7",
    )


def test_an_empty_manifest_holds_nothing():
    assert read() == Manifest(plots={})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the manifest is not JSON"),
        (b"\xff\xfe\x00", "the manifest is not JSON"),
        (b"[" * 100_000, "the manifest is not JSON"),
        (b"1" * 10_000, "the manifest is not JSON"),
        (b"[]", "the manifest is not of the form reprise.manifest/1"),
        (b'{"format": "reprise.manifest/2"}', "the manifest is not of the form reprise.manifest/1"),
    ],
)
def test_what_is_no_manifest_is_refused(data, why):
    with pytest.raises(BadManifestError) as refused:
        read_manifest(data)

    assert str(refused.value) == why


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a/b",
        ".job.json",
        "a\0b",
        "a\nb",
        "a\ud800",
        "a" * 201,
    ],
)
@pytest.mark.parametrize("part", ["outputs", "plots"])
def test_a_name_that_is_no_plain_file_name_is_refused(part, name):
    with pytest.raises(BadManifestError) as refused:
        read(**{part: [{"name": "total", "file": name, "data": "x"}]})

    assert str(refused.value) == f"the manifest names {name[:60]!r}, which is no plain file name"


def test_a_media_type_comes_from_the_name_and_not_from_the_notebook():
    assert read(
        outputs=[{"name": "x", "file": "x.html", "media_type": "text/html"}]
    ).outputs == (Made("x", "x.html", "application/octet-stream"),)  # fmt: skip
    assert media_type("Plot.SVG") == "image/svg+xml"
    assert media_type("no-ending") == "application/octet-stream"


def test_what_no_database_takes_is_replaced():
    found = read(
        error={"type": "E\0", "message": "half \ud800 a pair", "traceback": "\udfff"},
        missing=["x\0"],
        packages=["\ud800"],
        python="3\0",
    )

    assert found.fault == Fault("E\ufffd", "half ? a pair", None, None, "?")
    assert (found.missing, found.packages, found.python) == (("x\ufffd",), ("?",), "3\ufffd")


def test_what_is_too_long_is_cut():
    long, name = "x" * 30_000, "y" * 300
    found = read(
        error={"type": long, "message": long, "traceback": long}, python=long,
        packages=[name] * 2001, missing=[name], outputs=[{"name": name, "file": "x"}],
    )  # fmt: skip

    assert found.fault is not None
    texts = (found.fault.kind, found.fault.message, found.fault.traceback, found.python)
    assert [len(text) for text in texts] == [100, 2000, 20_000, 40]
    assert (len(found.packages), {len(name) for name in found.packages}) == (2000, {200})
    assert (len(found.missing[0]), len(found.outputs[0].name)) == (200, 200)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("E", "no light", 3, 2, ""), "Cell 3, line 2 raised E: no light"),
        (Fault("E", "no light", 3, None, ""), "Cell 3 raised E: no light"),
        (Fault("E", "no light", None, None, ""), "The notebook raised E: no light"),
        (Fault("MemoryError", "", 3, 2, ""), "Cell 3, line 2 raised MemoryError"),
    ],
)
def test_a_fault_is_a_sentence_with_its_place(fault, sentence):
    assert str(fault) == sentence


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["outputs", "plots", "missing", "error", "packages"]), JSON))
def test_any_json_is_a_manifest_or_is_refused(content):
    try:
        found = read(**content)
    except BadManifestError:
        return
    assert all("/" not in item.file and item.file.isprintable() for item in found.outputs)


@given(st.binary())
def test_any_bytes_are_refused_and_no_more(data):
    with pytest.raises(BadManifestError):
        read_manifest(data)
