"""The executor's part of the API."""
