"""Releases to describe: one as people write them, and any that a stranger could."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from publishing.domain.formats import Code, Described, DescribedFile
from publishing.domain.record import Contributor, Funding, Licences, Record, Related

thorough = settings(max_examples=50, deadline=None)

RECORD = Record(
    title="Half of 100 % & more",
    description="Halves an energy.\nTwice.",
    contributors=(
        Contributor(
            "Vera C.", "Rubin", "https://orcid.org/0000-0002-1825-0097", "Carnegie Institution",
            "https://ror.org/04jr01610", ("author", "ContactPerson"),
        ),
        Contributor(family="The Reprise developers"),
        Contributor("Ed", "Curator", roles=("DataCurator",)),
    ),
    licence="CC-BY-4.0",
    licences=Licences(code="BSD-3-Clause", data="CC-BY-4.0"),
    keywords=("energy", "halves"),
    funding=(
        Funding("European Research Council", "https://ror.org/0472cxd90", "101", "Halving",
                "https://cordis.europa.eu/project/id/101"),
    ),
    related=(
        Related("10.1051/0004-6361/202037850", "doi", "IsSupplementTo", "JournalArticle",
                "Online data analysis", "figure"),
        Related("2002.12895", "arxiv", "IsSupplementTo", "Preprint", "", "figure"),
        Related("2021A&A...651A..97N", "bibcode", "IsSupplementTo", "JournalArticle", "", "figure"),
        Related("10.7935/K5MW2F23", "doi", "IsDerivedFrom", "Dataset", "Strain", "data"),
        Related("https://example.org/half/tree/0a1b2c3", "url", "IsCompiledBy", "Software", "",
                "entry"),
        Related("swh:1:rev:" + "ab" * 20, "swhid", "IsCompiledBy", "Software", "", "entry"),
    ),
)  # fmt: skip
DESCRIBED = Described(
    record=RECORD,
    key="reprise_abcd2345",
    page="https://reprise.example.org/releases/abcd2345",
    service="Reprise",
    service_url="https://reprise.example.org",
    frozen=date(2026, 3, 1),
    publisher="Zenodo",
    doi="10.5281/zenodo.2",
    concept_doi="10.5281/zenodo.1",
    version=2,
    published=date(2026, 3, 2),
    files=(
        DescribedFile("half.crate.zip", 1234, "cd" * 32, "application/zip",
                      "https://reprise.example.org/api/releases/abcd2345/crate/"),
        DescribedFile("half.json", 5, "ef" * 32, "application/json"),
    ),
    code=Code("https://example.org/half", "0a1b2c3", "Python 3.11.9", "Jupyter Notebook"),
)  # fmt: skip

words = st.text(max_size=30) | st.sampled_from(
    ["</script>", "}", "{", "a\r\nTY  - JOUR", "@misc{x,", "yes", "1.0", "- a: b", "\ud800", "\x00",
     "2026-01-01", "Rubin and Ford", "a, b", "\u202eevil", "#", "'", '"', "\\"]
)  # fmt: skip
dates = st.dates(date(1990, 1, 1), date(2100, 1, 1))
roles = st.sampled_from(["author", "DataCurator", "ContactPerson", "Emperor"])
contributors = st.builds(
    Contributor, given=words, family=words, orcid=words, affiliation=words,
    ror=words | st.just("https://ror.org/04jr01610"),
    roles=st.lists(roles, max_size=3).map(tuple),
)  # fmt: skip
related = st.builds(
    Related,
    identifier=words | st.just("10.5281/zenodo.7") | st.just("https://example.org/a"),
    scheme=st.sampled_from(["doi", "arxiv", "bibcode", "url", "swhid", "handle", "urn", "odd"]),
    relation=st.sampled_from(["IsSupplementTo", "IsDerivedFrom", "IsTranslationOf", ""]),
    kind=st.sampled_from(["Dataset", "JournalArticle", "Award", ""]),
    title=words,
)
records = st.builds(
    Record, title=words, description=words,
    contributors=st.lists(contributors, max_size=3).map(tuple),
    licence=words | st.just("CC-BY-4.0"),
    licences=st.builds(Licences, code=words, data=words, text=words),
    keywords=st.lists(words, max_size=3).map(tuple),
    funding=st.lists(st.builds(Funding, funder=words, ror=words, number=words, title=words,
                               url=words), max_size=2).map(tuple),
    related=st.lists(related, max_size=4).map(tuple),
    language=words | st.just("en"), embargo=st.none() | dates, embargo_reason=words,
)  # fmt: skip
describeds = st.builds(
    Described, record=records, key=words, page=words, service=words,
    service_url=st.just("https://reprise.example.org"), frozen=dates, publisher=words,
    doi=words | st.just("10.5072/reprise.x"), concept_doi=words | st.just("10.5072/reprise.c"),
    version=st.integers(1, 99), published=st.none() | dates,
    files=st.lists(
        st.builds(DescribedFile, name=words, size=st.integers(0), sha256=words, media_type=words,
                  url=words),
        max_size=2,
    ).map(tuple),
    code=st.builds(Code, repository=words, commit=words, runtime=words, language=words,
                   archived=words),
    withdrawn=st.none() | dates, withdrawn_reason=words,
)  # fmt: skip
