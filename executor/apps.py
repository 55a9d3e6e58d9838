"""The executor app."""

from django.apps import AppConfig


class ExecutorConfig(AppConfig):
    """Runs, their attempts and their products."""

    name = "executor"

    def ready(self) -> None:
        """Make the tasks known to the web process too, which sends them by name."""
        from executor import tasks  # noqa: F401, PLC0415 -- models must be loaded first
