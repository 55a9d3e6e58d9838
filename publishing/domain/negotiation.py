"""Choosing the format that a program asks for by its ``Accept`` header (RFC 9110, section 12.5.1).

DOI resolvers pass that header on to landing pages: ``curl -LH 'Accept: application/x-bibtex'`` on a
DOI gives its entry.
"""

from publishing.domain.formats import FORMATS, Format

PAGES = frozenset({"text/html", "application/xhtml+xml", "text/*", "*/*"})
LENGTH_AT_MOST = 2000
BY_MEDIA_TYPE = {
    media_type: item for item in FORMATS.values() for media_type in (item.media_type, *item.also)
}


def chosen(accept: str) -> Format | None:
    """The format that is liked best; None for the page, which is also what "anything" means."""
    liked = [_liking(part) for part in accept[:LENGTH_AT_MOST].split(",")]
    known = [
        (weight, media_type)
        for weight, media_type in liked
        if weight > 0 and (media_type in BY_MEDIA_TYPE or media_type in PAGES)
    ]
    if not known:
        return None
    _weight, best = max(known, key=lambda item: item[0])  # of equal ones the first that was named
    return BY_MEDIA_TYPE.get(best)


def _liking(part: str) -> tuple[float, str]:
    media_type, *parameters = (item.strip().lower() for item in part.split(";"))
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip() == "q":
            return _weight(value), media_type
    return 1.0, media_type


def _weight(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0.0 <= number <= 1.0 else 0.0
