"""Errors of the executor: stable ids, sentences, and whose move it is."""

from collections.abc import Sequence

from lib.problem import ProblemError


class BadInputsError(ProblemError):
    """Some parameters of a request were wrong."""

    id = "executor:user:bad-inputs"
    status = 422
    title = "Some parameters are wrong"


class BadRequestError(ProblemError):
    """A request for a run was not understood."""

    id = "executor:user:bad-request"
    status = 400
    title = "The request was not understood"


class AlteredRunError(ProblemError):
    """A crate says of a run what its inputs or its bytes do not give."""

    id = "executor:user:altered-run"
    status = 422
    title = "A run of the crate is not what the crate says"


class UnknownRunError(ProblemError):
    """No run has this address."""

    id = "executor:user:unknown-run"
    status = 404
    title = "No such run"


class UnknownProductError(ProblemError):
    """No product has this digest."""

    id = "executor:user:unknown-product"
    status = 404
    title = "No such product"


class ProductEvictedError(ProblemError):
    """The bytes of a product were cleared away; its address makes them again."""

    id = "executor:user:product-evicted"
    status = 410
    title = "The product has to be made again"


class ProductKeptError(ProblemError):
    """The product's bytes are there, so there is nothing to make again."""

    id = "executor:user:product-kept"
    status = 409
    title = "The product is kept"


class NotShownError(ProblemError):
    """A product is not of the kind that was to be looked at, or too large for it."""

    id = "executor:user:not-shown"
    status = 422
    title = "The product cannot be shown like this"


class UploadGoneError(ProblemError):
    """An uploaded product is not kept any more, and no run makes it."""

    id = "executor:user:upload-gone"
    status = 410
    title = "The upload is gone"


class UploadTooLargeError(ProblemError):
    """An uploaded file has too many bytes."""

    id = "executor:user:upload-too-large"
    status = 413
    title = "The file is too large"


class UnreadableTableError(ProblemError):
    """The product is no table, or more than is opened as one."""

    id = "executor:user:unreadable-table"
    status = 422
    title = "The product cannot be shown as a table"


class BadTableQuestionError(ProblemError):
    """A filter, an order or a plot of a table cannot be understood."""

    id = "executor:user:bad-table-question"
    status = 400
    title = "The table cannot be asked this"


class UnknownFormError(ProblemError):
    """Nothing is converted to this form."""

    id = "executor:user:unknown-form"
    status = 404
    title = "No such form"


class TablesBusyError(ProblemError):
    """More tables and pictures are asked for at once than are made at once."""

    id = "executor:platform:tables-busy"
    status = 503
    title = "Other tables are being read"


class BadRangeError(ProblemError):
    """A range was asked for that lies outside the product."""

    id = "executor:user:bad-range"
    status = 416
    title = "No byte of the product is in this range"


class RunEndedError(ProblemError):
    """The run has ended, so it cannot be cancelled."""

    id = "executor:user:run-ended"
    status = 409
    title = "The run has ended"


class RunNotOverError(ProblemError):
    """The run has neither failed nor been cancelled, so it cannot be tried again."""

    id = "executor:user:run-not-over"
    status = 409
    title = "The run cannot be tried again"


class QueueFullError(ProblemError):
    """More runs wait than this service takes."""

    id = "executor:platform:queue-full"
    status = 503
    title = "Too many runs are waiting"


class BadTokenError(ProblemError):
    """The token of a request is nobody's."""

    id = "executor:user:bad-token"
    status = 401
    title = "The token is not known"


class UnknownAccountError(ProblemError):
    """No account has this name."""

    id = "executor:user:unknown-account"
    status = 404
    title = "No such account"


class QuotaError(ProblemError):
    """The asker has used up what they may use."""

    id = "executor:user:quota"
    status = 429
    title = "Your share is used up"


class InputFailedError(ProblemError):
    """A run that feeds this one failed, so it cannot be run."""

    id = "executor:user:input-failed"
    title = "An input failed"


class RunFailedError(ProblemError):
    """A run failed by its own code: trying again would fail again."""

    id = "executor:user:failed"
    title = "The run failed"

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.id = f"executor:user:{kind}"


class PlatformFailedError(ProblemError):
    """A run failed by a fault of the service: it is tried again."""

    id = "executor:platform:failed"
    title = "The service failed"

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.id = f"executor:platform:{kind}"


class SiteFailedError(PlatformFailedError):
    """A site did not run what it was given: the run is tried again, elsewhere if that is open."""

    id = "executor:platform:site"
    title = "The site failed"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("site", f"The site {name} failed: {reason}.")


class UnknownSiteError(ProblemError):
    """No site has this name."""

    id = "executor:user:unknown-site"
    status = 404
    title = "No such site"


class DataUnreachableError(ProblemError):
    """Data that an entry needs is in no mirror and not at its address: the run waits for it."""

    id = "executor:platform:data-unreachable"
    status = 503
    title = "Data is not reachable"

    def __init__(self, name: str, tried: Sequence[str]) -> None:
        places = "; ".join(tried) or "no place is named for it"
        super().__init__(f"The file {name} is not reachable from here. Tried: {places}.")


class StoppedError(Exception):
    """Somebody asked for the run to be cancelled, or another worker has taken it over."""
