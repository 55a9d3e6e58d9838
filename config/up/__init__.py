"""What `make up` does: look first, prepare, start the parts, watch them, stop them all."""
