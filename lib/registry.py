"""The package registry, seen through what an installer says of it."""

import re

# Whole words: networkx is a package.
AWAY = re.compile(
    r"\b(error sending request|dns error|connection|timed out|timeout|failed to fetch|"
    r"server error|network|http status|status code|too many requests|service unavailable)\b"
)


def is_away(reason: str) -> bool:
    """Whether an installer failed because the registry did not answer as it should.

    That says nothing about the packages: the same again may succeed.
    """
    return bool(AWAY.search(reason.lower()))
