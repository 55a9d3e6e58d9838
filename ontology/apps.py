"""The ontology app."""

from django.apps import AppConfig


class OntologyConfig(AppConfig):
    """Terms, annotations and shapes."""

    name = "ontology"
    default_auto_field = "django.db.models.BigAutoField"
