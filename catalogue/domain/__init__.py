"""Frozen values and pure functions of the catalogue app."""
