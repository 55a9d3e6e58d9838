"""Bots: they keep the catalogue fresh, with the same actions as people."""
