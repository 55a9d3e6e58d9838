"""Frozen values and pure functions of the publishing app."""
