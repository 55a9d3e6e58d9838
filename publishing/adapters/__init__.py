"""Outside systems of the publishing app, one a file."""
