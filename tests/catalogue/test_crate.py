"""Crates of strangers: read leniently where they are careless, refused where they are hostile."""

import io
import json
import stat
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.actions import register_upload
from catalogue.adapters.crate import opened
from catalogue.domain.crate import (
    ENTITIES_AT_MOST,
    LEGACY,
    METADATA,
    BadCrateError,
    path_of,
    read_described,
)
from catalogue.domain.crate_recipe import read_recipe
from catalogue.errors import NotAnEntryError, UnreadableSourceError
from catalogue.models import Version
from tests.factories import entries

CWL = b"""cwlVersion: v1.2
class: CommandLineTool
baseCommand: [echo]
inputs: {text: {type: string, default: hello, inputBinding: {position: 1}}}
outputs: {said: {type: stdout}}
stdout: said.txt
"""
ROOT = {
    "@id": "./", "@type": "Dataset", "name": "A foreign crate", "description": "Of elsewhere.",
    "license": {"@id": "https://spdx.org/licenses/MIT"}, "datePublished": "2026-03-01",
    "mainEntity": {"@id": "flow.ipynb"}, "author": {"@id": "https://orcid.org/0000-0002-1825-0097"},
}  # fmt: skip
MAIN = {"@id": "flow.ipynb", "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"]}
VERA = {"@id": "https://orcid.org/0000-0002-1825-0097", "@type": "Person", "name": "Vera Rubin"}


def metadata(root=ROOT, *others, context="https://w3id.org/ro/crate/1.1/context", about="./"):
    """The metadata of a crate; ``others`` are its entities besides the root."""
    descriptor = {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": about}}
    return json.dumps({"@context": context, "@graph": [descriptor, root, *others]}).encode()


def packed(files, *, above="") -> bytes:
    """A zip of some files, below a folder of its own when one is named."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{above}{name}" if isinstance(name, str) else name, data)
    return made.getvalue()


def crate(**changes) -> dict[str, bytes]:
    """The files of a foreign crate with a notebook."""
    whole = {METADATA: metadata(ROOT, MAIN, VERA), "flow.ipynb": entries.simple_notebook()}
    return {name: data for name, data in (whole | changes).items() if data is not None}


def refused(files) -> str:
    data = files if isinstance(files, bytes) else packed(files)
    with pytest.raises((UnreadableSourceError, NotAnEntryError)) as caught:
        register_upload("foreign.crate.zip", data)
    assert not Version.objects.exists()
    return caught.value.detail


# --- Careless crates ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_foreign_notebook_crate_becomes_an_entry_with_the_crate_s_own_words():
    version = register_upload("foreign.crate.zip", packed(crate())).version
    about = version.about
    assert (version.workflow.slug, version.main, version.title) == (
        "foreign", "flow.ipynb", "A foreign crate",
    )  # fmt: skip
    assert (about.licence, [(one.name, one.orcid) for one in about.people]) == (
        "MIT", [("Vera Rubin", VERA["@id"])],
    )  # fmt: skip
    assert sorted(file.path for file in version.files.all()) == ["flow.ipynb", METADATA]


@pytest.mark.django_db
def test_a_foreign_cwl_crate_becomes_an_entry():
    root = ROOT | {"mainEntity": {"@id": "./tools/say.cwl"}}
    files = {
        METADATA: metadata(root, {"@id": "./tools/say.cwl", "@type": "File"}),
        "tools/say.cwl": CWL, "LICENSE": b"MIT", "docs/picture.svg": b"<svg/>",
    }  # fmt: skip
    version = register_upload("say.crate.zip", packed(files)).version
    assert (version.main, version.runtime) == ("say.cwl", "cwl")
    assert sorted(file.path for file in version.files.all()) == ["LICENSE", "say.cwl"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "above"),
    [
        ({METADATA: None, LEGACY: metadata(ROOT, MAIN, VERA)}, ""),
        ({}, "one-folder-more/"),
        ({METADATA: None, LEGACY: metadata(ROOT, MAIN, VERA)}, "one-folder-more/"),
    ],
)
def test_the_old_name_and_one_folder_more_are_understood(files, above):
    version = register_upload("x.zip", packed(crate(**files), above=above)).version
    assert (version.main, version.title) == ("flow.ipynb", "A foreign crate")


@pytest.mark.django_db
def test_a_crate_in_a_bag_is_found():
    files = {f"data/{name}": data for name, data in crate().items()} | {"bagit.txt": b"BagIt\n"}
    assert register_upload("bag.zip", packed(files)).version.title == "A foreign crate"


@pytest.mark.django_db
def test_what_a_root_leaves_unsaid_is_a_finding_and_comes_from_the_main_workflow():
    bare = {"@id": "./", "@type": "Dataset", "mainEntity": {"@id": "flow.ipynb"}}
    main = MAIN | {"name": "Named there", "license": "https://spdx.org/licenses/MIT"}
    version = register_upload("x.zip", packed(crate(**{METADATA: metadata(bare, main)}))).version
    said = [item["what"] for item in version.findings_json
            if item["id"] == "catalogue/crate-incomplete"]  # fmt: skip
    assert (version.title, version.about.licence, len(said)) == ("Named there", "MIT", 4)


@pytest.mark.django_db
def test_a_remote_main_workflow_is_taken_from_the_copy_in_the_crate():
    address = "https://raw.githubusercontent.com/x/y/main/flow.ipynb"
    root = ROOT | {"mainEntity": {"@id": address}}
    files = crate(**{METADATA: metadata(root, MAIN | {"@id": address})})
    assert register_upload("x.zip", packed(files)).version.main == "flow.ipynb"


@pytest.mark.django_db
def test_a_crate_that_names_no_main_workflow_is_about_its_only_notebook():
    root = {name: value for name, value in ROOT.items() if name != "mainEntity"}
    files = crate(**{METADATA: metadata(root)})
    assert register_upload("x.zip", packed(files)).version.main == "flow.ipynb"


@pytest.mark.django_db
def test_of_several_notebooks_the_main_one_is_run():
    files = crate(**{"another.ipynb": entries.simple_notebook()})
    assert register_upload("x.zip", packed(files)).version.main == "flow.ipynb"


# --- What is not for us ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_workflow_of_another_language_is_refused_by_its_name():
    main = {"@id": "main.ga", "@type": "File", "programmingLanguage": {"@id": "#galaxy"}}
    galaxy = {"@id": "#galaxy", "@type": "ComputerLanguage", "name": "Galaxy"}
    root = ROOT | {"mainEntity": {"@id": "main.ga"}}
    assert refused({METADATA: metadata(root, main, galaxy), "main.ga": b"{}"}) == (
        "foreign.crate.zip is a crate, but its main workflow is main.ga, a workflow for Galaxy; "
        "here notebooks (.ipynb) and CWL documents (.cwl) are run."
    )


@pytest.mark.django_db
def test_a_remote_main_workflow_without_a_copy_is_refused_and_never_fetched():
    address = "http://169.254.169.254/flow.ipynb"
    root = ROOT | {"mainEntity": {"@id": address}}
    told = refused({METADATA: metadata(root, {"@id": address, "@type": "File"})})
    assert told == (
        f"foreign.crate.zip is a crate, but its main workflow lies at {address} and not in the "
        "crate, and nothing is fetched for a crate: register the git repository that it is from."
    )


@pytest.mark.django_db
def test_a_main_workflow_that_is_not_there_is_named():
    assert refused(crate(**{"flow.ipynb": None})) == (
        "foreign.crate.zip is a crate, but it lacks its main workflow 'flow.ipynb'."
    )


# --- Attacks -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_context_at_a_private_address_is_never_fetched(monkeypatch):
    # Sockets are closed in tests: whoever fetched it would fail here.
    context = ["http://169.254.169.254/latest/meta-data", "file:///etc/passwd"]
    files = crate(**{METADATA: metadata(ROOT, MAIN, context=context)})
    assert register_upload("x.zip", packed(files)).created is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../evil.ipynb", "/etc/cron.d/evil", "a/../../evil", "a\\..\\evil", "a//b", "./x"]
)
def test_a_name_that_leaves_the_crate_is_refused(name):
    assert refused(crate(**{name: b"x"})) == (
        f"The crate holds {name!r}, which is not a plain file."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_is_refused(kind):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in crate().items():
            archive.writestr(name, data)
        link = zipfile.ZipInfo("outside")
        link.external_attr = (kind | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(made.getvalue()) == "The crate holds 'outside', which is not a plain file."


@pytest.mark.django_db
def test_a_bomb_is_refused_before_it_is_unpacked():
    data = packed(crate(**{"zeros.bin": bytes(300 * 1024 * 1024)}))
    assert len(data) < 1_000_000
    assert refused(data).startswith("foreign.crate.zip holds 3 files and unpacks to 314,")


@pytest.mark.django_db
def test_a_header_that_lies_about_the_size_gives_no_more_than_it_says():
    data = packed(crate(**{"flow.ipynb": b"0" * 5_000_000}))
    lying = data.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != data
    assert refused(lying).startswith("flow.ipynb of the crate cannot be unpacked")


@pytest.mark.django_db
def test_one_name_twice_is_refused():
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as archive:
        warnings.simplefilter("ignore")  # zipfile warns of what the test is about
        for name, data in [*crate().items(), ("flow.ipynb", b"another")]:
            archive.writestr(name, data)
    assert refused(made.getvalue()) == "The crate holds 'flow.ipynb' twice."


@pytest.mark.django_db
def test_a_file_that_is_a_folder_too_is_refused():
    assert refused(crate(**{"a": b"x", "a/b": b"x"})) == (
        "The crate holds 'a' as a file and as a folder."
    )


@pytest.mark.django_db
def test_a_checksum_that_does_not_match_is_refused():
    main = MAIN | {"sha256": "0" * 64}
    with pytest.raises(Exception, match=r"flow.ipynb has not the sha256 0{64} that the crate says"):
        register_upload("x.zip", packed(crate(**{METADATA: metadata(ROOT, main)})))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (metadata(ROOT, MAIN, MAIN | {"name": "Another"}),
         "its metadata says two different things of 'flow.ipynb'"),
        (b"[" * 200_000, "its metadata is nested too deep"),
        (b'{"@graph":' * 50_000, "its metadata is nested too deep"),
        (b"{", ("its metadata is not JSON: Expecting property name enclosed in double quotes: "
               "line 1 column 2 (char 1)")),
        (b"[]", "its metadata has no @graph, which is a list of entities"),
        (b'{"@graph": {}}', "its metadata has no @graph, which is a list of entities"),
        (b'{"@graph": [1]}', "its metadata has an entity without an @id"),
        (b'{"@graph": []}', "its metadata does not say which entity is the crate itself"),
        (json.dumps({"@graph": [{"@id": f"#{n}"} for n in range(100_000)]}).encode(),
         f"its metadata describes 100,000 entities, above {ENTITIES_AT_MOST:,}"),
        (b" " * (32 * 1024 * 1024 + 1), "its metadata is longer than 33,554,432 bytes"),
    ],
    ids=["twice", "deep-list", "deep-object", "no-json", "list", "no-graph", "number", "empty",
         "many", "long"],
)  # fmt: skip
def test_hostile_metadata_is_refused_in_words(data, fault):
    with pytest.raises(BadCrateError) as caught:
        read_described(data)
    assert str(caught.value) == fault


@pytest.mark.django_db
def test_hostile_metadata_is_a_sentence_and_no_error_of_ours(client):
    sent = io.BytesIO(packed(crate(**{METADATA: b"[" * 200_000})))
    sent.name = "deep.crate.zip"
    answer = client.post("/api/workflows/", {"file": sent})
    assert (answer.status_code, answer.json()["detail"]) == (
        422, "deep.crate.zip is a crate, but its metadata is nested too deep.",
    )  # fmt: skip


KEYS = ("@id", "@type", "name", "author", "license", "mainEntity", "keywords", "about", "sha256")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
ENTITIES = st.dictionaries(st.sampled_from(KEYS), st.text(max_size=8) | VALUES, max_size=4)


@given(VALUES, st.lists(ENTITIES, max_size=4))
def test_no_shape_of_metadata_raises_anything_but_words(value, more):
    told = dict.fromkeys(["author", "license", "keywords", "name", "mainEntity"], value)
    graph = [{"@id": METADATA, "about": {"@id": "./"}}, {"@id": "./", **told}, *more]
    try:
        described = read_described(json.dumps({"@graph": graph}).encode())
    except BadCrateError:
        return
    assert isinstance(described.about.title, str)
    assert isinstance(described.language, str)
    assert isinstance(described.checksums, dict)


@given(st.text(max_size=40))
def test_no_id_gives_a_path_out_of_the_crate(name):
    path = path_of(name)
    assert not path.startswith(("/", ".."))
    assert ".." not in path.split("/")


STEPS = st.dictionaries(
    st.sampled_from(["version", "folder", "lock", "data"]),
    st.none() | st.text(max_size=4) | st.just([]),
    max_size=4,
)


@given(st.lists(STEPS, max_size=3) | VALUES)
def test_no_recipe_raises_anything_but_words(steps):
    data = json.dumps({"format": "reprise.rerun/2", "steps": steps}).encode()
    with pytest.raises(BadCrateError, match=r"^its rerun.json"):
        read_recipe(data)


def test_a_file_that_is_no_crate_is_left_to_others():
    others = (b"", b"PK\x03\x04", packed({"a.ipynb": b"{}"}), packed({f"x/y/{METADATA}": b"{}"}))
    for data in others:
        with opened(io.BytesIO(data), "x.zip", bytes_at_most=1000) as archive:
            assert archive is None
