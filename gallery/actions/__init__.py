"""Verbs of the gallery; the only writers of its tables."""

from gallery.actions.authoring import Draft, preview_paper, state_paper
from gallery.actions.check import check_figure, judge_ended_runs, judge_run
from gallery.actions.content import bibtex_of, changed_content, content_of, without_figure
from gallery.actions.diagnose import (
    diagnose,
    diagnose_by_itself,
    diagnose_newest,
    go_on,
    keep_diagnosing,
    wake_diagnoses,
)
from gallery.actions.facets import note_cost
from gallery.actions.names import resolve_name
from gallery.actions.statement import add_paper, welcome_version
from gallery.actions.thumbnail import thumbnail

__all__ = [
    "Draft",
    "add_paper",
    "bibtex_of",
    "changed_content",
    "check_figure",
    "content_of",
    "diagnose",
    "diagnose_by_itself",
    "diagnose_newest",
    "go_on",
    "judge_ended_runs",
    "judge_run",
    "keep_diagnosing",
    "note_cost",
    "preview_paper",
    "resolve_name",
    "state_paper",
    "thumbnail",
    "wake_diagnoses",
    "welcome_version",
    "without_figure",
]
