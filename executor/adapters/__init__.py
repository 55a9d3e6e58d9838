"""Outside systems of the executor app, one a file."""
