"""Requests remembered as a whole: the same words again find their run in one question."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from catalogue.queries import runnable_version
from executor.adapters import environments
from executor.models import KnownRequest, Run
from lib.problem import ProblemError

FORMAT = "reprise.known-request/1"


@dataclass(frozen=True, slots=True)
class Known:
    """A run that the same request asked for before, and the output it wanted."""

    run: Run
    output: str


def name_of(content: Any) -> str:  # noqa: ANN401 -- any JSON value
    """What a composed request is remembered by: its words, and what they stand for today.

    Empty for a plain request, which is as quick without, and for words that mean nothing. Taken
    before the request is planned: a version that is registered meanwhile must not be promised to
    words that were read without it.
    """
    return _digest(content) if _is_composed(content) else ""


def remember(name: str, run: Run, output: str) -> None:
    """Remember that the words of this name ask for this run."""
    if name:
        KnownRequest.objects.bulk_create(
            [KnownRequest(digest=name, run=run, output=output)], ignore_conflicts=True
        )


def recall(name: str) -> Known | None:
    """The run that the same words asked for before; None when nobody did, or they mean more now."""
    if not name:
        return None
    found = KnownRequest.objects.select_related("run__version__workflow").filter(pk=name).first()
    return Known(found.run, found.output) if found else None


def _is_composed(content: Any) -> bool:  # noqa: ANN401 -- any JSON value
    if not isinstance(content, dict):
        return False
    given = content.get("parameters")
    values = given.values() if isinstance(given, dict) else ()
    return "nodes" in content or any(isinstance(value, dict | list) for value in values)


def _digest(content: Any) -> str:  # noqa: ANN401 -- any JSON value
    """Digest of the words and of what the names in them stand for today; empty when unsure."""
    try:
        words = json.dumps(content, sort_keys=True, separators=(",", ":"))
        meant = [_meaning(slug, number) for slug, number in sorted(_named(content), key=str)]
    except (ProblemError, RecursionError, ValueError, TypeError):
        return ""
    text = json.dumps([FORMAT, meant]) + words
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _meaning(slug: str, number: int | None) -> list[str]:
    version = runnable_version(slug, number)
    return [slug, str(number), version.digest, environments.digest_of(version.lock)]


def _named(content: Any) -> set[tuple[str, int | None]]:  # noqa: ANN401 -- any JSON value
    """Every workflow and version that is named anywhere in a request."""
    found: set[tuple[str, int | None]] = set()
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(part.get("workflow"), str):
                found.add((part["workflow"], part.get("version")))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found
