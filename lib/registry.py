"""The package registry, seen through what an installer says of it."""

import re

# Whole words: networkx is a package.
AWAY = re.compile(
    r"\b(error sending request|dns error|connection|timed out|timeout|failed to fetch|"
    r"server error|network|http status|status code|too many requests|service unavailable)\b"
)
FULL = re.compile(r"no space left on device|disk quota exceeded|os error (28|122)\b")


def is_away(reason: str) -> bool:
    """Whether an installer failed because the registry did not answer as it should.

    That says nothing about the packages: the same again may succeed.
    """
    return bool(AWAY.search(reason.lower()))


def is_full(reason: str) -> bool:
    """Whether an installer failed because the disk is full."""
    return bool(FULL.search(reason.lower()))
