"""Releases, crates and deposits."""
