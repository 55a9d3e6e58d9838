"""``reprise init``: a first paper.toml, CITATION.cff and annotations, by asking."""
