"""Verbs of the executor; the only writers of its tables."""

from executor.actions.again import make_again
from executor.actions.attempt import start_run, work
from executor.actions.cancel import cancel_run
from executor.actions.collection import collect_environments
from executor.actions.evict import evict_products
from executor.actions.explain import explain_run, why_unknown
from executor.actions.pin import pin_products, pin_published
from executor.actions.plan import plan_request, plan_run
from executor.actions.recover import recover_runs
from executor.actions.request import ask, request_run
from executor.actions.retry import retry_run
from executor.actions.sweep import sweep_runs
from executor.actions.upload import upload_product
from executor.actions.use import note_use
from executor.actions.verify import verify_product, verify_products

__all__ = [
    "ask",
    "cancel_run",
    "collect_environments",
    "evict_products",
    "explain_run",
    "make_again",
    "note_use",
    "pin_products",
    "pin_published",
    "plan_request",
    "plan_run",
    "recover_runs",
    "request_run",
    "retry_run",
    "start_run",
    "sweep_runs",
    "upload_product",
    "verify_product",
    "verify_products",
    "why_unknown",
    "work",
]
