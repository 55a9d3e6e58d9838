"""Fields of a statement: texts, names, lists and DOIs as somebody wrote them."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*\Z")
SLUG_AT_MOST = 80
# Prefix and suffix as the DOI Handbook, section 2.2, has them, of printable characters only.
DOI = re.compile(r"^10\.\d{4,9}(\.\d+)*/[!-~]+\Z")
DOI_PREFIXES = ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:")
LONGEST = {
    "title": 300, "doi": 200, "bibcode": 40, "arxiv": 40, "journal": 200, "place": 200,
    "picture": 200, "output": 200, "file": 200, "picture_published": 200, "source_name": 100,
    "picture_licence": 200, "workflow": 60, "run": 80, "column": 200, "unit": 100, "label": 300,
}  # fmt: skip
LONGEST_OTHERS = 4000
DEPTH_AT_MOST = 120
LIST_AT_MOST = 1000


class BadPaperError(ValueError):
    """The statement is not one; the message says where and what to write.

    Attributes:
        errors: field of the paper → its sentence, where several are wrong.
    """

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})


def text_of(item: Mapping[str, Any], name: str, *, most: int = 0) -> str:
    """The text of a field, without what no database keeps; empty when it is not there."""
    value = item.get(name)
    text = cleaned(value if isinstance(value, str) else "" if value is None else str(value))
    most = most or LONGEST.get(name, LONGEST_OTHERS)
    if len(text) > most:
        raise BadPaperError(f"The {name} {text[:40]!r}… is longer than {most} characters.")
    return text


def cleaned(text: str) -> str:
    """A text without NUL and halves of surrogate pairs, which TOML and JSON can spell."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def need(item: Mapping[str, Any], name: str, where: str) -> str:
    """The text of a field that has to be there."""
    text = text_of(item, name)
    if not text:
        raise BadPaperError(f"There is no {name} in {where} of paper.toml.")
    return text


def slug_of(item: Mapping[str, Any], where: str) -> str:
    """The slug of a paper or figure."""
    slug = need(item, "slug", where)
    if not SLUG.match(slug) or len(slug) > SLUG_AT_MOST:
        raise BadPaperError(
            f"The slug {slug[:80]!r} of {where} is not of small letters, digits and hyphens."
        )
    return slug


def doi_of(item: Mapping[str, Any], where: str) -> str:
    """A DOI without the address of its resolver; empty when there is none."""
    text = text_of(item, "doi")
    for prefix in DOI_PREFIXES:
        if text.lower().startswith(prefix):
            text = text[len(prefix) :].strip()
    if text and not DOI.match(text):
        raise BadPaperError(
            f"The doi {text[:60]!r} of {where} is none: it looks like 10.1051/0004-6361/202037850."
        )
    return text


def tables(content: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    """The tables that stand under a name, each written ``[[name]]``."""
    items = content.get(name) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadPaperError(f"The {name} of {where} is written [[{name}]], once for each.")
    return items


def texts_of(item: Mapping[str, Any], name: str, where: str, *, most: int = 100) -> tuple[str, ...]:
    """A list of short texts, or one text alone."""
    given = item.get(name) or []
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadPaperError(f'The {name} of {where} is a list of texts: ["…", "…"].')
    found = tuple(dict.fromkeys(text_of({name: one}, name, most=most) for one in given))
    if len(found) > LIST_AT_MOST:
        raise BadPaperError(f"The {name} of {where} has more than {LIST_AT_MOST} entries.")
    return tuple(one for one in found if one)


def yes(item: Mapping[str, Any], name: str) -> bool:
    """Whether a field says ``true``."""
    return item.get(name) is True


def is_finite(number: float) -> bool:
    """Whether a number is one that a double can hold."""
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond every double
        return False


def is_number(value: Any) -> bool:  # noqa: ANN401 -- any TOML value
    """Whether a value is a finite number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)


def plain(value: Any, where: str, depth: int = 0) -> Any:  # noqa: ANN401 -- any TOML value
    """Parameters as plain JSON values: dates of TOML become texts.

    Raises:
        BadPaperError: they hold what no database keeps, or nest deeper than 120 levels.
    """
    if depth > DEPTH_AT_MOST:
        raise BadPaperError(
            f"The {where} nest deeper than {DEPTH_AT_MOST} levels, which is more than is kept."
        )
    if isinstance(value, dict):
        return {
            plain(str(key), where): plain(item, where, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list):
        return [plain(item, where, depth + 1) for item in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str) and cleaned(f"-{value}-") != f"-{value}-":
        raise BadPaperError(f"The {where} hold a character that cannot be kept.")
    return value
