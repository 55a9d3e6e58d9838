"""How a failure far upstream is told: the path to it, and its reason, in a bounded sentence."""

LONGEST = 1500
KEPT_OF_THE_END = 900


def named_failure(place: str, workflow: str, address: str, reason: str) -> str:
    """Why a run has no input: its place, the run that should have given it, and what it says.

    The reason of a run that itself lacked an input begins with its own place, so the sentences
    of a chain read as a path. The middle of a very long one is left out, never the cause.

    >>> named_failure("image", "sky-image", "ab" * 32, "Cell 3 raised ValueError")
    'image ← sky-image abababababab: Cell 3 raised ValueError'
    """
    if len(reason) > LONGEST:
        reason = f"… {reason[-KEPT_OF_THE_END:]}"
    return f"{place} ← {workflow} {address[:12]}: {reason}"
