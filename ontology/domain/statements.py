"""Statements: what comments on lines of their own say about the whole workflow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontology.domain import attempts, namespaces, parts, tokens
from ontology.domain.complaints import Complaints
from ontology.domain.findings import Finding, Where
from ontology.domain.parts import Part
from ontology.domain.predicates import ABOUT
from ontology.domain.tokens import Sort, Token

_CHECKED = (namespaces.ODA, namespaces.REPRISE)  # of other vocabularies we do not know every name


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact about the workflow, or about a resource it names.

    Attributes:
        predicate: its full IRI.
        value: a full IRI, or a text; numbers and truth values as Turtle writes them.
        is_iri: whether the value is an IRI.
        where: the place it was read from.
        subject: the full IRI of what it is about; empty for the workflow itself.
    """

    predicate: str
    value: str
    is_iri: bool
    where: Where
    subject: str = ""


def parse_statements(
    comments: Iterable[tuple[Where, str]],
) -> tuple[tuple[Statement, ...], tuple[Finding, ...]]:
    """Read comments that have a line for themselves; prose and disused code say nothing."""
    statements: list[Statement] = []
    findings: list[Finding] = []
    for where, comment in comments:
        complaints = Complaints(where)
        statements += _statements(comment, complaints)
        findings += complaints.findings
    return tuple(statements), tuple(findings)


def _statements(comment: str, complaints: Complaints) -> Iterator[Statement]:
    if len(comment) > tokens.LONGEST:
        complaints.too_long(comment)
        return
    for sentence in tokens.sentences(comment):
        if attempts.on_its_own_line(sentence):
            yield from _sentence(sentence, complaints)


def _sentence(sentence: list[Token], complaints: Complaints) -> Iterator[Statement]:
    subject = ""
    if _has_subject(sentence):
        try:
            subject = parts.iri(sentence[0])
        except parts.UnreadableError as error:
            complaints.unparsed(tokens.written(sentence), str(error))
            return
        sentence = sentence[1:]
    for part in complaints.readable(tokens.pieces(sentence)):
        _check(part, complaints)
        for value in part.values:
            text = _text(value.value)
            yield Statement(part.predicate, text, value.is_iri, complaints.where, subject)


def _has_subject(sentence: list[Token]) -> bool:
    """Whether the first three words are subject, predicate and value: ``oda:MyS3 a oda:S3``."""
    sorts = [token.sort for token in sentence[:3]]
    return (
        sorts[:2] in ([Sort.IRI, Sort.A], [Sort.IRI, Sort.IRI])
        and len(sorts) == len("spo")
        and sorts[2] in {Sort.IRI, Sort.TEXT, Sort.NUMBER, Sort.TRUTH}
    )


def _check(part: Part, complaints: Complaints) -> None:
    if part.predicate not in ABOUT and part.predicate.startswith(_CHECKED):
        complaints.unknown_predicate(part, sorted(ABOUT))


def _text(value: parts.Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
