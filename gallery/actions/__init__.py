"""Verbs of the gallery; the only writers of its tables."""

from gallery.actions.check import check_figure, judge_ended_runs, judge_run
from gallery.actions.statement import add_paper, welcome_version

__all__ = ["add_paper", "check_figure", "judge_ended_runs", "judge_run", "welcome_version"]
