"""Leaf helpers, one noun a file; no models."""
