"""All that is known of an entry before it becomes a row."""

from dataclasses import asdict, dataclass
from typing import Any

from catalogue.domain.choices import Choices
from catalogue.domain.entry import About, DataFile
from catalogue.domain.reading import Reading
from ontology.domain.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version to be: its digest, main file, lock, description, choices and findings."""

    digest: str
    main: str
    lock: str
    about: About
    reading: Reading
    data: tuple[DataFile, ...]
    choices: Choices
    findings: tuple[Finding, ...]

    @property
    def is_draft(self) -> bool:
        """Whether a *must* finding keeps it a draft."""
        return any(finding.severity is Severity.MUST for finding in self.findings)

    def columns(self) -> dict[str, Any]:
        """The columns of its row."""
        return {
            "digest": self.digest,
            "is_draft": self.is_draft,
            "main": self.main,
            "runtime": self.choices.runtime.value,
            "network_json": list(self.choices.network),
            "is_deterministic": self.choices.deterministic,
            "lock": self.lock,
            "about_json": asdict(self.about),
            "interface_json": self.reading.interface.to_json(),
            "statements_json": [
                {"predicate": item.predicate, "value": item.value, "is_iri": item.is_iri}
                for item in self.reading.statements
            ],
            "data_json": [asdict(item) for item in self.data],
            "findings_json": [finding.to_dict() for finding in self.findings],
        }

    def terms(self) -> set[tuple[str, str]]:
        """Role and name of every term that its parameters and outputs speak of."""
        interface = self.reading.interface
        return {("parameter", item.term) for item in interface.parameters if item.term} | {
            ("output", item.term) for item in interface.outputs if item.term
        }
