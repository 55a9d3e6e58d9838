"""Tokens of repositories: read when they are used, so that settings never hold one.

A new token needs no restart, and nothing that shows the settings can show it.
"""

import os
from pathlib import Path

from publishing.domain.repositories import RepositorySettings
from publishing.errors import TokenError

BYTES_AT_MOST = 8192


def read_token(settings: RepositorySettings) -> str:
    """The token of a repository.

    Raises:
        TokenError: there is none, or it is not one line of plain characters.
    """
    place = settings.token_file or f"the environment variable {settings.token_env}"
    token = _from_file(settings) if settings.token_file else os.environ.get(settings.token_env, "")
    token = token.strip()
    if not token:
        raise TokenError(f"There is no token for {settings.name}: put it into {place}.")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise TokenError(f"What is in {place} is no token: it must be one word on one line.")
    return token


def _from_file(settings: RepositorySettings) -> str:
    try:
        with Path(settings.token_file).expanduser().open("rb") as handle:
            return handle.read(BYTES_AT_MOST).decode("ascii", "replace")
    except OSError as error:
        raise TokenError(
            f"The token of {settings.name} is to be in {settings.token_file}, which cannot be "
            f"read: {error.strerror}."
        ) from None
