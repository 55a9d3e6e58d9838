"""The form of a draft: from what was posted to what the API takes, and from a draft to fields."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from publishing.domain.drafting import CRATES, OPTIONS
from publishing.domain.identifiers import is_spelled
from publishing.domain.record import details_to_json
from publishing.models import Release

ROWS = {
    "people": ("given", "family", "orcid", "affiliation", "ror", "roles"),
    "funding": ("funder", "ror", "number", "title", "url"),
    "related": ("identifier", "scheme", "relation", "kind", "title"),
}
PLAIN = ("title", "description", "licence", "language", "embargo", "embargo_reason")
NEW: dict[str, dict[str, Any]] = {
    "people": {"roles": ["author"]},
    "funding": {},
    "related": {"relation": "References"},
}  # fmt: skip
REGISTERS = re.compile(r"^https://(?:orcid|ror)\.org/(?=0)")
MOVE = re.compile(r"(add|drop|up) (people|funding|related)(?: ([0-9]{1,3}))?")
ROWS_AT_MOST = 500


def content_of(release: Release) -> dict[str, Any]:
    """What a release says, in the shape of the API."""
    details = details_to_json(release.record)
    people = [
        {name: _short(value) for name, value in item.items() if name in ROWS["people"]}
        for item in release.people_json
    ]
    return {
        "title": release.title, "description": release.description, "licence": release.licence,
        "people": [{"ror": "", "roles": ["author"]} | item for item in people],
        **details, "embargo": details["embargo"] or "",
        "options": {**OPTIONS, **release.options_json},
        "runs": list(release.runs.order_by("pk").values_list("address", flat=True)),
    }  # fmt: skip


def _short(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """An ORCID or ROR as people copy it; whoever reads the form back spells it out again."""
    return REGISTERS.sub("", value) if isinstance(value, str) else value


def posted(data: Mapping[str, str]) -> dict[str, Any]:
    """What somebody typed, in the same shape; rows in which nothing stands are left out."""
    content: dict[str, Any] = {name: _plain(data.get(name, "")) for name in PLAIN}
    content["licences"] = {part: data.get(f"licences.{part}", "").strip() for part in PARTS}
    content["keywords"] = _split(data.get("keywords", ""), ",;\n")
    content["runs"] = _split(data.get("runs", ""), ",; \n")
    content["communities"] = _communities(data.get("communities", ""))
    content["options"] = _options(data)
    return content | {name: list(_rows(data, name)) for name in ROWS}


CHOSEN = frozenset({"roles", "relation", "kind", "scheme"})
PARTS = ("code", "data", "text")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _split(text: str, marks: str) -> list[str]:
    parts = re.split(f"[{re.escape(marks)}]+", text.replace("\r", "\n"))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _communities(text: str) -> dict[str, list[str]]:
    """Lines of ``repository: slug, slug``."""
    lines = [line.partition(":") for line in _plain(text).split("\n") if line.strip()]
    return {name.strip(): _split(slugs, ", ") for name, _colon, slugs in lines}


def _options(data: Mapping[str, str]) -> dict[str, Any]:
    chosen = data.get("options.ro_crate", CRATES[0])
    return {
        "wheels": "options.wheels" in data, "bagit": "options.bagit" in data, "ro_crate": chosen,
    }  # fmt: skip


def _rows(data: Mapping[str, str], name: str) -> Iterable[dict[str, Any]]:
    shape = re.compile(rf"{name}\.([0-9]{{1,3}})\.[a-z]+")
    found = (shape.fullmatch(key) for key in data)
    for at in sorted({int(item[1]) for item in found if item})[:ROWS_AT_MOST]:
        row: dict[str, Any] = {
            field: data.get(f"{name}.{at}.{field}", "").strip() for field in ROWS[name]
        }
        said = [value for field, value in row.items() if field not in CHOSEN]
        if any(said):
            if "roles" in row:
                row["roles"] = _split(row["roles"], ",;\n")
            if not is_spelled(row.get("scheme", ""), row.get("identifier", "")):
                row |= {"scheme": ""} if "scheme" in row else {}  # another one was typed
            yield row


def moved(content: dict[str, Any], move: str) -> dict[str, Any] | None:
    """The content with a row added, dropped or put one up; None when this is no such wish."""
    wish = MOVE.fullmatch(move)
    if wish is None:
        return None
    verb, name, number = wish[1], wish[2], int(wish[3] or -1)
    rows = list(content[name])
    if verb == "add":
        rows.append(dict.fromkeys(ROWS[name], "") | NEW[name])
    elif verb == "drop" and 0 <= number < len(rows):
        del rows[number]
    elif verb == "up" and 0 < number < len(rows):
        rows[number - 1 : number + 1] = [rows[number], rows[number - 1]]
    return content | {name: rows}


def changed(content: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields of the form that are not what the draft says already."""
    return {name: value for name, value in content.items() if _same(value) != _same(known[name])}


def _same(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """A value without what the form does not show."""
    if isinstance(value, list):
        return [_same(item) for item in value]
    if isinstance(value, dict):
        return {name: _same(item) for name, item in value.items() if name != "source"}
    return value.isoformat() if isinstance(value, date) else value


def communities_text(communities: Mapping[str, Iterable[str]]) -> str:
    """Communities as lines of the form."""
    return "\n".join(f"{name}: {', '.join(slugs)}" for name, slugs in communities.items())
