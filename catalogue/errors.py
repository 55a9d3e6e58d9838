"""Errors of the catalogue: stable ids, sentences, and whose move it is."""

from collections.abc import Sequence

from lib.problem import ProblemError
from ontology.domain.findings import Finding


class UnreadableSourceError(ProblemError):
    """The place an entry should come from could not be read."""

    id = "catalogue:user:unreadable-source"
    status = 422
    title = "The source cannot be read"


class NotAnEntryError(ProblemError):
    """What was read is not an entry: it holds no notebook that can be read."""

    id = "catalogue:user:not-an-entry"
    status = 422
    title = "This is not an entry"

    def __init__(self, detail: str, findings: Sequence[Finding] = ()) -> None:
        errors = {str(finding.where): f"{finding.what} {finding.mend}" for finding in findings}
        super().__init__(detail, errors=errors)


class AlteredCrateError(ProblemError):
    """A crate holds other bytes than it says, or says other digests than its files give."""

    id = "catalogue:user:altered-crate"
    status = 422
    title = "The crate is not as it was made"


class UnknownWorkflowError(ProblemError):
    """No workflow or version has this name."""

    id = "catalogue:user:unknown-workflow"
    status = 404
    title = "No such workflow"


class DraftVersionError(ProblemError):
    """The version is a draft: it has findings that must be mended first."""

    id = "catalogue:user:draft-version"
    status = 409
    title = "This version is a draft"


class RegistrationClosedError(ProblemError):
    """The operator does not take entries over the web."""

    id = "catalogue:user:registration-closed"
    status = 403
    title = "Registration is closed here"


class LockFailedError(ProblemError):
    """The requirements of an entry could not be locked."""

    id = "catalogue:user:requirements"
    status = 422
    title = "The requirements cannot be locked"


class InstallerMissingError(ProblemError):
    """The service has no installer to lock requirements with."""

    id = "catalogue:platform:no-installer"
    status = 503
    title = "Requirements cannot be locked now"
