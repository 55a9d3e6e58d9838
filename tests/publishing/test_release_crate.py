"""Crates of releases: what they state, for one run, many runs and composed runs; bags; folders."""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import bagit
import pytest

from publishing.domain.bagit import bag
from publishing.domain.crate import describe
from publishing.domain.facts import Stated
from publishing.domain.layout import written
from publishing.domain.record import Contributor, Funding, Licences, Record, Related
from publishing.domain.shown import ShownFigure, ShownPaper, ShownValue
from tests.publishing.test_crate import FACTS, RUN, entity

ROR = "https://ror.org/04jr01610"
FUNDER = "https://ror.org/00yjd3n13"
FIGURE = ShownFigure(
    run=RUN.address, slug="half-1", title="Half", url="/figures/half-1",
    paper=ShownPaper("On halves", "Rubin 2020", doi="10.1/paper"), place="Figure 1",
    picture="half", verdict="within tolerance", words="1 of 1 values agrees.",
    checked="2026-11-20T08:00:00+00:00",
    values=(ShownValue("half", "12.4", "12.5", "keV", "within tolerance"),),
)  # fmt: skip
RECORD = Record(
    title="Half", description="Halves.", licence="BSD-3-Clause",
    contributors=(
        Contributor("Vera", "Rubin", "https://orcid.org/0000-0002-1825-0097", "Carnegie", ROR),
        Contributor("Ada", "L", roles=("DataCurator",)),
    ),
    licences=Licences(code="MIT", data="CC0-1.0"),
    funding=(Funding("SNSF", FUNDER, "200021", "Halves", "https://data.snf.ch/grants/200021"),),
    related=(
        Related("10.1051/0004-6361/202037850", "doi", "IsSupplementTo", "JournalArticle", "Paper"),
        Related("10.5281/zenodo.1", "doi", "IsDerivedFrom", "Dataset", "Counts"),
    ),
)  # fmt: skip
STATED = Stated(RECORD, number=2, concept="10.5072/all", figures=(FIGURE,), files={"a.cff": b"x"})
RELEASE = replace(FACTS, stated=STATED)


def test_people_have_their_roles_and_their_place_in_the_register():
    assert entity(RELEASE, ROR)["name"] == "Carnegie"
    assert describe(RELEASE).root["author"] == {"@id": "https://orcid.org/0000-0002-1825-0097"}
    assert entity(RELEASE, "#role-2-DataCurator") == {
        "@id": "#role-2-DataCurator", "@type": "Role", "roleName": "DataCurator",
        "name": "DataCurator: Ada L", "contributor": {"@id": "#person-2"},
    }  # fmt: skip


def test_funding_works_and_the_concept_are_told():
    root = describe(RELEASE).root
    assert (root["funder"], root["funding"]["@id"]) == (
        {"@id": FUNDER}, "https://data.snf.ch/grants/200021",
    )  # fmt: skip
    assert {"@id": "https://doi.org/10.1051/0004-6361/202037850"} in root["citation"]
    assert {"@id": "https://doi.org/10.5281/zenodo.1"} in root["citation"]
    assert root["exampleOfWork"] == {"@id": "https://doi.org/10.5072/all"}


def test_each_part_has_its_licence():
    assert entity(RELEASE, "workflow/half.ipynb")["license"]["@id"].endswith("/MIT")
    assert entity(RELEASE, "outputs/half.json")["license"]["@id"].endswith("/CC0-1.0")
    assert describe(RELEASE).root["license"]["@id"].endswith("/BSD-3-Clause")


def test_the_verdict_says_what_was_judged_and_every_value_of_it():
    verdict = entity(RELEASE, "#verdict-half-1")
    assert (verdict["reviewBody"], verdict["about"], verdict["itemReviewed"]) == (
        "1 of 1 values agrees.", {"@id": f"#run-{RUN.address}"}, {"@id": "#figure-half-1"},
    )  # fmt: skip
    assert entity(RELEASE, "#figure-half-1")["image"] == {"@id": "outputs/half.json"}
    value = entity(RELEASE, "#verdict-half-1-value-1")
    published = entity(RELEASE, value["valueReference"]["@id"])
    assert (value["value"], published["value"], value["unitText"]) == ("12.5", "12.4", "keV")


def test_metadata_in_other_formats_lie_beside_it_with_their_checksums():
    assert entity(RELEASE, "a.cff")["sha256"] == written("a.cff", b"x").digest


def test_a_thousand_runs_are_one_action_a_table_and_a_folder():
    runs = tuple(replace(RUN, address=f"{number:012x}{0:052x}") for number in range(1000))
    crate = describe(replace(FACTS, runs=runs))

    actions = [item for item in crate.others if item["@type"] == "CreateAction"]
    assert [item["@id"] for item in actions] == ["#production", f"#run-{0:064x}"]
    assert actions[0]["result"] == [{"@id": f"outputs/{0:012x}/half.json"}, {"@id": "outputs/"}]
    assert len(crate.data) + len(crate.others) < 60
    table = next(item.data for item in crate.members if item.path == "runs.csv")
    assert len(table.splitlines()) == 1001


def test_many_files_are_a_folder_with_a_manifest_of_all():
    products = tuple(
        replace(RUN.products[0], name=f"n{number}", file=f"{number}.json")
        for number in range(10_000)
    )
    crate = describe(replace(FACTS, runs=(replace(RUN, products=(*RUN.products, *products)),)))

    found = {item["@id"]: item for item in crate.data}
    assert found["outputs/"]["@type"] == "Dataset"
    assert "outputs/half.json" in found  # the example of an output stays
    manifest = next(m.data for m in crate.members if m.path == "outputs/manifest-sha256.txt")
    assert len(manifest.splitlines()) == 10_001
    assert manifest.splitlines()[0] == f"{RUN.products[0].digest}  0.json".encode()


def test_a_strangers_value_stays_text_in_the_table_of_runs():
    runs = tuple(
        replace(RUN, address=f"{number:012x}{0:052x}", values={"energy": 1.0, "band": "=1+1"})
        for number in range(101)
    )
    table = next(
        i.data for i in describe(replace(FACTS, runs=runs)).members if i.path == "runs.csv"
    )
    assert b',"""=1+1"",' not in table
    assert b'"""=1+1"""' in table


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def preview_of(facts):
    return next(
        item.data for item in describe(facts).members if item.path == "ro-crate-preview.html"
    ).decode()


def test_the_preview_shows_the_verdict_the_values_and_the_one_command():
    page = preview_of(RELEASE)
    assert "<strong>Verdict: within tolerance.</strong> 1 of 1 values agrees." in page
    assert "<td>12.4</td><td>12.5</td><td>keV</td><td>within tolerance</td>" in page
    assert "<pre><code>python3 rerun.py</code></pre>" in page
    assert f"<code>{RUN.products[0].digest}</code>" in page


def test_the_preview_shows_hostile_words_as_words():
    record = replace(
        RECORD, description=HOSTILE, contributors=(Contributor(HOSTILE, HOSTILE),),
        related=(Related("javascript:alert(1)", "url", "References", title=HOSTILE),),
        funding=(Funding(HOSTILE, url="javascript:alert(1)"),),
    )  # fmt: skip
    figure = replace(
        FIGURE, title=HOSTILE, caption=HOSTILE, words=HOSTILE,
        paper=ShownPaper(HOSTILE, HOSTILE), values=(ShownValue(HOSTILE, HOSTILE, HOSTILE),),
    )  # fmt: skip
    stated = replace(STATED, record=record, figures=(figure,))
    page = preview_of(replace(RELEASE, title=HOSTILE, description=HOSTILE, stated=stated))
    assert [
        word for word in ("<script", "onerror=alert(1)>", "javascript:alert") if word in page
    ] == []
    assert 'href="javascript' not in page


def test_the_preview_asks_nothing_of_anybody():
    page = preview_of(RELEASE)
    assert [
        word for word in ("<script", "<link", "@import", "url(", ' src="http') if word in page
    ] == []


def test_the_same_facts_give_the_same_bytes_whatever_the_hash_seed():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.publishing.test_release_crate import RELEASE\n"
        "from publishing.domain.crate import describe\n"
        "crate = describe(RELEASE)\n"
        "print(hashlib.sha256(repr((crate.root, crate.data, crate.others, crate.members))"
        ".encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "config.settings"},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(found) == 1


def test_a_bag_holds_what_its_manifests_say(tmp_path):
    members = (written("höhe 1.txt", b"1"), written("ro-crate-metadata.json", b"{}"))
    made = bag(members, info={"Source-Organization": "a\nb"}, moment=date(2026, 11, 21))
    for item in made:
        path = tmp_path / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(item.data)

    found = bagit.Bag(str(tmp_path))
    assert found.is_valid()
    assert (found.info["Payload-Oxum"], found.info["Source-Organization"]) == ("3.2", "a b")


def test_a_bag_spells_a_per_cent_sign_as_the_standard_asks():
    made = bag((written("1%.txt", b"1"),), info={}, moment=date(2026, 11, 21))
    manifest = next(item.data for item in made if item.path == "manifest-sha256.txt")
    assert manifest.endswith(b"  data/1%25.txt\n")


@pytest.mark.django_db
class TestOfRows:
    """Releases of rows of the database."""

    @pytest.fixture
    def release(self):
        from publishing.actions import draft_release  # noqa: PLC0415 -- beside its one use
        from tests.publishing.factories import RunFactory  # noqa: PLC0415 -- beside its one use

        release = draft_release([RunFactory()])
        release.frozen_at = datetime(2026, 11, 21, 12, tzinfo=UTC)
        release.save()
        return release

    @staticmethod
    def crate(release):
        from publishing.queries import release_crate  # noqa: PLC0415 -- beside its one use

        return b"".join(release_crate(release, "10.5072/reprise.x"))

    def test_the_same_release_gives_the_same_bytes(self, release):
        assert self.crate(release) == self.crate(release)

    def test_a_release_carries_its_metadata_in_other_formats(self, release):
        with zipfile.ZipFile(io.BytesIO(self.crate(release))) as archive:
            names = set(archive.namelist())
        assert {"CITATION.cff", "codemeta.json", "datacite.json"} <= names

    def test_a_bag_is_valid_when_it_is_unpacked(self, release, tmp_path):
        release.options_json = {"bagit": True}
        with zipfile.ZipFile(io.BytesIO(self.crate(release))) as archive:
            archive.extractall(tmp_path / "bag")
        bagit.Bag(str(tmp_path / "bag")).validate()
        assert json.loads((tmp_path / "bag/data/ro-crate-metadata.json").read_text())["@graph"]

    def test_more_runs_take_no_more_questions(self, release):
        from django.db import connection  # noqa: PLC0415 -- beside its one use
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- the same

        from tests.publishing.factories import RunFactory  # noqa: PLC0415 -- the same

        def asked():
            with CaptureQueriesContext(connection) as found:
                self.crate(release)
            return len(found)

        one = asked()
        version = release.runs.get().version
        release.runs.add(*[RunFactory(version=version) for _number in range(20)])
        assert asked() == one
