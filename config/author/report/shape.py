"""The report of a check as plain JSON values; ``docs/how-to/ci.md`` documents it."""

from typing import Any, TypedDict

FORMAT = "reprise.check/1"
GOOD = frozenset({"identical", "within tolerance", "same data drawn differently"})
BAD = frozenset({"different", "failed"})
NOT_COMPARABLE = "not comparable"


class Item(TypedDict):
    """One published value or product beside the re-run's.

    ``id`` stays the same as long as figure, output, column and row do. ``published``, ``got`` and
    ``deviation`` are texts for people; ``numbers`` holds what they were made from.
    """

    id: str
    label: str
    output: str
    kind: str
    published: str
    got: str
    deviation: str
    numbers: dict[str, Any]
    verdict: str
    sentence: str
    source: str
    todo: bool


class Ran(TypedDict):
    """The run of a figure; ``seconds`` is None while it has not ended, ``log`` that of failures."""

    address: str
    state: str
    seconds: float | None
    error_id: str
    error: str
    log: str


class Figure(TypedDict):
    """A figure, table row or number; ``verdict`` is empty when it could not be judged."""

    slug: str
    title: str
    kind: str
    place: str
    verdict: str
    sentence: str
    problem: str
    problem_id: str
    run: Ran | None
    items: list[Item]
    picture: str
    picture_licence: str


class Problem(TypedDict):
    """What kept the whole entry from being judged; the middle of ``id`` says whose move it is."""

    id: str
    sentence: str


class Report(TypedDict):
    """The whole check."""

    format: str
    reprise: str
    python: str
    source: str
    workflow: str
    commit: str
    title: str
    paper: str
    made_at: str
    seconds: float
    isolation: str
    findings: list[dict[str, Any]]
    problems: list[Problem]
    figures: list[Figure]
