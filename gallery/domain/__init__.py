"""Frozen values and pure functions of the gallery app."""
