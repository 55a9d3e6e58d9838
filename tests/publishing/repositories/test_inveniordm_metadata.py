"""A record in the words of InvenioRDM, and its answers in ours."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.domain.inveniordm import content_of
from publishing.domain.inveniordm_answers import (
    faults_of,
    field_of,
    file_of,
    files_of,
    key_of,
    remote_of,
)
from publishing.domain.record import Contributor, Funding, Licences, Record, Related
from publishing.domain.remote import Remote, RemoteFile, Stage
from publishing.errors import RefusedError
from tests.publishing.repositories.fake_words import metadata_faults, unknown_word

KEY = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
PAGE = "https://reprise.example.org/releases/abc"
RECORD = Record(
    title="Half of an energy",
    description="Halves <b>an</b> energy.\nTwice.\n\nAnd again.",
    contributors=(
        Contributor("Vera", "Rubin", "https://orcid.org/0000-0002-1825-0097", "Carnegie"),
        Contributor("Jan", "Oort", "", "", "https://ror.org/027bh9e22", ("author", "DataCurator")),
        Contributor("", "The Reprise developers"),
        Contributor("", "Plato", "", "The Academy"),
        Contributor("Ada", "Lovelace", roles=("Editor", "Supervisor")),
    ),
    licence="CC-BY-4.0",
    licences=Licences(code="BSD-3-Clause", data="CC-BY-4.0"),
    keywords=("energy", "halves"),
    funding=(
        Funding("European Commission", "https://ror.org/00k4n6c32", "101", "Halving",
                "https://example.org/101"),
        Funding("A friend"),
    ),
    related=(
        Related("10.1051/0004-6361/202037850", "doi", "IsSupplementTo", "JournalArticle"),
        Related("2002.12895", "arxiv", "IsSupplementTo", "Preprint"),
        Related("2021A&A...651A..97N", "bibcode", "Cites"),
        Related(f"swh:1:rev:{'a' * 40}", "swhid", "IsCompiledBy", "Software"),
    ),
)  # fmt: skip


def content(record: Record = RECORD, **more: str):
    return content_of(
        record, key=KEY, page=PAGE, published="2026-03-01", publisher="Zenodo", **more
    )


def refused(record: Record) -> dict[str, str]:
    with pytest.raises(RefusedError) as caught:
        content(record)
    return caught.value.errors


def test_a_record_in_the_words_of_invenio_rdm() -> None:
    assert content(version="2") == {
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True},
        "custom_fields": {},
        "metadata": {
            "resource_type": {"id": "dataset"},
            "title": "Half of an energy",
            "creators": [
                {
                    "person_or_org": {
                        "type": "personal", "given_name": "Vera", "family_name": "Rubin",
                        "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
                    },
                    "affiliations": [{"name": "Carnegie"}],
                },
                {
                    "person_or_org": {
                        "type": "personal", "given_name": "Jan", "family_name": "Oort",
                    },
                    "affiliations": [{"id": "027bh9e22"}],
                },
                {"person_or_org": {"type": "organizational", "name": "The Reprise developers"}},
                {
                    "person_or_org": {"type": "personal", "family_name": "Plato"},
                    "affiliations": [{"name": "The Academy"}],
                },
            ],
            "contributors": [
                {
                    "person_or_org": {
                        "type": "personal", "given_name": "Jan", "family_name": "Oort",
                    },
                    "affiliations": [{"id": "027bh9e22"}],
                    "role": {"id": "datacurator"},
                },
                *(
                    {
                        "person_or_org": {
                            "type": "personal", "given_name": "Ada", "family_name": "Lovelace",
                        },
                        "role": {"id": role},
                    }
                    for role in ("editor", "supervisor")
                ),
            ],
            "description": "<p>Halves &lt;b&gt;an&lt;/b&gt; energy.<br>Twice.</p><p>And again.</p>",
            "publisher": "Zenodo",
            "publication_date": "2026-03-01",
            "version": "2",
            "rights": [{"id": "cc-by-4.0"}, {"id": "bsd-3-clause"}],
            "subjects": [{"subject": "energy"}, {"subject": "halves"}],
            "languages": [{"id": "eng"}],
            "funding": [
                {
                    "funder": {"id": "00k4n6c32"},
                    "award": {
                        "number": "101", "title": {"en": "Halving"},
                        "identifiers": [{"scheme": "url", "identifier": "https://example.org/101"}],
                    },
                },
                {"funder": {"name": "A friend"}},
            ],
            "identifiers": [{"scheme": "urn", "identifier": KEY}],
            "related_identifiers": [
                {
                    "identifier": "10.1051/0004-6361/202037850", "scheme": "doi",
                    "relation_type": {"id": "issupplementto"},
                    "resource_type": {"id": "publication-article"},
                },
                {
                    "identifier": "arXiv:2002.12895", "scheme": "arxiv",
                    "relation_type": {"id": "issupplementto"},
                    "resource_type": {"id": "publication-preprint"},
                },
                {
                    "identifier": "2021A&A...651A..97N", "scheme": "ads",
                    "relation_type": {"id": "cites"},
                },
                {
                    "identifier": f"https://archive.softwareheritage.org/swh:1:rev:{'a' * 40}",
                    "scheme": "url",
                    "relation_type": {"id": "iscompiledby"},
                    "resource_type": {"id": "software"},
                },
                {
                    "identifier": PAGE, "scheme": "url",
                    "relation_type": {"id": "isdescribedby"}, "resource_type": {"id": "other"},
                },
            ],
        },
    }  # fmt: skip


def test_the_repository_takes_it() -> None:
    metadata = content()["metadata"]
    assert (list(metadata_faults(metadata)), unknown_word(metadata)) == ([], "")


def test_an_embargo_closes_the_files_alone() -> None:
    later = replace(RECORD, embargo=date(2026, 6, 1), embargo_reason="Until the paper is out.")
    assert content(later)["access"] == {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": "2026-06-01", "reason": "Until the paper is out."},
    }


def test_a_licence_that_not_every_repository_lists_goes_by_its_name() -> None:
    assert content(replace(RECORD, licence="EUPL-1.2", licences=Licences()))["metadata"][
        "rights"
    ] == [{"title": {"en": "EUPL-1.2"}, "link": "https://spdx.org/licenses/EUPL-1.2"}]


def test_a_language_that_is_not_known_is_left_out() -> None:
    assert "languages" not in content(replace(RECORD, language="tlh"))["metadata"]


def test_an_award_without_a_title_is_called_by_its_number() -> None:
    found = content(replace(RECORD, funding=(Funding("A friend", number="7"),)))["metadata"]
    assert found["funding"] == [
        {"funder": {"name": "A friend"}, "award": {"number": "7", "title": {"en": "7"}}}
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "Half\x00of"}, "title"),
        ({"title": "\x1b[2J\x07\x08"}, "title"),
        ({"title": "Half \u202egnp.exe"}, "title"),
        ({"title": "ab"}, "title"),
        ({"title": ""}, "title"),
        ({"description": "a\x0bb"}, "description"),
        ({"contributors": ()}, "people"),
        ({"contributors": (Contributor("Ada", "Lovelace", roles=("Editor",)),)}, "people"),
        ({"contributors": (Contributor("A", "B", "0000-0002-1825-0098"),)}, "people.0.orcid"),
        ({"contributors": (Contributor("A", "B", roles=("author", "Boss")),)}, "people.0.roles"),
        ({"licence": "my-own"}, "licence"),
        ({"licence": ""}, "licence"),
        ({"related": (Related("10.1/x y", "doi", "Cites"),)}, "related.0.identifier"),
        ({"related": (Related("10.1051/x", "doi", "IsFriendOf"),)}, "related.0.relation"),
        ({"related": (Related("x", "isbn", "Cites"),)}, "related.0.identifier"),
        ({"embargo": date(2026, 2, 1)}, "embargo"),
    ],
)
def test_what_no_repository_would_take_is_told_by_field_before_anything_is_sent(
    change, field
) -> None:
    assert list(refused(replace(RECORD, licences=Licences(), **change))) == [field]


# Answers


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("metadata.title", "title"),
        ("metadata.creators.0.person_or_org.identifiers.0", "people"),
        ("metadata.rights.1.id", "licence"),
        ("metadata.related_identifiers.2.scheme", "related.2"),
        ("metadata.funding.0.award.title", "funding.0"),
        ("metadata.related_identifiers", "related"),
        ("access.embargo.until", "embargo"),
        ("files.enabled", "files"),
        ("pids.doi", "doi"),
        ("metadata.titles", "metadata.titles"),
        ("metadata.publication_date", "metadata.publication_date"),
    ],
)
def test_their_fields_are_ours(path, field) -> None:
    assert field_of(path) == field


def test_faults_of_one_field_are_told_together() -> None:
    errors = [
        {"field": "files.enabled", "messages": ["None."]},
        {"field": "files", "message": "Pending."},
        "something else",
        5,
    ]
    assert faults_of({"errors": errors}) == {
        "files": "None. Pending.",
        "record": "something else It is not accepted.",
    }


def test_an_unknown_word_is_found_where_it_was_sent() -> None:
    sent = content()
    assert faults_of({"message": "Invalid value 027bh9e22."}, sent) == {
        "people": "Jan Oort: The repository does not know '027bh9e22'."
    }
    assert faults_of({"message": "Invalid value nope."}, sent) == {
        "record": "The repository does not know 'nope'."
    }


@pytest.mark.parametrize(
    ("raw", "file"),
    [
        (
            {"key": "a", "status": "completed", "size": 3, "checksum": "md5:ABC"},
            RemoteFile("a", 3, "abc", complete=True),
        ),
        ({"key": "a", "size": 3, "checksum": "md5:abc"}, RemoteFile("a", 3, "abc", complete=True)),
        ({"key": "a", "status": "pending", "size": 3, "checksum": "md5:x"}, RemoteFile("a", 3)),
        ({"key": "a", "status": "completed", "size": "3"}, RemoteFile("a", 0)),
    ],
)
def test_files(raw, file) -> None:
    assert file_of(raw) == file
    assert files_of({"entries": [raw]}) == files_of({"entries": {"a": raw}}) == (file,)


def test_a_record_without_our_key_has_none() -> None:
    assert key_of({"identifiers": [{"scheme": "url", "identifier": PAGE}]}) == ""


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(
            ["id", "pids", "doi", "identifier", "metadata", "identifiers", "scheme", "errors",
             "field", "messages", "message", "links", "self_html", "parent", "entries", "key",
             "creators", "person_or_org", "status", "checksum", "size", "revision_id"]
        ),
        inner,
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(anything, anything)
def test_no_answer_breaks_the_reader(content, sent) -> None:
    assert isinstance(remote_of(content, stage=Stage.DRAFT), Remote)
    assert isinstance(files_of(content), tuple)
    assert all(isinstance(text, str) for text in faults_of(content, sent).values())
