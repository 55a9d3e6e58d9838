"""Pictures of notebooks as data addresses; only what its first bytes say it is."""

import base64
import binascii

MARKS = {
    "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}  # fmt: skip
BYTES_AT_MOST = 8 * 1024 * 1024
SVG_AT_MOST = 2 * 1024 * 1024


def picture_address(kind: str, text: str) -> str | None:
    """The data address of a picture written in base64; None when it is none, or too large."""
    if kind not in MARKS or len(text) > BYTES_AT_MOST * 4 // 3 + 1000:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        return None
    if not data.startswith(MARKS[kind]):
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def svg_address(text: str) -> str | None:
    """The data address of an SVG, to be shown by an ``img`` only.

    As an image an SVG runs no script and asks for nothing (SVG 2, section 2.7.1, secure static
    mode); in the page itself it would.
    """
    stripped = text.lstrip("\ufeff \t\r\n")
    if len(text) > SVG_AT_MOST or not stripped.startswith(
        ("<svg", "<?xml", "<!DOCTYPE svg", "<!--")
    ):
        return None
    return f"data:image/svg+xml;base64,{base64.b64encode(text.encode('utf-8', 'replace')).decode()}"
