"""A stranger's executed notebook as a page on which nothing of it can act."""
