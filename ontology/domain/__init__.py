"""Frozen values and pure functions of the ontology app."""
