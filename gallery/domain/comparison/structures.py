"""JSON by its leaves, and plain text by its numbers and words."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gallery.domain.comparison.bounds import (
    CELLS_AT_MOST,
    TEXT_AT_MOST,
    UnreadableError,
    check_size,
)  # fmt: skip
from gallery.domain.comparison.conversion import NotConvertibleError, in_unit
from gallery.domain.comparison.fields import Array, Field, readable
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerance, Tolerances

LEAVES_AT_MOST = CELLS_AT_MOST // 8
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\b(?:nan|inf)\b", re.IGNORECASE)
NONFINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
SAFE = 2**53
MEASURED = frozenset({"value", "error", "uncertainty", "lower", "upper"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of JSON: its value, the key it stands under, and the unit stated beside it."""

    value: Any
    key: str
    unit: str | None = None


def compare_json(tally: Tally, published: bytes, found: bytes, tolerances: Tolerances) -> None:
    """Compare two JSON texts leaf by leaf into a tally; the order of keys does not matter.

    Raises:
        UnreadableError: one is no JSON.
        TooLargeError: one has more than is compared.
    """
    first, second = read_leaves(published), read_leaves(found)
    pairs: dict[Tolerance, list[tuple[str, Leaf, Leaf]]] = defaultdict(list)
    for path, leaf in first.items():
        if path in tolerances.ignore or leaf.key in tolerances.ignore:
            continue
        if path not in second:
            tally.blocks(f"The re-run has no {_shown(path)}")
            continue
        chosen = tolerances.columns.get(path, tolerances.columns.get(leaf.key, tolerances.default))
        pairs[chosen].append((path, leaf, second[path]))
    for tolerance, some in pairs.items():
        _compare_leaves(tally, tolerance, some)
    for path in [path for path in second if path not in first][:5]:
        _tell_extra(tally, path, first)


def _tell_extra(tally: Tally, path: str, published: dict[str, Leaf]) -> None:
    """A new key is a note; a list that became longer is other data."""
    if path.endswith("]") and any(_list_of(known) == _list_of(path) for known in published):
        tally.lacks(1, f"{_shown(path)} is in the re-run only")
    else:
        tally.note(f"{_shown(path)} is new in the re-run")


def _list_of(path: str) -> str:
    return path.rsplit("[", 1)[0] if path.endswith("]") else ""


def _shown(path: str) -> str:
    return readable(path) or "the value"


def read_leaves(data: bytes) -> dict[str, Leaf]:
    """Path → leaf, such as ``sources[0].flux``; empty lists and objects are leaves too.

    Raises:
        UnreadableError: it is no JSON.
        TooLargeError: it has more leaves than are compared.
    """
    check_size(len(data), TEXT_AT_MOST, "bytes")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is no JSON ({type(error).__name__})") from None
    return dict(_leaves(content))


def _leaves(content: Any) -> Iterator[tuple[str, Leaf]]:  # noqa: ANN401 -- any JSON
    waiting: list[tuple[str, str, Any, str | None]] = [("", "", content, None)]
    count = 0
    while waiting:
        path, key, value, unit = waiting.pop()
        if isinstance(value, dict) and value:
            stated = value.get("unit") if isinstance(value.get("unit"), str) else None
            for name, item in value.items():
                is_measured = stated is not None and name in MEASURED
                waiting.append((f"{path}.{name}" if path else name, name, item,
                                stated if is_measured else None))  # fmt: skip
        elif isinstance(value, list) and value:
            waiting += [(f"{path}[{i}]", key, item, unit) for i, item in enumerate(value)]
        else:
            count += 1
            check_size(count, LEAVES_AT_MOST, "values")
            yield path, Leaf(value, key, unit)


def _compare_leaves(
    tally: Tally, tolerance: Tolerance, pairs: list[tuple[str, Leaf, Leaf]]
) -> None:
    numbers = [item for item in pairs if _both_numbers(item[1].value, item[2].value)]
    chosen = {id(item) for item in numbers}
    if numbers:
        _compare_numbers(tally, tolerance, numbers)
    for item in pairs:
        if id(item) not in chosen:
            _compare_exactly(tally, *item)


def _both_numbers(one: object, other: object) -> bool:
    return _number(one) is not None and _number(other) is not None


def _number(value: object) -> float | int | None:
    if isinstance(value, str):
        return NONFINITE.get(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _compare_numbers(
    tally: Tally, tolerance: Tolerance, pairs: list[tuple[str, Leaf, Leaf]]
) -> None:
    first = _array([leaf.value for _path, leaf, _other in pairs])
    second, slack = _found(tally, pairs)
    # Whole numbers beyond 2^53 may share one double.
    equal = np.array([
        _number(leaf.value) == _number(other.value) and leaf.unit == other.unit
        for _path, leaf, other in pairs
    ])  # fmt: skip
    large = np.array([
        isinstance(leaf.value, int) and isinstance(other.value, int)
        and max(abs(leaf.value), abs(other.value)) > SAFE
        for _path, leaf, other in pairs
    ])  # fmt: skip
    second = np.where(large & ~equal & (first == second), np.nextafter(first, np.inf), second)
    tally.add(
        Field(
            _shown(pairs[0][0]) if len(pairs) == 1 else "value", first, second, tolerance,
            slack=slack, equal=equal, place=lambda index: _shown(pairs[index][0]),
        )
    )  # fmt: skip


def _array(values: list[Any]) -> Array:
    return np.array([_double(_number(value) or 0) for value in values], dtype=float)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond every double
        return math.copysign(math.inf, number)


def _found(tally: Tally, pairs: list[tuple[str, Leaf, Leaf]]) -> tuple[Array, Array]:
    second = _array([other.value for _path, _leaf, other in pairs])
    slack = np.zeros(second.size)
    for index, (path, leaf, other) in enumerate(pairs):
        if leaf.unit == other.unit:
            continue
        try:
            converted = in_unit(second[index : index + 1], other.unit or "", leaf.unit or "")
        except NotConvertibleError as error:
            tally.blocks(f"{_shown(path)}: {error}")
            continue
        second[index] = converted.values[0]
        slack[index] = np.ravel(converted.slack)[0]
        tally.note(f"{_shown(path)}: {converted.note}")
    return second, slack


def _compare_exactly(tally: Tally, path: str, one: Leaf, other: Leaf) -> None:
    if one.key == "unit" and isinstance(one.value, str) and isinstance(other.value, str):
        return  # the number beside it was converted, or says that it cannot be
    same = type(one.value) is type(other.value) and one.value == other.value
    first, second = np.array([_said(one.value)]), np.array([_said(other.value)])
    tally.add(Field(_shown(path), first, second, equal=np.array([same])))


def _said(value: object) -> str:
    return json.dumps(value)[:200]


def compare_texts(tally: Tally, published: bytes, found: bytes, tolerances: Tolerances) -> None:
    """Compare two texts: words exactly, numbers with the tolerance, white space not at all.

    Raises:
        UnreadableError: one is no text.
        TooLargeError: one is longer than is compared.
    """
    first, second = _text(published), _text(found)
    words, others = NUMBER.sub("\0", first).split(), NUMBER.sub("\0", second).split()
    if words != others:
        _tell_words(tally, words, others)
        return
    if first != second and first.split() == second.split():
        tally.note("white space or ends of lines are others")
    numbers, found_numbers = NUMBER.findall(first), NUMBER.findall(second)
    tally.add(_words_field())
    if numbers:
        check_size(len(numbers), CELLS_AT_MOST, "numbers")
        tally.add(_numbers_field(numbers, found_numbers, tolerances.default))


def _text(data: bytes) -> str:
    check_size(len(data), TEXT_AT_MOST, "bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise UnreadableError("it is no text in UTF-8") from None
    if "\0" in text:
        raise UnreadableError("it is no text: it holds zero bytes")
    return text


def _words_field() -> Field:
    """The words count as one value, and are equal where this is asked for."""
    same = np.array(["words"])
    return Field("the words", same, same)


def _tell_words(tally: Tally, words: list[str], others: list[str]) -> None:
    pairs = enumerate(zip(words, others, strict=False))
    first = next((i for i, pair in pairs if pair[0] != pair[1]), min(len(words), len(others)))
    before = " ".join(words[max(first - 3, 0) : first + 3]).replace("\0", "#")
    after = " ".join(others[max(first - 3, 0) : first + 3]).replace("\0", "#")
    tally.lacks(
        1, f"The wording differs from word {first + 1} on: published {readable(before)!r}, "
        f"found {readable(after)!r} (# stands for a number)"
    )  # fmt: skip


def _numbers_field(published: list[str], found: list[str], tolerance: Tolerance) -> Field:
    equal = np.array([one == other for one, other in zip(published, found, strict=True)])
    first, second = (np.array([float(item) for item in items]) for items in (published, found))
    same = equal | (first == second) & _short(published) & _short(found)
    second = np.where(~same & (first == second), np.nextafter(first, np.inf), second)
    return Field("number", first, second, tolerance, equal=same,
                 place=lambda index: f"number {index + 1}")  # fmt: skip


def _short(texts: list[str]) -> Array:
    """Where a number has so few digits that no other decimal shares its double."""
    return np.array([sum(item.isdigit() for item in text) <= 15 for text in texts])  # noqa: PLR2004 -- digits a double keeps
