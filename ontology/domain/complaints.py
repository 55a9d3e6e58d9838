"""Complaints: the findings of one comment, collected while it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ontology.domain import attempts, namespaces, parts, terms, tokens
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.parts import Part, Plain
from ontology.domain.suggestion import did_you_mean

SHOWN = 120  # characters of somebody's text in a sentence of ours
GRAMMAR = (
    "Write a class and then predicates with their values, separated by semicolons, "
    'such as: oda:Float ; oda:unit unit:keV ; oda:label "lower energy"'
)


@dataclass(slots=True)
class Complaints:
    """What is wrong with one comment, in the order found."""

    where: Where
    _found: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return tuple(self._found)

    def add(self, finding: Finding) -> None:
        """Keep a finding that was made elsewhere."""
        self._found.append(finding)

    def should(self, name: str, what: str, mend: str) -> None:
        """Keep a finding that does not stop an entry."""
        self.add(Finding(Severity.SHOULD, f"ontology/{name}", self.where, what, mend))

    def must(self, name: str, what: str, mend: str) -> None:
        """Keep a finding that keeps an entry a draft."""
        self.add(Finding(Severity.MUST, f"ontology/{name}", self.where, what, mend))

    def too_long(self, comment: str) -> None:
        """The comment is longer than we read; plain prose may be as long as it likes."""
        if attempts.is_marked(comment):
            what = f"The annotation has {len(comment)} characters and was not read."
            mend = f"Keep it below {tokens.LONGEST} characters; a README can say more."
            self.should("annotation-too-long", what, mend)

    def unparsed(self, text: str, reason: str) -> None:
        """A part of the comment was not understood, and why."""
        what = f"The annotation part {shown(text)} was not understood: {reason[:SHOWN]}."
        self.should("annotation-unparsed", what, GRAMMAR)

    def unknown_predicate(self, part: Part, known: Iterable[str]) -> None:
        """A predicate that says nothing to us."""
        name = namespaces.compact(part.predicate)
        candidates = [namespaces.compact(iri) for iri in known]
        otherwise = "Take it out, or use one of " + ", ".join(candidates[:12]) + "."
        what = f"The predicate {name[:SHOWN]} in {shown(part.text)} is not known."
        self.should("unknown-predicate", what, did_you_mean(name, candidates, otherwise))

    def unknown_term(self, iri: str) -> None:
        """A class that names no term of ours."""
        name = namespaces.compact(iri)
        otherwise = "Use a class of the ODA ontology or a term from the list under /terms."
        what = f"The class {name[:SHOWN]} is not a known term."
        self.should("unknown-term", what, did_you_mean(name, terms.known_names(), otherwise))

    def readable(self, found: Iterable[list[tokens.Token]]) -> list[Part]:
        """The pieces that can be read; each of the others leaves a finding."""
        kept = []
        for piece in found:
            try:
                kept.append(parts.read(piece))
            except parts.UnreadableError as error:
                self._unreadable(piece, str(error))
        return kept

    def repeated(self, part: Part, kept: Plain) -> None:
        """A second value where only one can be."""
        what = f"{shown(part.text)} gives a second value; {shown(str(kept))} is kept."
        self.should("annotation-repeated", what, "Give one value.")

    def _unreadable(self, piece: list[tokens.Token], reason: str) -> None:
        strange = [token.prefix for token in piece if token.sort is tokens.Sort.IRI]
        strange = [prefix for prefix in strange if prefix and prefix not in namespaces.PREFIXES]
        if strange:
            self._unknown_prefix(strange[0], tokens.written(piece))
        else:
            self.unparsed(tokens.written(piece), reason)

    def _unknown_prefix(self, prefix: str, text: str) -> None:
        known: Mapping[str, str] = namespaces.PREFIXES
        otherwise = "The prefixes are " + ", ".join(f"{name}:" for name in known) + "."
        what = f"The prefix {prefix[:SHOWN]}: in {shown(text)} is not known, so it was not read."
        self.should("unknown-prefix", what, did_you_mean(prefix, known, otherwise))


def shown(text: str) -> str:
    """A text of somebody else as it may stand in a sentence: quoted, on one line, not long."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")
