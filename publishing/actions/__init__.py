"""Verbs of publishing; the only writers of its tables."""

from publishing.actions.depositing import deposit_on_shelf, release_run, resume_deposits
from publishing.actions.drafting import checklist, draft_release, freeze_release

__all__ = [
    "checklist",
    "deposit_on_shelf",
    "draft_release",
    "freeze_release",
    "release_run",
    "resume_deposits",
]
