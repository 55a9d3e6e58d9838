"""The plotted arrays of a picture, as an interactive plot."""
