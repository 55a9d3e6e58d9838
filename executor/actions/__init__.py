"""Verbs of the executor; the only writers of its tables."""

from executor.actions.attempt import start_run
from executor.actions.recover import recover_runs
from executor.actions.request import cancel_run, plan_run, request_run
from executor.actions.sweep import sweep_runs

__all__ = ["cancel_run", "plan_run", "recover_runs", "request_run", "start_run", "sweep_runs"]
