"""Errors of the gallery: stable ids, sentences, and whose move it is."""

from lib.problem import ProblemError


class BadStatementError(ProblemError):
    """A paper.toml does not say what a paper published."""

    id = "gallery:user:bad-statement"
    status = 422
    title = "The statement of the paper cannot be read"


class WaitsForWorkflowError(ProblemError):
    """A statement names a workflow that is not registered yet."""

    id = "gallery:user:waits-for-workflow"
    status = 422
    title = "A workflow is not registered yet"


class UnknownFigureError(ProblemError):
    """No figure has this name."""

    id = "gallery:user:unknown-figure"
    status = 404
    title = "No such figure"


class UnknownPaperError(ProblemError):
    """No paper has this name."""

    id = "gallery:user:unknown-paper"
    status = 404
    title = "No such paper"


class UnknownDoiError(ProblemError):
    """Nothing here has this DOI."""

    id = "gallery:user:unknown-doi"
    status = 404
    title = "No such DOI here"


class AuthoringClosedError(ProblemError):
    """The operator does not take papers over the web, or not from this asker."""

    id = "gallery:user:authoring-closed"
    status = 403
    title = "Papers are not stated here by everybody"


class StatedElsewhereError(ProblemError):
    """The paper or figure belongs to somebody else, who alone changes it."""

    id = "gallery:user:stated-elsewhere"
    status = 409
    title = "Somebody else states this"


class BadNameError(ProblemError):
    """A text is no name of a source, no position and no time."""

    id = "gallery:user:bad-name"
    status = 422
    title = "The name cannot be read"


class UnknownNameError(ProblemError):
    """Nobody who was asked knows the source."""

    id = "gallery:user:unknown-name"
    status = 404
    title = "No such source is known"


class NamesAwayError(ProblemError):
    """No name service answered."""

    id = "gallery:platform:names-away"
    status = 503
    title = "The name services do not answer"


class NothingToDiagnoseError(ProblemError):
    """The newest check of the figure is no different one."""

    id = "gallery:user:nothing-to-diagnose"
    status = 409
    title = "There is nothing to diagnose"


class TooManyDiagnosesError(ProblemError):
    """So many diagnoses are under way that no other is begun."""

    id = "gallery:platform:too-many-diagnoses"
    status = 503
    title = "Too many diagnoses are under way"
