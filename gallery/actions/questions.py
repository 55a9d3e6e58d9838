"""What a re-run was asked, read from its rows, as a diagnosis compares it."""

from executor.models import Run, RunInput
from gallery.domain.diagnosis import Question


def question_of(run: Run) -> Question:
    """All that made up a run: version, parameters, seed, and where it ran."""
    version = run.version
    return Question(
        lock=version.lock,
        files=dict(version.files.values_list("path", "digest")),
        main=version.main,
        data={file.name: file for file in version.data},
        parameters=run.typed,
        seed=run.seed,
        commit=version.commit,
        environment=run.environment,
        python=_python(run),
        sources=_sources(run),
    )


def _python(run: Run) -> str:
    last = run.attempts.order_by("-number").values_list("facts_json", flat=True).first() or {}
    # The run itself has said it, so it is a stranger's text.
    return "".join(letter for letter in str(last.get("python", "")) if letter.isprintable())[:40]


def _sources(run: Run) -> dict[str, str]:
    fed = RunInput.objects.filter(run=run).exclude(source=None)
    return {
        item.source.address: f"{item.source.version.workflow.slug} {item.source.version.number}"
        for item in fed.select_related("source__version__workflow")
        if item.source
    }
