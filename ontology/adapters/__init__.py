"""Outside systems of the ontology app, one a file."""
