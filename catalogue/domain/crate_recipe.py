"""The recipe of a crate that a Reprise packed (``rerun.json``): its versions and their data."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.domain.crate import BadCrateError
from catalogue.domain.entry import safe_path

RECIPE = "rerun.json"
RECIPE_AT_MOST = 64 * 1024 * 1024
PLAIN, COMPOSED = "reprise.rerun/1", "reprise.rerun/2"
FORMATS = (PLAIN, COMPOSED)  # no set: what is looked for may be any JSON
VERSIONS_AT_MOST = 200
NUMBER_AT_MOST = 1_000_000
SHA256 = re.compile(r"[0-9a-f]{64}")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class CrateVersion:
    """A version as a crate has it.

    Attributes:
        slug: of its workflow, where it was made.
        number: of the version there.
        digest: that the crate says it has.
        folder: where its files lie in the crate.
        lock: where its lock lies.
        data: path in the crate → sha256 of its data files, of which some may be left out.
    """

    slug: str
    number: int
    digest: str
    folder: str
    lock: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a crate says of its versions and runs; the runs are read by who takes them over."""

    versions: tuple[CrateVersion, ...]
    content: Mapping[str, Any]

    @property
    def is_composed(self) -> bool:
        """Whether its runs feed each other."""
        return bool(self.content["format"] == COMPOSED)


def read_recipe(data: bytes) -> Recipe:
    """Read ``rerun.json``.

    Raises:
        BadCrateError: it is not as a Reprise writes it.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise BadCrateError(f"its {RECIPE} is not JSON") from None
    if not isinstance(content, dict) or content.get("format") not in FORMATS:
        raise BadCrateError(f"its {RECIPE} has not the format {PLAIN} or {COMPOSED}")
    try:
        found = list(_versions(content))
    except (KeyError, TypeError, AttributeError):
        raise BadCrateError(f"its {RECIPE} does not say what its versions are") from None
    if not 0 < len(found) <= VERSIONS_AT_MOST:
        raise BadCrateError(f"its {RECIPE} names {len(found)} versions")
    return Recipe(tuple(found), content)


def _versions(content: Mapping[str, Any]) -> Iterator[CrateVersion]:
    if content["format"] == PLAIN:
        places = [{**item, "path": f"data/{item['name']}"} for item in content["data"]]
        yield _version(content["version"], "workflow", "requirements.lock", places)
        return
    known: dict[tuple[str, int], CrateVersion] = {}
    for step in content["steps"]:
        made = _version(step["version"], step["folder"], step["lock"], step["data"])
        if known.setdefault((made.slug, made.number), made) != made:
            raise BadCrateError(f"its {RECIPE} says two things of {made.slug} {made.number}")
    yield from known.values()


def _version(
    about: Mapping[str, Any], folder: str, lock: str, data: Sequence[Mapping[str, str]]
) -> CrateVersion:
    slug, number, digest = about["slug"], about["number"], about["digest"]
    if not SLUG.fullmatch(slug) or type(number) is not int or not 0 < number <= NUMBER_AT_MOST:
        raise BadCrateError(f"its {RECIPE} names a version in no way of ours")
    for path in (folder, lock, *(item["path"] for item in data)):
        if not safe_path(path):
            raise BadCrateError(f"its {RECIPE} names the path {path[:80]!r}")
    for name in (digest, *(item["sha256"] for item in data)):
        if not SHA256.fullmatch(name):
            raise BadCrateError(f"its {RECIPE} has the checksum {name[:80]!r}")
    return CrateVersion(
        slug, number, digest, folder, lock, {item["path"]: item["sha256"] for item in data}
    )
