"""The gallery app."""

from django.apps import AppConfig

from lib import baselines, highlights, holds, panels


class GalleryConfig(AppConfig):
    """Papers, figures and checks."""

    name = "gallery"

    def ready(self) -> None:
        """Make the tasks known, and listen to new versions and to runs that end."""
        from catalogue.signals import version_registered  # noqa: PLC0415 -- models first
        from executor.signals import run_ended  # noqa: PLC0415 -- models must be loaded first
        from gallery import tasks  # noqa: PLC0415 -- models must be loaded first
        from gallery.pages import panels as own  # noqa: PLC0415 -- models must be loaded first
        from gallery.pages import why  # noqa: PLC0415 -- models must be loaded first
        from gallery.queries import held  # noqa: PLC0415 -- models must be loaded first
        from gallery.queries import highlights as told  # noqa: PLC0415 -- models first

        holds.add("gallery", held)
        highlights.add("gallery", told.highlights)
        highlights.add_finder("gallery", told.runs_behind)
        panels.add("run", "gallery", own.of_run)
        panels.add("workflow", "gallery", own.of_workflow)
        baselines.add("gallery", own.of_form)
        panels.add("figure", "why", why.panel)
        panels.add("run", "trial", why.of_run)
        panels.add("workflow", "trial", why.of_workflow)

        version_registered.connect(tasks.on_version_registered, dispatch_uid="gallery.welcome")
        run_ended.connect(tasks.on_run_ended, dispatch_uid="gallery.judge")
