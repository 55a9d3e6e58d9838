"""Mutations of JSON, plain text and binary files."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mutation.case import BROKEN, EQUAL, EXACT, NEAR, NOT_SAME, OTHER, SAME, Case
from gallery.domain.comparison import Sample
from ontology.domain.kinds import ProductKind


def json_cases(name: str, content: dict[str, Any]) -> Iterator[Case]:
    """JSON with at least one list of numbers; ``content`` has the keys that are changed here."""
    published = _json(name, content)

    def made(kind: str, right: frozenset, edit: Callable[[dict[str, Any]], object]) -> Case:  # type: ignore[type-arg]
        changed = json.loads(json.dumps(content))
        edit(changed)
        return Case(kind, name, published, _json(name, changed), right)

    key = next(key for key, item in content.items() if isinstance(item, float))
    many = next(key for key, item in content.items() if isinstance(item, list))
    whole = next(key for key, item in content.items() if type(item) is int)
    text = next(key for key, item in content.items() if isinstance(item, str))
    yield Case(
        "keys in another order", name, published, _json(name, dict(reversed(content.items()))), SAME
    )
    yield Case(
        "indented",
        name,
        published,
        Sample(json.dumps(content, indent=3).encode(), f"{name}.json"),
        SAME,
    )
    yield made("20.0 instead of 20", SAME, lambda x: x.update({whole: float(x[whole])}))
    yield made("last-digit noise", NEAR, lambda x: x.update({key: x[key] * (1 + 3e-16)}))
    yield made("one number changed by 1 %", OTHER, lambda x: x.update({key: x[key] * 1.01}))
    yield made(
        "one number of a list changed by 1 %",
        OTHER,
        lambda x: x[many].__setitem__(1, x[many][1] * 1.01),
    )
    yield made("a list reversed", OTHER, lambda x: x[many].reverse())
    yield made("a list shorter", NOT_SAME, lambda x: x[many].pop())
    yield made("a list longer", NOT_SAME, lambda x: x[many].append(1.0))
    yield made("a whole number one larger", OTHER, lambda x: x.update({whole: x[whole] + 1}))
    yield made("a number as text", OTHER, lambda x: x.update({key: str(x[key])}))
    yield made("null instead of a number", OTHER, lambda x: x.update({key: None}))
    yield made("NaN instead of a number", OTHER, lambda x: x.update({key: "NaN"}))
    yield made("true instead of 1", OTHER, lambda x: x.update({key: True}))
    yield made("a key missing", NOT_SAME, lambda x: x.pop(key))
    yield made("a key more", SAME, lambda x: x.update({"another": 3}))
    yield made("another text", OTHER, lambda x: x.update({text: x[text] + "!"}))
    yield made("another sign", OTHER, lambda x: x.update({key: -x[key]}))
    stated = _json(name, {"rate": {"value": 12.0, "unit": "keV"}})
    for kind, value, unit, right in (
        ("unit swap, values converted", 0.012, "MeV", EQUAL),
        ("unit swap, values not converted", 12.0, "MeV", OTHER),
        ("unit that does not convert", 12.0, "s", NOT_SAME),
    ):
        yield Case(kind, name, stated, _json(name, {"rate": {"value": value, "unit": unit}}), right)
    cut = Sample(published.data[:-3], f"{name}.json")
    yield Case("truncated file", name, published, cut, BROKEN)
    yield Case("empty file", name, published, Sample(b"", f"{name}.json"), BROKEN)
    yield Case(
        "gzipped", name, published, Sample(gzip.compress(published.data), f"{name}.json.gz"), SAME
    )


def _json(name: str, content: dict[str, Any]) -> Sample:
    return Sample(json.dumps(content).encode(), f"{name}.json", kind=ProductKind.STRUCTURE)


def number_cases() -> Iterator[Case]:
    """A number that is a whole product."""
    for value, right, kind in (
        (2.093 * 1.01, OTHER, "one number changed by 1 %"),
        (2.0930000000000004, NEAR, "last-digit noise"),
        (-2.093, OTHER, "another sign"), (None, OTHER, "null instead of a number"),
    ):  # fmt: skip
        yield Case(kind, "a number", _number(2.093), _number(value), right)
    kind = "a whole number one larger, beyond doubles"
    yield Case(kind, "a number", _number(2**53), _number(2**53 + 1), OTHER, EXACT)


def _number(value: float | None) -> Sample:
    return Sample(json.dumps(value).encode(), "index.json", kind=ProductKind.NUMBER)


def text_cases(name: str, text: str) -> Iterator[Case]:
    """A text with words and numbers, among them 2.093."""
    published = _text(text)
    for kind, made, right in (
        ("ends of lines", text.replace("\n", "\r\n"), SAME),
        ("white space", text.replace(" ", "  ") + "\n\n", SAME),
        ("last-digit noise", text.replace("2.093", "2.0930000001"), NEAR),
        ("one number changed by 1 %", text.replace("2.093", "2.114"), OTHER),
        ("one word more", text.replace("photon", "photon photon", 1), NOT_SAME),
        ("another word", text.replace("photon", "proton", 1), NOT_SAME),
        ("another sign", text.replace("2.093", "-2.093"), OTHER),
        ("half the text", text[: len(text) // 2], NOT_SAME),
        ("lines in another order", "\n".join(reversed(text.split("\n"))), NOT_SAME),
    ):
        yield Case(kind, name, published, _text(made), right)
    yield Case(
        "other bytes",
        name,
        published,
        Sample(b"\xff\xfe\x00\x01", "x.txt", kind=ProductKind.TEXT),
        NOT_SAME,
    )


def _text(text: str) -> Sample:
    return Sample(text.encode(), "summary.txt", kind=ProductKind.TEXT)


def binary_cases(name: str, data: bytes) -> Iterator[Case]:
    """Bytes of no known format."""
    published = _binary(data)
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    for kind, made, right in (
        ("one bit", bytes(flipped), OTHER), ("truncated file", data[:-1], OTHER),
        ("a byte more", data + b"\0", OTHER), ("empty file", b"", BROKEN),
        ("gzipped", gzip.compress(data, mtime=1), SAME),
    ):  # fmt: skip
        yield Case(kind, name, published, _binary(made), right)
    packed = [
        _binary(gzip.compress(data, mtime=time, compresslevel=level))
        for time, level in ((1, 9), (2, 1))
    ]
    yield Case("gzipped at another time", name, packed[0], packed[1], SAME)


def _binary(data: bytes) -> Sample:
    return Sample(data, "model.bin", kind=ProductKind.BINARY)
