"""What a warm interpreter is told of a version: what to import in advance, and what not to."""

import json
from dataclasses import dataclass
from functools import lru_cache

from catalogue.models import Version
from executor.domain.imports import code_cells, preloads, shadows
from lib import store


@dataclass(frozen=True, slots=True)
class Warmth:
    """What the notebook of a version imports, and which modules its own files may stand in for."""

    preload: tuple[str, ...]
    shadows: frozenset[str]


def warmth_of(version: Version) -> Warmth:
    """The warmth of a version, worked out once for each in a process: versions never change."""
    return _warmth(version.pk, version.digest)


@lru_cache(maxsize=500)
def _warmth(pk: int, _digest: str) -> Warmth:
    version = Version.objects.get(pk=pk)
    files = dict(version.files.values_list("path", "digest"))
    own = shadows(files)
    try:
        notebook = json.loads(store.get(files[version.main]))
    except (KeyError, ValueError, RecursionError, FileNotFoundError):
        return Warmth((), own)  # the runner says what is wrong with it
    return Warmth(preloads(code_cells(notebook), own), own)
