"""The executor app."""

from django.apps import AppConfig


class ExecutorConfig(AppConfig):
    """Runs, their attempts and their products."""

    name = "executor"

    def ready(self) -> None:
        """Make the tasks known to the web process too, which sends them by name; hear of crates."""
        from catalogue.signals import crate_registered  # noqa: PLC0415 -- models first
        from executor import tasks  # noqa: F401, PLC0415 -- models must be loaded first
        from executor.actions.importing import on_crate_registered  # noqa: PLC0415 -- as above

        crate_registered.connect(on_crate_registered, dispatch_uid="executor.import")
