"""The composition root: settings, URLs, Celery and the shape of errors."""
