"""Repositories: one port, and an adapter a file."""
