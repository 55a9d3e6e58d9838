"""paper.toml: what a paper published, where, and how near a re-run must come."""

from gallery.domain.paper.dois import NamedDoi, read_dois
from gallery.domain.paper.fields import BadPaperError
from gallery.domain.paper.published import (
    TOLERANCES,
    Published,
    value_from_json,
    value_to_json,
)
from gallery.domain.paper.reader import content_of_text, read_content, read_paper
from gallery.domain.paper.statement import KINDS, ROW, FigureStatement, PaperStatement

__all__ = [
    "KINDS",
    "ROW",
    "TOLERANCES",
    "BadPaperError",
    "FigureStatement",
    "NamedDoi",
    "PaperStatement",
    "Published",
    "content_of_text",
    "read_content",
    "read_dois",
    "read_paper",
    "value_from_json",
    "value_to_json",
]
