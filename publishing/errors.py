"""Errors of publishing: stable ids, sentences, and whose move it is."""

from collections.abc import Sequence

from lib.problem import ProblemError
from ontology.domain.findings import Finding


class UnknownReleaseError(ProblemError):
    """No release has this id."""

    id = "publishing:user:unknown-release"
    status = 404
    title = "No such release"


class UnknownDoiError(ProblemError):
    """This service gave no such DOI."""

    id = "publishing:user:unknown-doi"
    status = 404
    title = "No such DOI here"


class RunNotFinishedError(ProblemError):
    """A crate was asked of a run that has no products."""

    id = "publishing:user:run-not-finished"
    status = 409
    title = "The run has not finished"


class NotDepositedError(ProblemError):
    """A crate was asked of a release that has not been deposited."""

    id = "publishing:user:not-deposited"
    status = 409
    title = "The release is not deposited yet"


class UnsafeNameError(ProblemError):
    """A file has a name that has no place in a crate."""

    id = "publishing:user:unsafe-name"
    status = 409
    title = "A file name has no place in a crate"


class ChecklistError(ProblemError):
    """A release misses something that it must have."""

    id = "publishing:user:checklist"
    status = 422
    title = "The release is not complete"

    def __init__(self, findings: Sequence[Finding]) -> None:
        sentences = " ".join(f"{item.what} {item.mend}".strip() for item in findings)
        super().__init__(sentences, errors={item.id: item.what for item in findings})


class LostBytesError(ProblemError):
    """The store no longer gives the bytes that a crate is made of."""

    id = "publishing:platform:lost-bytes"
    status = 500
    title = "Bytes of the crate are missing"


class BadReleaseRequestError(ProblemError):
    """A request for a release was not understood."""

    id = "publishing:user:bad-request"
    status = 400
    title = "The request was not understood"
