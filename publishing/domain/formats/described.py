"""What is described: a release with all that a format of metadata can say of it."""

from dataclasses import dataclass, replace
from datetime import date

from publishing.domain.formats.wording import canonical_doi, line
from publishing.domain.record import Record

TEST_PREFIX = "10.5072/"
"""DOIs that no resolver knows: this service leads on from them itself."""


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """A file that belongs to a release; ``url`` is absolute, and empty when it has none."""

    name: str
    size: int
    sha256: str
    media_type: str = "application/octet-stream"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """The code that was run.

    Attributes:
        repository: its web address; empty for code that lies nowhere else.
        commit: in that repository; empty when unknown.
        runtime: what runs it, such as ``Python 3.11.9``; empty when unknown.
        language: of the main file, such as ``Jupyter Notebook``.
        archived: its SWHID; empty when it is not archived.
    """

    repository: str = ""
    commit: str = ""
    runtime: str = ""
    language: str = ""
    archived: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A release as every format of metadata is written from it.

    Attributes:
        record: what it says of itself.
        key: names its entry in a bibliography, such as ``reprise_abc``.
        page: absolute address of its landing page here.
        service: name of this service.
        service_url: its absolute address, without a slash at its end.
        publisher: who gave the DOI: this service, or the repository.
        doi: DOI of this version; empty while it has none.
        concept_doi: DOI of all versions together; empty while unknown.
        version: number of the version, from 1.
        frozen: when it was put together.
        published: when it became public; None before.
        files: what can be fetched.
        code: what was run.
        withdrawn: since when it is withdrawn; None when it is not.
        withdrawn_reason: in words.
    """

    record: Record
    key: str
    page: str
    service: str
    service_url: str
    frozen: date
    publisher: str = ""
    doi: str = ""
    concept_doi: str = ""
    version: int = 1
    published: date | None = None
    files: tuple[DescribedFile, ...] = ()
    code: Code = Code()
    withdrawn: date | None = None
    withdrawn_reason: str = ""

    @property
    def issued(self) -> date:
        """The day that counts as its publication."""
        return self.published or self.frozen

    @property
    def available(self) -> date:
        """From when its files are open."""
        return max(self.issued, self.record.embargo or self.issued)

    @property
    def published_by(self) -> str:
        """Name of the publisher; never empty."""
        return line(self.publisher) or line(self.service) or "Reprise"

    @property
    def link(self) -> str:
        """The address that its DOI leads by; its page while it has none."""
        return self.link_of(self.doi) or line(self.page)

    def link_of(self, doi: str) -> str:
        """The address that a DOI leads by; empty for what is no DOI."""
        known = canonical_doi(doi)
        if known.startswith(TEST_PREFIX):
            return f"{self.service_url}/doi/{known}"
        return f"https://doi.org/{known}" if known else ""

    def inside(self) -> "Described":
        """The same as it stands inside its own crate.

        Nothing that is only known afterwards is in it, such as the crate's own size: the same
        release and DOI give the same bytes whenever they are packed.
        """
        concept = self.concept_doi if self.version > 1 else ""
        return replace(
            self, publisher="", published=None, files=(), withdrawn=None, withdrawn_reason="",
            concept_doi=concept, code=replace(self.code, archived=""),
        )  # fmt: skip
