"""An entry as its author wrote it; its files may hold anything."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain import entry as entry_module
from catalogue.domain.entry import (
    About,
    DataFile,
    Entry,
    Person,
    ignored,
    read_about,
    read_data,
    safe_path,
    version_digest,
)
from ontology.domain.findings import Finding, Severity, Where
from tests.factories.entries import CITATION

SHA = "0123456789abcdef" * 4
FILE = f"""
[[file]]
name = "rows.fits"
sha256 = "{SHA}"
bytes = 1457280
url = "https://example.org/rows.fits"
licence = "CC0-1.0"
cite = "Borucki 2009"
"""


# The digest of a version


def test_the_digest_of_a_version_is_pinned():
    files = {"double.ipynb": "a" * 64, "LICENSE": "b" * 64}
    assert version_digest(files, "numpy==2.4.0\n") == (
        "d01fca5d3aa55b30760e9951f2d2b0ad59c44ba6e90a159f0bdec9ad314ad017"
    )


def test_the_order_of_files_means_nothing():
    files = {"a": "1" * 64, "b": "2" * 64}
    assert version_digest(files, "") == version_digest(dict(reversed(files.items())), "")


@pytest.mark.parametrize(
    ("files", "lock"),
    [({"a": "2" * 64}, ""), ({"b": "1" * 64}, ""), ({}, ""), ({"a": "1" * 64}, "numpy==2.4.0")],
)
def test_any_change_is_another_version(files, lock):
    assert version_digest(files, lock) != version_digest({"a": "1" * 64}, "")


# Files and their names


def test_the_notebook_is_the_first_at_the_top_that_is_no_test():
    files = dict.fromkeys(["sub/a.ipynb", "test_a.ipynb", "c.ipynb", "b.ipynb", "a.py"], b"")
    assert Entry(files).notebook == "b.ipynb"
    assert Entry({"sub/a.ipynb": b"", "test_a.ipynb": b""}).notebook is None


def test_text_that_is_not_there_or_not_utf8_is_empty():
    entry = Entry({"a": "é".encode(), "b": b"\xff"})
    assert [entry.text(name) for name in ("a", "b", "c")] == ["é", "", ""]


@pytest.mark.parametrize("name", ["LICENSE", "LICENCE.txt", "license.md", "COPYING"])
def test_the_licence_is_found_under_its_usual_names(name):
    assert Entry({"a": b"", name: b""}).licence_file() == name


def test_an_entry_may_have_no_licence():
    assert Entry({"a": b""}).licence_file() is None


@pytest.mark.parametrize("path", ["a", "a/b.csv", ".hidden", "a b", "données.csv", "-rf", "a..b"])
def test_plain_names_are_safe(path):
    assert safe_path(path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "/", "/etc/passwd", "../x", "a/../b", "a/..", "./a", "a/./b", "a//b", "a/",
     "..\\x", "a\\b", "C:\\x", "\\\\host\\x", "a\nb", "a\x00b", "a\x1b[2J", "a\u202eb", "\ud800",
     "a\u2028b", "x" * 201, "a/" * 120],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_hide_something_are_not(path):
    assert not safe_path(path)


@given(st.text(max_size=30))
def test_a_safe_name_stays_in_its_folder(tmp_path_factory, path):
    folder = tmp_path_factory.getbasetemp()
    if safe_path(path):
        assert (folder / path).resolve().is_relative_to(folder.resolve())
        assert (folder / path).resolve() != folder.resolve()


@pytest.mark.parametrize(
    ("path", "expected"),
    [(".git/config", True), ("a/.ipynb_checkpoints/x.ipynb", True), ("__MACOSX/._a", True),
     ("a/.DS_Store", True), (".gitignore", False), ("git/a", False)],
)  # fmt: skip
def test_what_programs_keep_for_themselves_is_ignored(path, expected):
    assert ignored(path) is expected


# CITATION.cff


def test_what_a_citation_file_says_is_read():
    assert read_about(CITATION) == (
        About(
            title="A doubled number",
            abstract="It doubles a number, which is enough to see everything work.",
            version="1.0",
            licence="BSD-3-Clause",
            people=(Person("Ada", "Lovelace", "https://orcid.org/0000-0002-1825-0097"),),
            keywords=("arithmetic",),
            references=("https://doi.org/10.1000/doubling",),
        ),
        (),
    )


def test_a_person_may_have_one_name():
    about, _findings = read_about("authors:\n- name: The Collaboration\n- family-names: Null\n")
    assert [person.name for person in about.people] == ["The Collaboration", "Null"]


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.10", "1.10"), ("'1.0'", "1.0"), ("3", "3"), ("2024-02-30", "2024-02-30"), ("yes", "yes"),
     ("~", ""), ("null", ""), ("[1]", ""), ("", ""), ("9" * 5000, "9" * 4000)],
)  # fmt: skip
def test_a_version_is_text_as_it_was_written(written, version):
    assert read_about(f"version: {written}")[0].version == version


def test_references_have_a_doi_or_an_address():
    about, _findings = read_about(
        "references:\n- doi: 10.1/a\n- doi: https://doi.org/10.1/b\n- url: https://c\n- title: d\n"
        "- doi: [10.1/e]\n- 7\n"
    )
    assert about.references == ("https://doi.org/10.1/a", "https://doi.org/10.1/b", "https://c")


def test_lines_and_characters_that_cannot_be_kept_are_smoothed():
    about, _findings = read_about('title: "a\\0b \\uD800c\\n  d"')
    assert about.title == "ab c d"


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_citation_file_is_a_finding(text):
    assert read_about(text) == (
        About(),
        (
            Finding(
                Severity.SHOULD,
                "catalogue/no-citation-file",
                Where("CITATION.cff"),
                "There is no CITATION.cff.",
                "Title, people and licence are read from it: write it in the Citation File Format.",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("title: a\nb: [", 2, "CITATION.cff is not YAML."),
        ("title: a\n\tb: c", 2, "CITATION.cff is not YAML."),
        ("a: \x07", None, "CITATION.cff is not YAML."),
        ("a: *b", 1, "CITATION.cff is not YAML."),
        ("? [a]\n: b", 1, "CITATION.cff is not YAML."),
        ("a: &x [*x]", 1, "CITATION.cff is not YAML."),
        ("[" * 3_000, None, "CITATION.cff is not YAML."),
        ("- a", 1, "CITATION.cff holds no mapping."),
        ("text", 1, "CITATION.cff holds no mapping."),
        ("# " + "x" * 200_000, None, "CITATION.cff is longer than 200,000 characters."),
    ],
    ids=range(10),
)
def test_a_citation_file_that_is_not_one_is_a_finding_with_its_line(text, line, what):
    about, [finding] = read_about(text)
    assert (about, finding.id) == (About(), "catalogue/citation-file-syntax")
    assert (finding.where, finding.what) == (Where("CITATION.cff", line=line), what)


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system ['touch hacked']", "!!python/name:os.system", "!!int ''",
     "!!float ''", "!!bool maybe", "!!timestamp never", "!!binary '*'", "!!set [1]",
     "0001-01-01T00:00:00+23:59", "=", "1:99:99", "!unknown x", "0x" + "f" * 9000],
)  # fmt: skip
def test_tags_and_odd_scalars_are_only_text(tag, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    about, findings = read_about(f"title: A doubled number\nversion: {tag}")
    assert (about.title, findings, list(tmp_path.iterdir())) == ("A doubled number", (), [])


def test_a_billion_laughs_are_not_laughed():
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    started = time.process_time()
    about, _findings = read_about(
        "\n".join([*lines, "keywords: *a29", "authors: *a29", "title: x"])
    )
    assert about == About(title="x")
    assert time.process_time() - started < 1


wrong = st.recursive(
    st.sampled_from(["~", "1.5", "yes", "x", "2020-01-01", "!!int x", "''"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["doi", "url", "name", "orcid"]), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {item}" for key, item in items.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "abstract", "version", "license", "authors", "keywords", "references"]
        ),
        wrong,
    )
)
def test_members_of_any_type_are_read_as_far_as_they_go(members):
    text = "x: y\n" + "\n".join(f"{name}: {item}" for name, item in members.items())
    assert read_about(text)[1] == ()


@given(st.text() | st.text("[]{}:,&*!?|>-#'\" \nab0.~%@`\\", max_size=60))
def test_any_text_is_read_or_becomes_a_finding(text):
    about, findings = read_about(text)
    assert findings == () or about == About()
    files, faults = read_data(text)
    assert faults == () or isinstance(files, tuple)


# data.toml


def test_the_remote_files_are_read():
    assert read_data(FILE) == (
        (
            DataFile(
                "rows.fits",
                SHA,
                1457280,
                "https://example.org/rows.fits",
                "CC0-1.0",
                "Borucki 2009",
            ),
        ),
        (),
    )


def test_only_name_checksum_and_address_are_needed():
    text = (
        f'[[file]]\nname = "a"\nsha256 = "{SHA.upper()}"\nurl = "http://example.org/a"\nlicence = 5'
    )
    assert read_data(text) == ((DataFile("a", SHA, None, "http://example.org/a"),), ())


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "title = 'x'", "file = []"])
def test_an_entry_may_need_no_data(text):
    assert read_data(text) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"rows.fits"', '"../rows.fits"', "needs a plain name"),
        ('"rows.fits"', '"a/rows.fits"', "needs a plain name"),
        ('"rows.fits"', '"."', "needs a plain name"),
        ('"rows.fits"', '""', "needs a plain name"),
        ('"rows.fits"', "5", "needs a plain name"),
        ("name", "nom", "needs a plain name"),
        (SHA, SHA[1:], "needs its sha256, 64 hexadecimal digits"),
        (SHA, "g" + SHA[1:], "needs its sha256, 64 hexadecimal digits"),
        (f'"{SHA}"', "1", "needs its sha256, 64 hexadecimal digits"),
        ("url", "uri", "needs its url, such as https://host/file"),
        ('"https://example.org/rows.fits"', "[]", "needs its url, such as https://host/file"),
        ("https://example.org/", "file:///etc/", "needs its url, such as https://host/file"),
        ("https://example.org/", "javascript:", "needs its url, such as https://host/file"),
        ("example.org/", "example.org/\\u0000", "needs its url, such as https://host/file"),
        ("example.org/", "example.org/ ", "needs its url, such as https://host/file"),
        ("1457280", "-1", "has bytes that are no number"),
        ("1457280", "1.5", "has bytes that are no number"),
        ("1457280", "true", "has bytes that are no number"),
        ("1457280", "'many'", "has bytes that are no number"),
    ],
)
def test_a_faulty_file_is_a_finding_and_the_others_stand(old, new, fault):
    files, findings = read_data(FILE.replace(old, new) + FILE.replace("rows.fits", "good.fits"))
    assert [file.name for file in files] == ["good.fits"]
    assert findings == (
        Finding(
            Severity.MUST,
            "catalogue/data-registry",
            Where("data.toml"),
            f"File 1 of data.toml {fault}.",
            "Each file has name, sha256, bytes, url and licence.",
        ),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("file = 5", "data.toml has a file that is no [[file]] table."),
        ("[file]\nname = 'a'", "data.toml has a file that is no [[file]] table."),
        ("file = [5]", "File 1 of data.toml is not a table."),
        (FILE + FILE, "File 2 of data.toml has the name of another."),
        ("a = ", "data.toml is not TOML: Invalid value (at end of document)."),
        ("# " + "x" * 200_000, "data.toml is longer than 200,000 characters."),
    ],
    ids=range(6),
)
def test_a_registry_that_is_not_one_is_a_finding(text, what):
    assert [finding.what for finding in read_data(text)[1]] == [what]


@pytest.mark.parametrize("text", ["a = " + "[" * 3_000, "a = " + "9" * 5000, "a = 2020-13-45"])
def test_hostile_toml_is_a_finding(text):
    files, [finding] = read_data(text)
    assert (files, finding.id) == ((), "catalogue/data-registry")


@given(st.text() | st.text("[]{}=,.'\"\\ \nfile0-", max_size=60))
def test_any_toml_is_read_or_becomes_a_finding(text):
    files, findings = read_data(text)
    assert all(isinstance(item, DataFile) for item in files)
    assert all(item.severity is Severity.MUST for item in findings)


@pytest.mark.parametrize(
    ("path", "reserved"),
    [("outputs/a.csv", True), (".home", True), ("data", True), ("data/x.fits", True),
     ("data/y.fits", False), ("my-outputs/a.csv", False)],
)  # fmt: skip
def test_a_file_where_a_run_puts_its_own_is_refused(path, reserved):
    found = entry_module.reserved_names({path: b""}, {"x.fits"})

    assert [item.where.file for item in found] == ([path] if reserved else [])
