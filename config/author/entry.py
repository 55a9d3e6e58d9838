"""Registering the entry that is checked, and what feeds it, on the database of the check."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from catalogue.actions import register_entry, register_source
from catalogue.domain.entry import Entry
from catalogue.models import Version
from config.author.report.shape import Problem
from config.author.source import Source
from gallery.actions import add_paper
from gallery.models import Figure
from lib.problem import ProblemError

STATEMENT = "paper.toml"
TODO = re.compile(r"""(\bpublished\s*=\s*)(["'])TODO[^"'\n]*\2""")
UNKNOWN = -1.2345678901234567e-300
"""Stands for a published value that paper.toml leaves as a question; nothing is ever found so."""


@dataclass(slots=True)
class Entered:
    """The entry as it was registered.

    Attributes:
        version: of its workflow; None when it could not be registered.
        figures: that its paper.toml states.
        problems: what keeps it from being judged.
    """

    version: Version | None = None
    figures: list[Figure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, name: str, sentence: str) -> None:
        """Note what keeps the entry from being judged."""
        self.problems.append({"id": name, "sentence": sentence})


def enter(source: Source, beside: Sequence[Path]) -> Entered:
    """Register an entry with the entries that feed it, and read its paper.toml."""
    done = Entered()
    try:
        _register_feeding(source, beside)
        origin = source.origin if source.commit else f"folder:{source.name}"
        made = register_entry(
            with_questions(source.entry),
            slug=source.name,
            source=origin[:500],
            commit=source.commit,
        )
    except ProblemError as error:
        done.refuse(error.id, " ".join([error.detail, *error.errors.values()]))
        return done
    done.version = made.version
    _add_figures(done)
    return done


def with_questions(entry: Entry) -> Entry:
    """The entry with a number for each published value that is still TODO, so that it is run."""
    text = entry.text(STATEMENT)
    asked = TODO.sub(rf"\g<1>{UNKNOWN!r}", text)
    return entry if asked == text else Entry({**entry.files, STATEMENT: asked.encode()})


def _register_feeding(source: Source, beside: Sequence[Path]) -> None:
    for folder in beside:
        register_source(str(folder), local=True)
    own = {source.name, *(folder.name for folder in beside)}
    for name in sorted(set(workflows_of(source.entry.text(STATEMENT))) - own):
        folder = settings.WORKFLOWS_DIR / name
        if folder.is_dir() and folder.parent == settings.WORKFLOWS_DIR:
            register_source(str(folder), slug=name, local=True, bundled=True)


def workflows_of(text: str) -> Iterator[str]:
    """Names of workflows in the requests of a paper.toml, as far as it can be read."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    waiting: list[Any] = [content]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            name = item.get("workflow")
            if isinstance(name, str):
                yield name
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _add_figures(done: Entered) -> None:
    version = done.version
    if version is None:
        return
    if version.is_draft:
        done.refuse("author:user:draft", "The findings marked must have to be mended first.")
        return
    if not version.files.filter(path=STATEMENT).exists():
        done.refuse(
            "author:user:no-statement",
            "There is no paper.toml, so nothing says what was published: reprise init writes one.",
        )
        return
    try:
        done.figures = add_paper(version)
    except ProblemError as error:
        done.refuse(error.id, error.detail)
    else:
        if not done.figures:
            done.refuse("author:user:no-figure", "paper.toml states no [[figure]].")
