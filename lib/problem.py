"""Problems: errors with a stable id, a sentence, and whose move it is (RFC 9457)."""

from collections.abc import Mapping
from typing import Any


class ProblemError(Exception):
    """Something was wrong; the base of every app's errors.

    Attributes:
        id: stable name such as ``catalogue:user:unknown-workflow``; the middle part says whose
            move it is (``user`` or ``platform``).
        status: the HTTP status that fits.
        title: what kind of thing was wrong, the same for every case.
        detail: what was wrong here, and what to do.
        errors: per-field sentences, for requests with several faults.
    """

    id = "reprise:platform:error"
    status = 500
    title = "Something went wrong"
    # A template that is given the class shows its words instead of raising it.
    do_not_call_in_templates = True

    def __init__(self, detail: str, *, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = dict(errors or {})

    def to_dict(self) -> dict[str, Any]:
        """The problem as the members of RFC 9457 section 3.1, and our id and errors."""
        known = {"type": f"/docs/errors#{self.id}", "title": self.title, "status": self.status}
        errors = {_sendable(name): _sendable(text) for name, text in self.errors.items()}
        more = {"errors": errors} if errors else {}
        return known | {"detail": _sendable(self.detail), "id": self.id} | more


def _sendable(text: str) -> str:
    """The text with what no encoding can send, such as half of a surrogate pair, spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()
