"""What publishing adds to the page of a run: its crate, and its release."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from executor.domain.states import State
from executor.models import Run
from publishing.queries import release_of_run


def of_run(request: HttpRequest, run: Run) -> SafeString:
    """The crate of a finished run, and its DOI or the button that gives one."""
    if run.state != State.FINISHED:
        return SafeString("")
    release = release_of_run(run)
    deposit = release.deposit if release else None
    shown = deposit if deposit and deposit.is_published else None
    context = {"run": run, "deposit": shown, "is_trial": run.version.workflow.is_hidden}
    return render_to_string("publishing/panel_run.html", context, request)
