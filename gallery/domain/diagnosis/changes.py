"""What differs between two questions, as atomic changes in the order of their likelihood."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from catalogue.domain.lock import Pin
from gallery.domain.diagnosis.change import NOTHING, ORDER, Change, Kind
from gallery.domain.diagnosis.question import Question, by_package, sha_of

SHORT = 12  # characters of a digest or a commit that a reader is shown
SHOWN = 80
CODE_ENDINGS = {".ipynb": 0, ".cwl": 0, ".py": 1}
PROSE = frozenset({".md", ".rst", ".cff", ".txt"})


def changes(before: Question, after: Question) -> tuple[Change, ...]:
    """Every change from an earlier question to the present one, the likeliest cause first.

    Files that only say what the lock or the data registry say are told as those.
    """
    found = (
        *_packages(before, after), *_data(before, after), *_code(before, after),
        *_parameters(before, after), *_seed(before, after), *_platform(before, after),
    )  # fmt: skip
    return tuple(sorted(found, key=lambda item: ORDER.index(item.kind)))


def _packages(before: Question, after: Question) -> list[Change]:
    old, new = by_package(before.lock), by_package(after.lock)
    names = [name for name in {*old, *new} if _pinned(old.get(name)) != _pinned(new.get(name))]
    found = [
        Change(Kind.ENVIRONMENT, name, _versions(old.get(name)), _versions(new.get(name)))
        for name in names
    ]
    return sorted(found, key=lambda item: (_step(item), item.name))


def _pinned(lines: tuple[Pin, ...] | None) -> set[tuple[str, str, frozenset[str]]]:
    return {(pin.version, pin.marker, pin.hashes) for pin in lines or ()}


def _versions(lines: tuple[Pin, ...] | None) -> str:
    return ", ".join(dict.fromkeys(pin.version for pin in lines or ())) or NOTHING


def _step(change: Change) -> int:
    """Which part of the version has changed: the first is the likeliest cause.

    A package that came or went follows: what it brought shows in those that need it. The same
    version with other hashes comes last.
    """
    if NOTHING in (change.before, change.after):
        return 8
    old, new = change.before.split("."), change.after.split(".")
    pairs = zip(old, new, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(old), 9))


def _data(before: Question, after: Question) -> list[Change]:
    old, new = before.data, after.data
    return [
        Change(Kind.DATA, name, _short(sha_of(old.get(name))), _short(sha_of(new.get(name))))
        for name in sorted({*old, *new})
        if sha_of(old.get(name)) != sha_of(new.get(name))
    ]


def _code(before: Question, after: Question) -> list[Change]:
    old, new = before.code, after.code
    commits = f"commit {_short(before.commit)} → {_short(after.commit)}"
    note = commits if before.commit != after.commit else ""
    names = {*old, *new} - {before.main, after.main}
    found = [
        Change(Kind.CODE, name, _short(old.get(name)), _short(new.get(name)), note)
        for name in names
        if old.get(name) != new.get(name)
    ]
    if (before.main, old.get(before.main)) != (after.main, new.get(after.main)):
        found.append(_main(before, after, note))
    return sorted(found, key=lambda item: (_rank(item.name, after.main), item.name))


def _main(before: Question, after: Question, note: str) -> Change:
    """The file that is run, under its present name."""
    digest = _short(before.files.get(before.main))
    renamed = before.main != after.main
    was = f"{digest} as {before.main}" if renamed else digest
    return Change(Kind.CODE, after.main, was, _short(after.files.get(after.main)), note)


def _rank(path: str, main: str) -> int:
    if path == main:
        return 0
    ending = PurePosixPath(path).suffix.lower()
    prose = ending in PROSE or path in ("LICENSE", "paper.toml")
    return 9 if prose else CODE_ENDINGS.get(ending, 5)


def _parameters(before: Question, after: Question) -> list[Change]:
    """Parameters that both have; one that came or went does so with the code."""
    return [
        Change(Kind.PARAMETER, name, _value(old, before), _value(new, after))
        for name, new in after.parameters.items()
        if (old := before.parameters.get(name)) is not None
        and old != new
        and not (_own(old) and _own(new))
    ]


def _own(form: Mapping[str, Any]) -> bool:
    """Whether it takes the author's own file, which is told as a file."""
    value = form.get("value")
    first = value[0] if isinstance(value, list) and value else value
    return form.get("type") == "product" and (
        first is None or (isinstance(first, dict) and "file" in first)
    )


def _value(form: Mapping[str, Any], question: Question) -> str:
    value, unit = form.get("value"), form.get("unit")
    if isinstance(value, list) and form.get("type") == "product":
        return f"{len(value)} products" if len(value) != 1 else _one(value[0], question)
    return f"{_one(value, question)}{f' {unit}' if unit else ''}"


def _one(value: Any, question: Question) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, dict) and "run" in value:
        run = str(value["run"])
        made = question.sources.get(run, "run")
        return f"{value.get('output')} of {made} ({_short(run)})"
    if isinstance(value, dict) and ("digest" in value or "file" in value):
        return str(value.get("file") or _short(str(value["digest"])))
    plain = f"{value:.15g}" if isinstance(value, float) else str(value)
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:SHOWN])


def _seed(before: Question, after: Question) -> list[Change]:
    if before.seed == after.seed:
        return []
    return [Change(Kind.SEED, "seed", str(before.seed), str(after.seed))]


def _platform(before: Question, after: Question) -> list[Change]:
    """What no trial can put back: the interpreter and the machine."""
    if before.python and after.python and before.python != after.python:
        return [Change(Kind.PLATFORM, "Python", before.python, after.python)]
    if before.lock == after.lock and before.environment != after.environment:
        old, new = _short(before.environment), _short(after.environment)
        return [Change(Kind.PLATFORM, "machine", f"environment {old}", f"environment {new}")]
    return []


def _short(digest: str | None) -> str:
    return (digest or "")[:SHORT] or NOTHING
