"""Verbs of the catalogue; the only writers of its tables."""

from catalogue.actions.findings import drop_findings
from catalogue.actions.registration import (
    Registration,
    add_finding,
    mark_not_deterministic,
    register_entry,
    register_source,
    registration_report,
)
from catalogue.actions.trial import make_trial
from catalogue.actions.uploading import register_named, register_request, register_upload

__all__ = [
    "Registration",
    "add_finding",
    "drop_findings",
    "make_trial",
    "mark_not_deterministic",
    "register_entry",
    "register_named",
    "register_request",
    "register_source",
    "register_upload",
    "registration_report",
]
