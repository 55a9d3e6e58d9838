"""Where sources are and when things happened, from names and the many ways to write either."""
