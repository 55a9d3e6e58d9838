"""Names that are made here: of releases, short and easy to copy by hand, and of deposits."""

import secrets
import uuid

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 8


def new_id() -> str:
    """A short random name without letters that look alike; about 8e11 are possible."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def new_key() -> str:
    """A key that names a deposit at its repository, as a URN (RFC 9562)."""
    return f"urn:uuid:{uuid.uuid4()}"
