"""Outside systems of the gallery app, one a file."""
