"""Errors of the gallery: stable ids, sentences, and whose move it is."""

from lib.problem import ProblemError


class BadStatementError(ProblemError):
    """A paper.toml does not say what a paper published."""

    id = "gallery:user:bad-statement"
    status = 422
    title = "The statement of the paper cannot be read"


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
