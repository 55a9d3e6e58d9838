"""What the catalogue tells whoever listens.

A signal, because the gallery reads the paper.toml of a new version and the catalogue may not know
the gallery.
"""

from django.dispatch import Signal

version_registered = Signal()
"""Sent with ``version_id`` once a new version that is no draft is registered."""
