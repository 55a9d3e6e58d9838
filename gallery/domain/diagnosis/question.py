"""Questions: all that a re-run was asked, and the same with some of it put back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalogue.domain.entry import DataFile
from catalogue.domain.lock import Pin, pins
from gallery.domain.diagnosis.change import Kind

LOCK_FILES = frozenset(
    {
        "requirements.lock", "requirements.txt", "pyproject.toml", "environment.yml",
        "environment.yaml",
    }
)  # fmt: skip
"""Files that say what the environment is; the lock tells what changed in it."""
DATA_FILE = "data.toml"
COMPANIONS = LOCK_FILES | {DATA_FILE}


@dataclass(frozen=True, slots=True)
class Question:
    """What a re-run was asked, as far as it can change the answer.

    Attributes:
        lock: text of the environment lock.
        files: path → sha256 of the files of the version.
        main: path of the file that is run.
        data: name → remote data file.
        parameters: name → typed form, as ``executor.domain.address`` has it.
        seed: of the random numbers.
        commit: of the version; empty when it has none.
        environment: digest of the environment.
        python: version of the interpreter; empty when it is not known.
        sources: address → what a reader calls the run behind an input.
    """

    lock: str
    files: Mapping[str, str]
    main: str
    data: Mapping[str, DataFile]
    parameters: Mapping[str, Mapping[str, Any]]
    seed: int
    commit: str = ""
    environment: str = ""
    python: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> dict[str, str]:
        """Path → sha256 of the files that are not told by the lock or the data."""
        return {path: digest for path, digest in self.files.items() if path not in COMPANIONS}


def by_package(lock: str) -> dict[str, tuple[Pin, ...]]:
    """Package → its lines in a lock; several where markers choose among them."""
    found: dict[str, tuple[Pin, ...]] = {}
    for pin in pins(lock):
        found[pin.name] = (*found.get(pin.name, ()), pin)
    return found


def blend(before: Question, after: Question, keys: Collection[str], every: bool) -> Question:  # noqa: FBT001 -- both calls name it
    """The question of ``after`` with the changes of these keys as they were in ``before``.

    Args:
        before: the earlier question.
        after: the present one.
        keys: of the changes that are put back (``Change.key``).
        every: whether these are all changes that can be put back: then it is ``before`` to the
            letter, whose answer is known.
    """
    if every or not keys:
        return before if every else after
    chosen = {
        kind: {key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")} for kind in Kind
    }
    return replace(
        after,
        lock=_lock(before.lock, after.lock, chosen[Kind.ENVIRONMENT]),
        files=_files(before, after, chosen),
        main=before.main if after.main in chosen[Kind.CODE] else after.main,
        data=_mixed(before.data, after.data, chosen[Kind.DATA]),
        parameters=_mixed(before.parameters, after.parameters, chosen[Kind.PARAMETER]),
        seed=before.seed if chosen[Kind.SEED] else after.seed,
    )


def _mixed(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Collection[str]
) -> dict[str, Any]:
    kept = {name: value for name, value in after.items() if name not in names}
    return kept | {name: before[name] for name in sorted(names) if name in before}


def _lock(before: str, after: str, names: Collection[str]) -> str:
    """A lock with these packages as they were, each with its own hashes."""
    if not names:
        return after
    old, new = by_package(before), by_package(after)
    if all(old.get(name) == new.get(name) for name in {*old, *new} - set(names)):
        return before  # the very text, so that the environment is the one there was
    lines = _mixed(old, new, names)
    return "".join(f"{pin.text}\n" for name in sorted(lines) for pin in lines[name])


def _files(
    before: Question, after: Question, chosen: Mapping[Kind, Collection[str]]
) -> dict[str, str]:
    code = chosen[Kind.CODE]
    names = {before.main if path == after.main else path for path in code} | set(code)
    mixed = _mixed(before.code, after.code, names)
    data = before if chosen[Kind.DATA] and _all_data(before, after, chosen) else after
    told = {path: sha for path, sha in after.files.items() if path in LOCK_FILES}
    return mixed | told | {path: sha for path, sha in data.files.items() if path == DATA_FILE}


def _all_data(before: Question, after: Question, chosen: Mapping[Kind, Collection[str]]) -> bool:
    changed = {
        name
        for name in {*before.data, *after.data}
        if sha_of(before.data.get(name)) != sha_of(after.data.get(name))
    }
    return changed <= set(chosen[Kind.DATA])


def sha_of(file: DataFile | None) -> str:
    """What a data file is named by; empty for none."""
    return file.sha256 if file else ""
