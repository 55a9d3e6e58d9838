"""The sheet of a draft: every field with its words, what stands in it, and what is wrong there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publishing.domain.checklist import Told
from publishing.domain.drafting import CRATES
from publishing.domain.vocabulary import KINDS, RELATIONS, ROLES
from publishing.pages.forms import PARTS, ROWS, communities_text

LICENCES = (
    "CC-BY-4.0", "CC0-1.0", "BSD-3-Clause", "MIT", "Apache-2.0", "GPL-3.0-or-later",
    "CC-BY-SA-4.0",
)  # fmt: skip
LABELS = {
    "title": ("Title", "One line that says what it shows."),
    "description": ("Description", "What it shows and how it was made, in some sentences."),
    "licence": ("Licence", "Of the whole, by its SPDX identifier."),
    "licences.code": ("Code", "As the whole when empty."),
    "licences.data": ("What the runs made", "As the whole when empty."),
    "licences.text": ("Texts", "As the whole when empty."),
    "keywords": ("Keywords", "With commas between them."),
    "language": ("Language", "Such as en."),
    "embargo": ("Closed until", "A day such as 2027-01-31; empty: open at once."),
    "embargo_reason": ("Why", "Readers see it while the files are closed."),
    "communities": ("Communities", "One repository a line: zenodo: astro-figures, another."),
    "runs": ("Runs", "Addresses, one a line."),
    "options.ro_crate": ("RO-Crate", "1.1 is what validators and registries know."),
    "given": ("Given name", ""), "family": ("Family name", "or that of a group"),
    "orcid": ("ORCID", ""),
    "affiliation": ("Affiliation", ""), "ror": ("ROR", ""),
    "roles": ("Roles", "author, or others of DataCite"),
    "funder": ("Funder", ""), "number": ("Award", ""), "url": ("Its page", ""),
    "identifier": ("Identifier", ""),
    "relation": ("The release …", ""), "kind": ("Kind", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form."""

    path: str
    label: str
    text: str
    hint: str
    fault: str
    choices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its id in the page, which findings lead to."""
        return f"f-{self.path}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list, such as a person."""

    number: int
    fields: dict[str, Field]
    fault: str
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether what is folded in is to be seen: something is wrong there, or it is new."""
        folded = [field for name, field in self.fields.items() if name in FOLDED]
        is_new = not any(field.text for name, field in self.fields.items() if name != "roles")
        return is_new or any(field.fault for field in folded) or bool(self.fault)


def sheet(
    content: Mapping[str, Any], findings: Sequence[Told], faults: Mapping[str, str], open_at: str
) -> dict[str, Any]:
    """What the template of the form takes.

    Args:
        content: what the draft says, or what was typed.
        findings: of the checklist; shown beside the fields where nothing worse is told.
        faults: field → sentence, of what was just refused.
        open_at: the row that was just added or moved, so that its part is open.
    """
    told = {item.field: f"{item.what} {item.mend}" for item in findings if item.severity == "must"}
    told = dict(faults) if faults else told
    rows = {name: _rows(name, content[name], told) for name in ROWS}
    return {
        "f": {name: _field(name, _text(content, name), told) for name in PLACES},
        "rows": rows,
        "counts": {name: len(items) for name, items in rows.items()},
        "parts": [_field(f"licences.{part}", content["licences"][part], told) for part in PARTS],
        "options": content["options"],
        "crates": CRATES,
        "licences": LICENCES,
        "roles": ROLES,
        "open": {part: _is_open(part, names, told, open_at) for part, names in FOLDS.items()},
        "elsewhere": {path: text for path, text in faults.items() if not _is_shown(path, rows)},
    }


FOLDED = ("affiliation", "ror", "roles")
PLACES = (
    "title", "description", "licence", "keywords", "language", "embargo", "embargo_reason",
    "communities", "runs",
)  # fmt: skip
FOLDS = {
    "licences": ("licences",), "funding": ("funding",), "related": ("related",),
    "more": ("embargo", "embargo_reason", "communities", "language"),
    "packing": ("options", "runs"),
}  # fmt: skip


def _is_open(part: str, names: Sequence[str], told: Mapping[str, str], open_at: str) -> bool:
    inside = any(path.partition(".")[0] in names for path in told)
    return inside or part in open_at.split(" ")


def _is_shown(path: str, rows: Mapping[str, Sequence[Row]]) -> bool:
    name, _dot, rest = path.partition(".")
    if name in ROWS:
        number = rest.partition(".")[0]
        return number.isdigit() and int(number) < len(rows[name])
    return path in LABELS


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if name == "communities":
        return communities_text(value or {})
    if isinstance(value, list | tuple):
        return ("\n" if name == "runs" else ", ").join(map(str, value))
    return str(value or "")


def _field(path: str, text: str, told: Mapping[str, str], *, name: str = "") -> Field:
    label, hint = LABELS.get(name or path, (name.capitalize(), ""))
    hint = "" if name == "title" else hint  # of a work or award, not of the release
    choices = {"relation": RELATIONS, "kind": ("", *KINDS)}.get(name, ())
    return Field(path, label, text, hint, told.get(path, ""), choices)


def _rows(name: str, items: Sequence[Mapping[str, Any]], told: Mapping[str, str]) -> list[Row]:
    return [_row(name, number, item, told) for number, item in enumerate(items)]


def _row(name: str, number: int, item: Mapping[str, Any], told: Mapping[str, str]) -> Row:
    path = f"{name}.{number}"
    fields = {
        field: _field(f"{path}.{field}", _text(item, field), told, name=field)
        for field in ROWS[name]
    }
    deeper = (text for at, text in told.items() if at.startswith(f"{path}.roles."))
    source = item.get("source", "")
    note = {"figure": "from its figure", "entry": "from the entry", "data": "from its data"}
    return Row(number, fields, told.get(path, next(deeper, "")), note.get(source, ""))
