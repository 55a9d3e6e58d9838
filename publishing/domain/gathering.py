"""Related works that the catalogue already knows: of figures, entries, input data and code.

Relations are those of DataCite 4.5, read from the release to the other work:

- the paper of a figure: *IsSupplementTo*, for the release is material beside the paper;
- the DOI of the figure itself: *IsVariantFormOf* when the re-run gave the same, for it is the same
  result in another form, made anew and not derived from the published bytes; *References* when it
  did not, or when nobody judged it;
- what an entry's author cites, papers of instruments among it: *References*;
- input data: *IsDerivedFrom*; papers that a data set asks to have cited are *References*, because
  nothing is computed from a paper;
- the code at its commit, and where it is archived: *IsCompiledBy*.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from catalogue.domain.entry import DataFile
from publishing.domain.credits import web_address
from publishing.domain.formats.wording import DOI, canonical_doi, line
from publishing.domain.record import Related
from publishing.domain.shown import ShownFigure, ShownPaper

SAME = frozenset({"identical", "within tolerance", "same data drawn differently"})
"""The verdicts that say that a re-run gave what was published."""
ARXIV = re.compile(r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?",
                   re.IGNORECASE)  # fmt: skip
ADS = re.compile(r"https?://ui\.adsabs\.harvard\.edu/abs/([^/\s]{19,25})(?:/abstract)?/?")
ARCHIVES = frozenset(
    {
        "10.5281", "10.5072", "10.7935", "10.17909", "10.26131", "10.26093", "10.5270", "10.18727",
        "10.6084", "10.5061", "10.7910", "10.17632", "10.17876", "10.25574",
    }
)  # fmt: skip
"""Prefixes under which archives give DOIs to data: a DOI in what a file asks to have cited is the
data themselves under these, and a paper about them under any other."""
RAW = re.compile(r"https://raw\.githubusercontent\.com/([^/]+/[^/]+)/([0-9a-f]{40})/")
WORDS = "{} data files"
ADDRESSES_AT_MOST = 20
"""Of data files by address alone: more of them are told of in the crate, each with its checksum."""
END = ".,;)]}'\""


def gather(*groups: Iterable[Related]) -> tuple[Related, ...]:
    """All works of some groups, each once: what an earlier group says of a work stands."""
    found: dict[tuple[str, str], Related] = {}
    for group in groups:
        for work in group:
            found.setdefault((work.scheme, work.identifier.casefold()), work)
    return tuple(found.values())


def of_figures(shown: Sequence[ShownFigure]) -> list[Related]:
    """The papers of some figures, and the figures' own DOIs."""
    works = [work for figure in shown for work in _of_paper(figure.paper)]
    for figure in shown:
        doi = canonical_doi(figure.doi)
        if doi:
            relation = "IsVariantFormOf" if figure.verdict in SAME else "References"
            works.append(Related(doi, "doi", relation, "", line(figure.title), "figure"))
    return works


def _of_paper(paper: ShownPaper) -> list[Related]:
    named = [
        ("doi", canonical_doi(paper.doi), "JournalArticle"),
        ("arxiv", _arxiv(paper.arxiv), "Preprint"),
        ("bibcode", line(paper.bibcode), "JournalArticle"),
    ]
    return [
        Related(name, scheme, "IsSupplementTo", kind, line(paper.title), "figure")
        for scheme, name, kind in named
        if name
    ]


def of_references(references: Iterable[str]) -> list[Related]:
    """What the author of an entry cites, by addresses."""
    works = []
    for text in references:
        scheme, name = _identified(line(text))
        if name:
            works.append(Related(name, scheme, "References", "", "", "entry"))
    return works


def of_data(files: Iterable[DataFile]) -> list[Related]:
    """Where input data come from, and what they ask to have cited."""
    listed = list(files)
    addresses = [work for file in listed for work in _of_address(file) if work.scheme == "url"]
    return [
        *(work for file in listed for work in _of_address(file) if work.scheme != "url"),
        *(_of_citation(doi, file.cite) for file in listed for doi in _dois(file.cite)),
        *_together(addresses)[:ADDRESSES_AT_MOST],
    ]


def _of_address(file: DataFile) -> list[Related]:
    found = [("doi", doi) for doi in _dois(file.url)] or [("url", web_address(file.url))]
    return [
        Related(name, scheme, "IsDerivedFrom", "Dataset", line(file.name), "data")
        for scheme, name in found
        if name
    ]


def _together(works: Iterable[Related]) -> list[Related]:
    """Several files of one commit of a repository as that commit; all others as they are."""
    groups: dict[str, list[Related]] = {}
    for work in works:
        found = RAW.match(work.identifier)
        place = "https://github.com/{}/tree/{}".format(*found.groups()) if found else ""
        groups.setdefault(place or work.identifier, []).append(work)
    return [
        items[0]
        if len(items) == 1
        else replace(items[0], identifier=place, title=WORDS.format(len(items)))
        for place, items in groups.items()
    ]


def _of_citation(doi: str, words: str) -> Related:
    before, _doi, _after = words.partition(doi)
    title = line(before).removesuffix("https://doi.org/").removesuffix("doi:").rstrip(" ,;:(")
    if doi.partition("/")[0] in ARCHIVES:
        return Related(doi, "doi", "IsDerivedFrom", "Dataset", title, "data")
    return Related(doi, "doi", "References", "", title, "data")


def of_code(source: str, commit: str, archived: Iterable[tuple[str, str]] = ()) -> list[Related]:
    """The repository at its commit, and where the same code is archived as (scheme, name)."""
    works = [
        Related(name, scheme, "IsCompiledBy", "Software", "", "entry") for scheme, name in archived
    ]
    address = at_commit(source, commit)
    if address:
        title = f"commit {line(commit)}" if commit else ""
        works.insert(0, Related(address, "url", "IsCompiledBy", "Software", title, "entry"))
    return works


def repository_of(source: str) -> str:
    """The web address of a git repository; empty for what lies nowhere on the web."""
    return web_address(line(source)).removesuffix("/").removesuffix(".git")


def at_commit(source: str, commit: str) -> str:
    """The web address of a repository at a commit, as its forge spells it."""
    address = repository_of(source)
    if not address or not re.fullmatch(r"[0-9a-f]{7,64}", commit):
        return address
    return f"{address}{'/-' if 'gitlab' in address else ''}/tree/{commit}"


def _identified(text: str) -> tuple[str, str]:
    """Scheme and bare identifier of an address."""
    if doi := canonical_doi(text):
        return "doi", doi
    if arxiv := _arxiv(text):
        return "arxiv", arxiv
    if found := ADS.fullmatch(text):
        return "bibcode", found[1].replace("%26", "&")
    return "url", web_address(text)


def _arxiv(text: str) -> str:
    found = ARXIV.fullmatch(line(text))
    return found[1] if found else ""


def _dois(text: str) -> list[str]:
    """Every DOI that is spoken of in some words."""
    found = (match[1] for match in DOI.finditer(text))
    return [doi for item in found if (doi := canonical_doi(_bare(item)))]


def _bare(doi: str) -> str:
    """A DOI without the marks that end its sentence; brackets of its own stay."""
    while doi and doi[-1] in END and not (doi[-1] == ")" and doi.count("(") >= doi.count(")")):
        doi = doi[:-1]
    return doi
