"""Why a re-run differs: what has changed, what is put back next, and what explains it."""

from gallery.domain.diagnosis.change import Change, Kind
from gallery.domain.diagnosis.changes import changes
from gallery.domain.diagnosis.question import Question
from gallery.domain.diagnosis.search import Conclusion, Result, Trial, next_trial

__all__ = ["Change", "Conclusion", "Kind", "Question", "Result", "Trial", "changes", "next_trial"]
