"""Frozen values and pure functions of the executor app."""
