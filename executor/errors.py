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


class RunEndedError(ProblemError):
    """The run has ended, so it cannot be cancelled."""

    id = "executor:user:run-ended"
    status = 409
    title = "The run has ended"


class QueueFullError(ProblemError):
    """More runs wait than this service takes."""

    id = "executor:platform:queue-full"
    status = 503
    title = "Too many runs are waiting"


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
