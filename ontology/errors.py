"""Errors of the ontology app."""

from lib.problem import ProblemError


class UnknownProfileError(ProblemError):
    """There are no shapes of this name."""

    id = "ontology:platform:unknown-profile"
    title = "Unknown profile of shapes"


class UnreadableVocabularyError(ProblemError):
    """A vocabulary file is not what its declaration says."""

    id = "ontology:platform:unreadable-vocabulary"
    title = "Unreadable vocabulary"


class UnknownTermError(ProblemError):
    """There is no term of this name."""

    id = "ontology:user:unknown-term"
    status = 404
    title = "Unknown term"
