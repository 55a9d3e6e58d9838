"""Names of releases: short, random, and easy to copy by hand."""

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 8


def new_id() -> str:
    """A short random name without letters that look alike; about 8e11 are possible."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
