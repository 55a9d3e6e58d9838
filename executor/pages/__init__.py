"""The executor's pages."""
