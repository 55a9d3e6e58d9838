"""What the catalogue tells whoever listens.

Signals, because the executor takes over the runs of a crate and the gallery reads the paper.toml of
a new version, and the catalogue may know neither.
"""

from django.dispatch import Signal

crate_registered = Signal()
"""Sent with ``crate`` (``catalogue.domain.crate_taken.TakenCrate``) before a crate is committed.

Who takes runs over returns ``Adopted``. A listener that raises undoes the whole registration.
"""
version_registered = Signal()
"""Sent with ``version_id`` once a new version that is no draft is registered."""
