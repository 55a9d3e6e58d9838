"""How a program that runs apart takes its question and gives its answer."""

import json
import resource
import sys
import warnings
from collections.abc import Callable
from typing import Any

from executor.domain.tabular import UnreadableError

CPU_SECONDS = 40
MEMORY_BYTES = 3 * 1024**3
FILE_BYTES = 2 * 1024**3


class RefusedError(Exception):
    """The program cannot do what it was asked; the message is for a reader."""


def answer(do: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the question on the standard input with what ``do`` returns, or with its fault."""
    _bound()
    sys.stdout.write(json.dumps(outcome(do, json.loads(sys.stdin.read()))))


def outcome(
    do: Callable[[dict[str, Any]], dict[str, Any]], asked: dict[str, Any]
) -> dict[str, Any]:
    """What ``do`` returns, or its fault in words as ``error``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # readers warn of what they mend
            return do(asked)
    except (RefusedError, UnreadableError) as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "it needs more memory than is given to a table"}
    except RecursionError:
        return {"error": "it is nested too deep"}
    except Exception as error:  # noqa: BLE001 -- hostile bytes make readers raise nearly anything
        return {"error": f"it cannot be read ({type(error).__name__})"}


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
