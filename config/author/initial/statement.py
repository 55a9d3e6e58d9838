"""The first paper.toml and CITATION.cff of an entry, as texts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue.domain.interface import Output
from ontology.domain.kinds import ProductKind

SLUG = re.compile(r"[^a-z0-9]+")
WHOLE = 'published = "TODO"            # what the paper prints: a number; text is met exactly'
VALUES = frozenset({ProductKind.NUMBER, None})


@dataclass(frozen=True, slots=True)
class About:
    """What was answered of the paper and its figure."""

    title: str
    doi: str
    authors: tuple[str, ...]
    journal: str
    year: str
    figure: str
    place: str
    slug: str


def slug_of(text: str, default: str = "entry") -> str:
    """A name for an address."""
    return SLUG.sub("-", text.lower()).strip("-")[:60].strip("-") or default


def quoted(text: str) -> str:
    """A text in TOML, and in YAML: both read JSON's strings."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def paper_toml(about: About, outputs: Sequence[Output]) -> str:
    """A paper.toml whose published values are still questions."""
    year = f"year = {about.year}" if re.fullmatch(r"[1-9]\d{3}", about.year) else "# year = 2021"
    doi = f"doi = {quoted(about.doi)}" if about.doi else "unpublished = true  # or doi, or arxiv"
    authors = ", ".join(map(quoted, about.authors))
    pictures = [item.name for item in outputs if item.kind is ProductKind.PICTURE]
    picture = [f"picture = {quoted(pictures[0])}"] if pictures else []
    lines = [
        "# docs/how-to/author.md tells what may be said here.", "[paper]",
        f"slug = {quoted(f'{about.slug}-paper')}", doi, f"title = {quoted(about.title)}",
        f"authors = [{authors}]", f"journal = {quoted(about.journal)}", year, "", "[[figure]]",
        f"slug = {quoted(about.slug)}", f"title = {quoted(about.figure)}",
        f"kind = {quoted('figure' if pictures else 'number')}", f"place = {quoted(about.place)}",
        *picture,
    ]  # fmt: skip
    values = [item for item in outputs if item.kind in VALUES]
    for output in values:
        lines += ["", *_value(output)]
    return "\n".join(lines) + "\n"


def _value(output: Output) -> list[str]:
    unit = [f"unit = {quoted(output.unit)}"] if output.unit else ['# unit = "keV"']
    return [
        "[[figure.value]]", f"output = {quoted(output.name)}",
        f"label = {quoted(output.label or output.name)}", WHOLE, *unit,
        "tolerance = { relative = 0.01 }  # or absolute, or sigma with an error",
        'reason = "TODO: why this much"', 'source = "TODO: page, table or sentence"',
    ]  # fmt: skip


def citation(about: About, answers: Mapping[str, str]) -> str:
    """A CITATION.cff with the title, people and licence."""
    people = about.authors or ("TODO",)
    lines = ["cff-version: 1.2.0", "message: Please cite it.", f"title: {quoted(about.title)}"]
    lines += [f"license: {quoted(answers.get('licence', 'BSD-3-Clause'))}", "authors:"]
    for name in people:
        family, _comma, given = name.partition(",")
        lines.append(f"  - family-names: {quoted(family.strip())}")
        if given.strip():
            lines.append(f"    given-names: {quoted(given.strip())}")
    return "\n".join(lines) + "\n"
