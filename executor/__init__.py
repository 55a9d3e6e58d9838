"""Runs: requests, addresses, sandboxed execution, products."""
