"""Related works of some runs, from what figures, entries, data and code already say."""

from collections.abc import Iterable, Sequence

from catalogue.models import Version
from executor.models import Run, RunInput
from executor.queries import AT_ONCE
from publishing.domain.gathering import gather, of_code, of_data, of_figures, of_references
from publishing.domain.record import Related
from publishing.domain.shown import ShownFigure
from publishing.models import ArchivedSource


def gathered(runs: Sequence[Run], shown: Sequence[ShownFigure]) -> tuple[Related, ...]:
    """Works that a release of these runs is related to, each once; the paper first.

    What feeds a composed run counts too. The version before this one is not among them: a
    repository links the versions of a concept itself.

    Args:
        runs: the runs of the release.
        shown: the figures that they stand for.
    """
    versions = versions_behind(runs)
    archived = _archived(versions)
    return gather(
        of_figures(shown),
        *(of_data(version.data) for version in versions),
        *(of_code(item.source, item.commit, archived.get(item.pk, ())) for item in versions),
        *(of_references(version.about.references) for version in versions),
    )


def versions_behind(runs: Iterable[Run]) -> list[Version]:
    """The versions of some runs and of all that feeds them, in order of their digests.

    As many questions as the longest chain has links, however many runs there are.
    """
    found = {run.version_id: run.version for run in runs}
    seen = {run.pk for run in runs}
    fed = Version.objects.filter(pk__in=_feeding(seen) - set(found))
    found |= {version.pk: version for version in fed}
    return sorted(found.values(), key=lambda version: version.digest)


def _feeding(seen: set[int]) -> set[int]:
    """Keys of the versions of all that feeds some runs, near or far."""
    versions: set[int] = set()
    wanted = sorted(seen)
    while wanted:
        links = RunInput.objects.filter(run__in=wanted[:AT_ONCE], source__isnull=False)
        rows = set(links.values_list("source_id", "source__version_id"))
        versions |= {version for _source, version in rows if version}
        new = {source for source, _version in rows if source} - seen
        seen = seen | new
        wanted = [*wanted[AT_ONCE:], *sorted(new)]
    return versions


def _archived(versions: Iterable[Version]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = ArchivedSource.objects.filter(version__in=list(versions))
    for pk, scheme, identifier in rows.values_list("version_id", "scheme", "identifier"):
        found.setdefault(pk, []).append((scheme, identifier))
    return found
