"""Media types of uploads: what the name says, believed only where the first bytes agree."""

from executor.domain.manifest import media_type

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
MARKS = {
    "application/fits": (b"SIMPLE  =",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),  # and WEBP eight bytes on
    "application/pdf": (b"%PDF-",),
}
"""Media type → what a file of it begins with."""
MARKUP = frozenset({"image/svg+xml", "application/x-votable+xml", "application/xml"})
TEXTS = frozenset({"text/csv", "text/plain", "application/json", "application/x-ipynb+json"})


def sniffed(name: str, head: bytes) -> str:
    """The media type of an uploaded file.

    Args:
        name: its name as somebody gave it.
        head: its first bytes; 4096 are enough.

    Returns the type that its ending stands for when the bytes look like one, the type that the
    bytes themselves tell when the ending tells nothing, and ``application/octet-stream`` when the
    two disagree. It decides how the file is shown, never whether it is safe.
    """
    named = media_type(name)
    told = _told(head)
    if named == UNKNOWN:
        return told or UNKNOWN
    if named in MARKS or told:
        return named if named == told else UNKNOWN
    return named if _is_text(head) and _begins_as(named, head) else UNKNOWN


def _told(head: bytes) -> str | None:
    told = next((kind for kind, marks in MARKS.items() if head.startswith(marks)), None)
    return None if told == "image/webp" and head[8:12] != b"WEBP" else told


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # A letter may be cut where the head ends.
        return len(head) >= HEAD_BYTES and error.start > len(head) - 4
    return True


def _begins_as(named: str, head: bytes) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if named in MARKUP:
        return first == b"<"
    return named in TEXTS and (first != b"<" or named == "text/plain")
