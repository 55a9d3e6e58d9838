"""Terms, annotations and shapes."""
