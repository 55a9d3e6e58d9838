#!/usr/bin/env python3
"""Run a management command: ``python manage.py help`` lists them."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command that the arguments name, with the queue at hand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import config.celery  # noqa: F401, PLC0415 -- reads the settings, so their name comes first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
