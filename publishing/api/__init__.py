"""Publishing's part of the API."""
