"""Mutations of real outputs, each with the verdicts that are right, decided before any is run."""
