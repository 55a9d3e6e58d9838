"""The catalogue app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Workflows and their immutable versions."""

    name = "catalogue"
