"""JSON views of the ontology app, one resource a file."""
