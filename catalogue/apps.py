"""The catalogue app."""

from django.apps import AppConfig

from lib import holds


class CatalogueConfig(AppConfig):
    """Workflows and their immutable versions."""

    name = "catalogue"

    def ready(self) -> None:
        """Hold the bytes of every version in the store."""
        from catalogue.queries import held  # noqa: PLC0415 -- models must be loaded first

        holds.add("catalogue", held)
