"""The publishing app."""

from django.apps import AppConfig

from lib import holds, panels, typed_links


class PublishingConfig(AppConfig):
    """Releases, crates and deposits."""

    name = "publishing"

    def ready(self) -> None:
        """Make the tasks known, and add the crate to the page of a run."""
        from publishing import tasks  # noqa: F401, PLC0415 -- models must be loaded first
        from publishing.pages import panels as own  # noqa: PLC0415 -- models must be loaded first
        from publishing.pages import products  # noqa: PLC0415 -- models must be loaded first
        from publishing.queries import held  # noqa: PLC0415 -- models must be loaded first

        panels.add("run", "publishing", own.of_run)
        panels.add("product", "publishing", products.panel)
        typed_links.add("product", "publishing", products.links_of_bytes)
        holds.add("publishing", held)
