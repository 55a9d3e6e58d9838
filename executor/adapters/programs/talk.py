"""How a program that runs apart takes its question and gives its answer."""

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any


class RefusedError(Exception):
    """The program cannot do what it was asked; the message is for a reader."""


def answer(do: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the question on the standard input with what ``do`` returns, or with its fault."""
    warnings.simplefilter("ignore")  # readers warn of what they mend
    asked = json.loads(sys.stdin.read())
    try:
        found = do(asked)
    except RefusedError as error:
        found = {"error": str(error)}
    except MemoryError:
        found = {"error": "it needs more memory than is given to a table"}
    except RecursionError:
        found = {"error": "it is nested too deep"}
    except Exception as error:  # noqa: BLE001 -- hostile bytes make readers raise nearly anything
        found = {"error": f"it cannot be read ({type(error).__name__})"}
    sys.stdout.write(json.dumps(found))
