"""Template filters of the ontology."""
