"""What the executor tells whoever listens.

A signal, because the gallery judges a run the moment it ends and the executor may not know the
gallery; a sweep finds whatever a signal missed.
"""

from django.dispatch import Signal

run_ended = Signal()
"""Sent with ``run_id`` once a run is finished, failed or cancelled.

A listener that raises is logged and undoes nothing: the run has ended all the same.
"""
