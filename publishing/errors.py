"""Errors of publishing: stable ids, sentences, and whose move it is."""

from collections.abc import Sequence

from lib.problem import ProblemError
from ontology.domain.findings import Finding


class UnknownReleaseError(ProblemError):
    """No release has this id."""

    id = "publishing:user:unknown-release"
    status = 404
    title = "No such release"


class UnknownProductOfReleaseError(ProblemError):
    """A release holds no product of this digest."""

    id = "publishing:user:unknown-product"
    status = 404
    title = "No such product in this release"


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


class NoWheelsError(ProblemError):
    """A crate is to hold the wheels of its packages, and some are not to be had."""

    id = "publishing:platform:no-wheels"
    status = 503
    title = "The packages of the crate are not to be had now"


class BadReleaseRequestError(ProblemError):
    """A request for a release was not understood."""

    id = "publishing:user:bad-request"
    status = 400
    title = "The request was not understood"


class DraftError(ProblemError):
    """A draft says something that cannot be released, by field."""

    id = "publishing:user:draft"
    status = 422
    title = "The draft needs changes"


class ClosedFilesError(ProblemError):
    """The files of a release are under embargo."""

    id = "publishing:user:closed-files"
    status = 403
    title = "The files are closed for now"


class NotYoursError(ProblemError):
    """A draft belongs to somebody else."""

    id = "publishing:user:not-yours"
    status = 403
    title = "Somebody else's draft"


class FrozenError(ProblemError):
    """A frozen release was to be changed."""

    id = "publishing:user:frozen"
    status = 409
    title = "The release is frozen"


class UnknownRepositoryError(ProblemError):
    """The operator configured no repository of this name."""

    id = "publishing:user:unknown-repository"
    status = 404
    title = "No such repository here"


class RefusedError(ProblemError):
    """A repository does not accept what a person wrote; ``errors`` names our own fields."""

    id = "publishing:user:refused"
    status = 422
    title = "The repository does not accept it"


class ForeignDraftError(ProblemError):
    """A draft that we did not make stands in the way at a repository."""

    id = "publishing:user:foreign-draft"
    status = 409
    title = "Somebody else's draft stands in the way"


class DraftGoneError(ProblemError):
    """Our own draft is no longer at a repository."""

    id = "publishing:user:draft-gone"
    status = 409
    title = "The draft is gone"


class UnchangedError(ProblemError):
    """A new version says and holds what the one before does."""

    id = "publishing:user:unchanged"
    status = 409
    title = "Nothing changed"


class WithdrawnError(ProblemError):
    """A withdrawn release was to be deposited."""

    id = "publishing:user:withdrawn"
    status = 409
    title = "The release was withdrawn"


class UnknownDepositError(ProblemError):
    """No deposit has this number."""

    id = "publishing:user:unknown-deposit"
    status = 404
    title = "No such deposit"


class BadDepositError(ProblemError):
    """A deposit cannot be what it was asked to be."""

    id = "publishing:user:bad-deposit"
    status = 409
    title = "The deposit cannot do that"


class LostHoldError(ProblemError):
    """A worker was away so long that another one took its deposit over."""

    id = "publishing:platform:lost-hold"
    status = 503
    title = "Another worker has the deposit"


class TokenError(ProblemError):
    """A repository does not accept the operator's token."""

    id = "publishing:platform:token"
    status = 502
    title = "The repository does not accept the token"


class MisconfiguredError(ProblemError):
    """A sandbox and a production repository were confused."""

    id = "publishing:platform:misconfigured"
    status = 500
    title = "The repository is not what its settings say"


class AlteredBytesError(ProblemError):
    """A repository keeps other bytes than those it was sent."""

    id = "publishing:platform:altered-bytes"
    status = 502
    title = "The repository altered a file"


class NotOfferedError(ProblemError):
    """A community at a repository did not take the offer of a published record."""

    id = "publishing:user:not-offered"
    status = 409
    title = "A community was not offered the record"


class NotAnsweringError(ProblemError):
    """A repository gave no answer, or one that says nothing: it may have done what was asked.

    Attributes:
        wait: seconds after which to look again.
        is_doubtful: whether the request may have been carried out.
    """

    id = "publishing:platform:not-answering"
    status = 503
    title = "The repository does not answer"

    def __init__(self, detail: str, *, wait: float = 5.0, is_doubtful: bool = True) -> None:
        super().__init__(detail)
        self.wait = wait
        self.is_doubtful = is_doubtful


class WaitForTurnError(NotAnsweringError):
    """A repository may be sent no more requests for now; nothing was sent."""

    id = "publishing:platform:wait-for-turn"
    title = "The repository is asked no more for now"

    def __init__(self, detail: str, *, wait: float = 5.0) -> None:
        super().__init__(detail, wait=wait, is_doubtful=False)


class DraftingClosedError(ProblemError):
    """Somebody without an account was to draft a release at a service that takes them alone."""

    id = "publishing:user:drafting-closed"
    status = 403
    title = "Releases are drafted by accounts here"


class CrateWithdrawnError(ProblemError):
    """The crate of a release was asked for that was withdrawn."""

    id = "publishing:user:crate-withdrawn"
    status = 410
    title = "The release was withdrawn"


class BeingReadError(ProblemError):
    """The products of a release are many bytes, which are read before it is frozen."""

    id = "publishing:platform:being-read"
    status = 503
    title = "Its products are being read"


class BadArchivedSourceError(ProblemError):
    """What was given names no archived source."""

    id = "publishing:user:bad-archived-source"
    status = 422
    title = "No archived source"


class UnknownFormatError(ProblemError):
    """A release was asked for in a format that it is not written in."""

    id = "publishing:user:unknown-format"
    status = 404
    title = "No such format"
