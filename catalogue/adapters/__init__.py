"""Outside systems of the catalogue app, one a file."""
