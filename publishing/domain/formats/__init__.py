"""Formats of metadata: one value, and a pure function for each format that it is written in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from publishing.domain.formats import bibtex, cff, codemeta, csl, datacite, jsonld, ris, text
from publishing.domain.formats.described import Code, Described, DescribedFile

__all__ = ["FORMATS", "Code", "Described", "DescribedFile", "Format", "metadata_files"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a release is written in.

    Attributes:
        name: as it is asked for.
        label: for people.
        media_type: of what is written; without its charset.
        file: what it is called when it is kept.
        write: makes the document.
        also: other media types that ask for it.
    """

    name: str
    label: str
    media_type: str
    file: str
    write: Callable[[Described], str]
    also: tuple[str, ...] = ()


FORMATS: Mapping[str, Format] = {
    item.name: item
    for item in (
        Format("text", "Text", "text/x-bibliography", "citation.txt", text.text),
        Format("bibtex", "BibTeX", "application/x-bibtex", "citation.bib", bibtex.text),
        Format(
            "ris", "RIS", "application/x-research-info-systems", "citation.ris", ris.text
        ),
        Format("cff", "CITATION.cff", "application/yaml", "CITATION.cff", cff.text,
               ("application/vnd.citation-file-format+yaml", "application/x-yaml")),
        Format("codemeta", "CodeMeta", "application/vnd.codemeta.ld+json", "codemeta.json",
               codemeta.text),
        Format("datacite", "DataCite", "application/vnd.datacite.datacite+json", "datacite.json",
               datacite.text),
        Format("jsonld", "JSON-LD", "application/ld+json", "schema-org.json", jsonld.text,
               ("application/vnd.schemaorg.ld+json",)),
        Format("csl", "CSL-JSON", "application/vnd.citationstyles.csl+json", "csl.json", csl.text),
    )
}  # fmt: skip
"""By name, in the order in which they are offered."""
IN_CRATES = ("cff", "codemeta", "datacite")


def metadata_files(described: Described) -> dict[str, bytes]:
    """The files of metadata that a crate carries: path → bytes.

    They say nothing that is only known once the crate is packed, so the same release with the
    same DOI gives the same bytes.
    """
    inside = described.inside()
    chosen = (FORMATS[name] for name in IN_CRATES)
    return {item.file: item.write(inside).encode() for item in chosen}
