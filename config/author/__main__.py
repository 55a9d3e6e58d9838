"""``reprise check`` and ``reprise init``; ``python -m config.author`` from a checkout."""

import importlib
import sys

from config.author.kept import cache_folder
from config.author.options import checking, parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    given = parser().parse_args(arguments)
    if given.command == "check":
        code: int = importlib.import_module("config.author.check").run(
            checking(given, cache_folder())
        )
    else:
        code = importlib.import_module("config.author.initial.command").run(given)
    return code


if __name__ == "__main__":
    sys.exit(main())
