"""Collection of environments, as the settings ask for it."""

import logging

from django.conf import settings

from executor.adapters.collection import Collected, collect

log = logging.getLogger(__name__)
DAY_SECONDS = 24 * 3600.0


def collect_environments() -> Collected:
    """Remove environments that nobody used for long, and what exceeds the budget of disk."""
    done = collect(
        settings.DATA_DIR,
        unused_seconds=settings.ENVIRONMENT_DAYS * DAY_SECONDS,
        bytes_at_most=settings.ENVIRONMENT_GB * 1000**3,
    )
    if done.freed:
        log.info("removed %d environments, freed %d bytes", len(done.removed), done.freed)
    return done
