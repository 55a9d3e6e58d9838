"""What an answer of a repository means: which error it is, and for how long to wait."""

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from lib.problem import ProblemError
from publishing.adapters.repositories.transport import Answer, Faults
from publishing.errors import MisconfiguredError, NotAnsweringError, RefusedError, TokenError

WAIT_AT_MOST = 3600.0
WAIT_OF = {429: 60.0, 503: 30.0}
"""Seconds to wait where the repository does not say."""
WAIT = 5.0
SERVER = 500
REFUSED = frozenset({400, 413, 422})
TRY_LATER = frozenset({408, 409, 412, 423, 425, 429})
NOT_DONE = frozenset({412, 425, 429})
"""After these it is certain that nothing was done."""
WORDS_AT_MOST = 300


def problem_of(place: str, answer: Answer, faults: Faults) -> ProblemError:
    """The error that an answer is.

    Args:
        place: what was asked of whom, such as ``zenodo, POST /api/records``.
        answer: anything but what was hoped for.
        faults: reads the fields from the content.
    """
    status, said = answer.status, words_of(answer)
    if status in {401, 403}:
        return _of_permission(place, status, said)
    if status in REFUSED and isinstance(answer.content, dict) and not answer.text:
        fields = faults(answer.content)
        return RefusedError(f"{place} was refused: {'; '.join(fields.values()) or said}",
                            errors=fields)  # fmt: skip
    if status in TRY_LATER or status >= SERVER or answer.text:
        sentence = f"{place} was answered by {status}: {said}"
        return NotAnsweringError(
            sentence, wait=seconds_to_wait(answer), is_doubtful=status not in NOT_DONE
        )
    if status in {404, 410}:
        return NotAnsweringError(f"{place}: there is no such thing there.", wait=WAIT)
    return MisconfiguredError(
        f"{place} was answered by {status}: {said} Is its address, and what it speaks, as the "
        "settings say?"
    )


def _of_permission(place: str, status: int, said: str) -> ProblemError:
    if "locked" in said.lower():
        return RefusedError(
            f"{place} was refused: {said} Files of a published record stay as they are.",
            errors={"files": "Files of a published record stay as they are."},
        )
    return TokenError(
        f"{place} was answered by {status}: {said} See whether the token is right, has not "
        "expired, and may write and publish."
    )


def seconds_to_wait(answer: Answer, now: float | None = None) -> float:
    """For how long to wait after an answer of 429 or 503; some seconds after any other.

    Some repositories send Retry-After with every answer: it means nothing on the others. Where it
    is missing, X-RateLimit-Reset says when the count begins anew, in seconds since 1970.
    """
    if answer.status not in WAIT_OF:
        return WAIT
    seconds = _retry_after(answer.headers, time.time() if now is None else now)
    return WAIT_OF[answer.status] if seconds is None else min(max(seconds, 1.0), WAIT_AT_MOST)


def _retry_after(headers: Mapping[str, str], now: float) -> float | None:
    text = headers.get("retry-after", "").strip()
    if text:
        return _number(text) if _number(text) is not None else _until(text, now)
    reset = _number(headers.get("x-ratelimit-reset", ""))
    return None if reset is None else reset - now


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _until(text: str, now: float) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None


def words_of(answer: Answer) -> str:
    """What an answer says, in one short line; strangers' words, so only as text."""
    content = answer.content if isinstance(answer.content, dict) else {}
    for name in ("message", "detail", "title", "error", "status"):
        if isinstance(content.get(name), str) and content[name].strip():
            return short(content[name])
    title = re.search(r"<title>(.{1,200}?)</title>", answer.text, re.DOTALL | re.IGNORECASE)
    return short(title[1]) if title else "it did not say why."


def short(text: str) -> str:
    """A stranger's words in one line, without control characters, and not too many."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(plain.split())
    return line if len(line) <= WORDS_AT_MOST else line[: WORDS_AT_MOST - 1] + "…"
