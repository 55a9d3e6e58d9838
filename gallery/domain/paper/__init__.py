"""paper.toml: what a paper published, where, and how near a re-run must come."""

from gallery.domain.paper.fields import BadPaperError
from gallery.domain.paper.published import (
    TOLERANCES,
    Published,
    value_from_json,
    value_to_json,
)
from gallery.domain.paper.reader import read_content, read_paper
from gallery.domain.paper.statement import KINDS, ROW, FigureStatement, PaperStatement

__all__ = [
    "KINDS",
    "ROW",
    "TOLERANCES",
    "BadPaperError",
    "FigureStatement",
    "PaperStatement",
    "Published",
    "read_content",
    "read_paper",
    "value_from_json",
    "value_to_json",
]
