"""``manage.py load_vocabularies``: bring the table of terms in step with the vocabularies."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ontology.actions import load_vocabularies
from ontology.adapters.vocabularies import declared
from ontology.models import Term


class Command(BaseCommand):
    """Load our ontology, and the other vocabularies that the mirrors hold."""

    help = "Load our ontology, and the other vocabularies that the folders of REPRISE_MIRRORS hold."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django's
        loaded = load_vocabularies(declared(settings.MIRRORS))
        what = ", ".join(loaded) or "nothing: all was loaded already"
        self.stdout.write(f"Loaded {what}. There are {Term.objects.count()} terms.")
