"""Staged drifts: pairs of small entries of which the second is different, and what made it so.

The one output of an entry is a sum over its packages, data files, modules and parameters. What
makes it different adds 1, ten times what the paper allows; what is harmless adds nothing, or less
than the paper allows.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalogue.domain.entry import Entry
from lib import digest

ALLOWED = 0.1
VERSIONS = {"1.0": "0", "1.1": "0", "3.0": "0", "1.2": "0.01", "2.0": "1", "1.0.1": "1",
            "6.6": "int.from_bytes(__import__('os').urandom(3), 'big') + 1"}  # fmt: skip
"""Version of every staged package → what it adds: 2.0 and 1.0.1 matter, 6.6 is never the same."""
PLAIN = "total = sum([*used, *read, *made, *asked])"
Wheel = Callable[[Path, str, str, str], str]
"""Writes a wheel of a name and version whose module is a text; returns its line of a lock."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two entries.

    Attributes:
        packages: name → version.
        data: name → text of a data file, a number with perhaps a remark.
        modules: name → text of a number, in a module of that name.
        defaults: name → author's value of a parameter.
        figure: parameters that the paper's figure asks for.
        seed: of the figure.
        body: what computes ``total`` of ``used``, ``read``, ``made`` and ``asked``.
        summed: names of the packages that are summed; all of them unless given.
        more: further files.
        shift: added to what the paper is said to state.
        main: name of the notebook.
    """

    packages: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, float] = field(default_factory=lambda: {"gain": 2.0, "shift": 3.0})
    figure: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    body: str = PLAIN
    summed: tuple[str, ...] | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    shift: float = 0.0
    main: str = "sum.ipynb"


@dataclass(frozen=True, slots=True)
class Drift:
    """A staged drift.

    Attributes:
        name: what was staged, in words.
        before: the entry whose re-run agrees with the paper.
        after: the one that is different.
        cause: keys of the changes that make the difference.
    """

    name: str
    before: Side
    after: Side
    cause: frozenset[str]


def drifts() -> list[Drift]:
    """All staged drifts, in a fixed order."""
    return [
        *_packages(), *_came_and_went(), *_together(), *_data(), *_code(), *_parameters(),
        *_seeds(), *_chance(), *_across(), *_statement(), *_hard(),
    ]  # fmt: skip


def entry(side: Side, name: str, published: float, lock: str) -> Entry:
    """The entry of one side."""
    texts = {
        side.main: _notebook(side),
        "paper.toml": _paper(side, name, published),
        "requirements.lock": lock,
        "CITATION.cff": f"cff-version: 1.2.0\nmessage: Cite it.\ntitle: {name}\n"
        "license: BSD-3-Clause\nauthors:\n  - family-names: Lovelace\n",
        "LICENSE": "BSD-3-Clause",
        **{f"{module}.py": f"value = {text}\n" for module, text in side.modules.items()},
        **side.more,
    }
    if side.data:
        texts["data.toml"] = "".join(_registered(*item) for item in side.data.items())
    return Entry({path: text.encode() for path, text in texts.items()})


def published(drift: Drift) -> float:
    """What the paper prints: the sum of the first entry."""
    side = drift.before
    asked = {**side.defaults, **side.figure}
    total = sum(float(VERSIONS[version]) for version in side.packages.values())
    total += sum(
        float(text.split("#")[0]) for text in (*side.data.values(), *side.modules.values())
    )
    total += sum(asked.values())
    return total + (random.Random(side.seed).random() * 10 if "random.random" in side.body else 0.0)  # noqa: S311 -- no secret


def lock(side: Side, folder: Path, wheel: Wheel) -> str:
    """The lock of one side, its wheels written into a folder."""
    pinned = [
        wheel(folder, name, version, f"value = {VERSIONS[version]}\nversion = {version!r}\n")
        for name, version in sorted(side.packages.items())
    ]
    return "".join(pinned) or "# nothing\n"


def _notebook(side: Side) -> str:
    parameters = "\n".join(
        f'{name} = {value!r}  # oda:Float ; oda:label "{name}"'
        for name, value in side.defaults.items()
    )
    summed = sorted(side.packages) if side.summed is None else list(side.summed)
    data, modules = sorted(side.data), sorted(side.modules)
    body = [
        "import importlib, math, random, time, os",
        f"used = [importlib.import_module(name).value for name in {summed!r}]",
        f"read = [float(open(f'data/{{name}}').read().split('#')[0]) for name in {data!r}]",
        f"made = [importlib.import_module(name).value for name in {modules!r}]",
        f"asked = [{', '.join(side.defaults)}]",
        side.body,
    ]
    cells = [
        _cell(parameters, "parameters"), _cell("\n".join(body)),
        _cell('total = float(total)  # oda:Float ; oda:label "total"', "outputs"),
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def _cell(source: str, *tags: str) -> dict[str, object]:
    return {
        "cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def _paper(side: Side, name: str, published: float) -> str:
    asked = ", ".join(f"{key} = {value!r}" for key, value in side.figure.items())
    return (
        f'[paper]\nslug = "{name}"\ndoi = "10.1000/{name}"\ntitle = "On a sum"\n'
        f'authors = ["Lovelace, A."]\nyear = 1843\n\n[[figure]]\nslug = "{name}"\n'
        f'title = "A sum"\nkind = "number"\nparameters = {{ {asked} }}\nseed = {side.seed}\n'
        f'[[figure.value]]\noutput = "total"\nlabel = "sum"\n'
        f"published = {published + side.shift!r}\ntolerance = {{ absolute = {ALLOWED} }}\n"
    )


def _registered(name: str, text: str) -> str:
    sha = digest.of_bytes(text.encode())
    return (
        f'[[file]]\nname = "{name}"\nsha256 = "{sha}"\nbytes = {len(text)}\n'
        f'url = "https://data.example.org/{sha[:8]}/{name}"\n\n'
    )


def _names(number: int) -> list[str]:
    return [f"staged{place:02}" for place in range(number)]


def _side(**more: object) -> Side:
    """A side with something of everything."""
    usual: dict[str, object] = {
        "packages": dict.fromkeys(_names(3), "1.0"),
        "data": {"events.txt": "5.0", "response.txt": "7.0"},
        "modules": {"geometry": "11.0", "spectra": "13.0"},
    }
    return Side(**usual | more)  # type: ignore[arg-type]


def _packages() -> list[Drift]:
    """One of n changed packages matters; the others took a larger, a smaller or the same step."""
    found = []
    for number, place, bad in (
        (1, 0, "2.0"), (1, 0, "1.0.1"), (2, 1, "2.0"), (3, 0, "1.0.1"), (4, 2, "2.0"),
        (6, 5, "1.0.1"), (8, 3, "2.0"), (12, 11, "1.0.1"), (16, 7, "2.0"), (30, 17, "1.0.1"),
    ):  # fmt: skip
        names = _names(number)
        harmless = dict(zip(names, ("1.1", "3.0", "1.2") * number, strict=False))
        before = _side(packages=dict.fromkeys(names, "1.0"))
        after = replace(before, packages=harmless | {names[place]: bad})
        title = f"package {place + 1} of {number} changed ones, to {bad}"
        found.append(Drift(title, before, after, frozenset({f"environment:{names[place]}"})))
    noisy = replace(
        _side(packages=dict.fromkeys(_names(4), "1.1")),
        data={"events.txt": "5.0 # again", "response.txt": "7.0"},
        modules={"geometry": "11.0 # again", "spectra": "13.0"},
    )
    after = replace(noisy, packages={**noisy.packages, "staged01": "2.0"})
    before = _side(packages=dict.fromkeys(_names(4), "1.0"))
    cause = frozenset({"environment:staged01"})
    return [*found, Drift("a package among changes of everything", before, after, cause)]


def _came_and_went() -> list[Drift]:
    """A package that is there or not, as optional accelerators are."""
    asks = f"{PLAIN}\ntry:\n    import extra\n    total += 1\nexcept ImportError:\n    pass"
    misses = f"{PLAIN}\ntry:\n    import extra\nexcept ImportError:\n    total += 1"
    without = _side(body=asks, summed=tuple(_names(3)))
    has = replace(without, body=misses, packages={**without.packages, "extra": "1.0"})
    newer = dict.fromkeys(_names(3), "1.1")
    cause = frozenset({"environment:extra"})
    return [
        Drift(
            "a package came", without, replace(without, packages=newer | {"extra": "1.0"}), cause
        ),
        Drift("a package went", has, replace(has, packages=newer), cause),
    ]


def _together() -> list[Drift]:
    """Two packages: both needed for the difference, or each enough for it."""
    both = "total = sum([*read, *made, *asked]) + (used[0] and used[1])"
    found = []
    for number in (2, 4, 9):
        names = _names(number)
        before = _side(packages=dict.fromkeys(names, "1.0"), body=both)
        harmless = dict.fromkeys(names, "1.1")
        cause = frozenset({"environment:staged00", "environment:staged01"})
        after = replace(before, packages=harmless | {"staged00": "2.0", "staged01": "2.0"})
        found.append(Drift(f"two of {number} packages, only together", before, after, cause))
    for number, (one, other) in ((2, (0, 1)), (5, (1, 4)), (12, (0, 11))):
        names = _names(number)
        before = _side(packages=dict.fromkeys(names, "1.0"))
        harmless = dict.fromkeys(names, "1.1")
        after = replace(before, packages=harmless | {names[one]: "2.0", names[other]: "1.0.1"})
        cause = frozenset({f"environment:{names[one]}", f"environment:{names[other]}"})
        found.append(Drift(f"two of {number} packages, each for itself", before, after, cause))
    return found


def _data() -> list[Drift]:
    """One of n changed data files matters."""
    found = []
    for number, place in ((1, 0), (2, 1), (3, 0), (5, 4), (9, 6)):
        names = [f"events{index}.txt" for index in range(number)]
        before = _side(data={name: f"{index}.5" for index, name in enumerate(names)})
        harmless = {name: f"{text} # reprocessed" for name, text in before.data.items()}
        after = replace(before, data=harmless | {names[place]: f"{place + 1}.5"})
        title = f"data file {place + 1} of {number} changed ones"
        found.append(Drift(title, before, after, frozenset({f"data:{names[place]}"})))
    before = _side()
    after = replace(before, data={"events.txt": "6.0", "response.txt": "7.0"},
                    packages=dict.fromkeys(_names(3), "1.1"))  # fmt: skip
    found.append(Drift("a data file, with packages", before, after, frozenset({"data:events.txt"})))
    return found


def _code() -> list[Drift]:
    """A module, the notebook, or both together."""
    before = _side()
    quiet = {"geometry": "11.0 # tidied", "spectra": "13.0 # tidied"}
    many = {f"part{index}": "1.0" for index in range(10)}
    wide = _side(modules=many)
    tidied = dict.fromkeys(many, "1.0 # tidied")
    renamed = replace(before, main="total.ipynb", body=f"{PLAIN} + 1")
    return [
        Drift("one module", before, replace(before, modules={**before.modules, "spectra": "14.0"}),
              frozenset({"code:spectra.py"})),
        Drift("one of two changed modules", before,
              replace(before, modules=quiet | {"geometry": "12.0"}),
              frozenset({"code:geometry.py"})),
        Drift("one of ten changed modules", wide, replace(wide, modules=tidied | {"part7": "2.0"}),
              frozenset({"code:part7.py"})),
        Drift("the notebook", before, replace(before, body=f"{PLAIN} + 1"),
              frozenset({"code:sum.ipynb"})),
        Drift("the notebook, with modules, data and packages", before,
              replace(before, body=f"{PLAIN} + 1", modules=quiet,
                      data={"events.txt": "5.0 # again", "response.txt": "7.0"},
                      packages=dict.fromkeys(_names(3), "1.1")),
              frozenset({"code:sum.ipynb"})),
        Drift("the notebook, under another name", before, renamed,
              frozenset({"code:total.ipynb"})),
        Drift("two modules, each for itself", before,
              replace(before, modules={"geometry": "12.0", "spectra": "14.0"}),
              frozenset({"code:geometry.py", "code:spectra.py"})),
        Drift("a module and the notebook that needs it", before,
              replace(before, modules={**before.modules, "spectra": "13.0; scale = 1"},
                      body=f"import spectra\n{PLAIN} + spectra.scale"),
              frozenset({"code:sum.ipynb"})),
    ]  # fmt: skip


def _parameters() -> list[Drift]:
    """The author's value, or what the figure asks for."""
    before = _side()
    asked = replace(before, figure={"gain": 2.5, "shift": 3.0})
    busy: dict[str, Any] = {"packages": dict.fromkeys(_names(3), "3.0"),
            "modules": {"geometry": "11.0 # tidied", "spectra": "13.0"}}  # fmt: skip
    gain, shift = frozenset({"parameter:gain"}), frozenset({"parameter:shift"})
    return [
        Drift("an author's value", before,
              replace(before, defaults={"gain": 3.0, "shift": 3.0}), gain),
        Drift("one of two authors' values", before,
              replace(before, defaults={"gain": 2.05, "shift": 4.0}), shift),
        Drift("an author's value, with packages and code", before,
              replace(before, defaults={"gain": 3.0, "shift": 3.0}, **busy), gain),
        Drift("what the figure asks for", asked,
              replace(asked, figure={"gain": 3.5, "shift": 3.0}), gain),
        Drift("what the figure asks for, with packages", asked,
              replace(asked, figure={"gain": 2.5, "shift": 4.0}, **busy), shift),
        Drift("two parameters, each for itself", asked,
              replace(asked, figure={"gain": 3.5, "shift": 4.0}), gain | shift),
    ]  # fmt: skip


def _seeds() -> list[Drift]:
    """The seed of random numbers."""
    before = _side(body=f"{PLAIN} + 10 * random.random()", seed=1)
    tidied = {"geometry": "11.0 # tidied", "spectra": "13.0"}
    cause = frozenset({"seed:seed"})
    return [
        Drift("the seed", before, replace(before, seed=2), cause),
        Drift("the seed, with packages", before,
              replace(before, seed=3, packages=dict.fromkeys(_names(3), "1.1")), cause),
        Drift("the seed, with code", before, replace(before, seed=4, modules=tidied), cause),
    ]  # fmt: skip


def _chance() -> list[Drift]:
    """Nothing but that the run differs from itself, with changes that do not matter."""
    before = _side()
    cause = frozenset({"chance:total"})
    luck = "int.from_bytes(os.urandom(3), 'big') + 1"
    return [
        Drift("random numbers without a seed", before,
              replace(before, body=f"{PLAIN} + {luck}"), cause),
        Drift("the clock", before,
              replace(before, body=f"{PLAIN} + time.time_ns() % 10**9 + 1"), cause),
        Drift("random numbers, with packages and data", before,
              replace(before, body=f"{PLAIN} + {luck}", packages=dict.fromkeys(_names(3), "1.1"),
                      data={"events.txt": "5.0 # again", "response.txt": "7.0"}), cause),
        Drift("random numbers in a package", before,
              replace(before, packages={**before.packages, "staged01": "6.6"}), cause),
        Drift("random numbers in a module", before,
              replace(before, modules={**before.modules,
                                       "spectra": f"14.0; import os; value += {luck}"}), cause),
    ]  # fmt: skip


def _across() -> list[Drift]:
    """Changes of two kinds: each for itself, or only together."""
    before = _side()
    data = {"events.txt": "6.0", "response.txt": "7.0 # again"}
    code = {"geometry": "12.0", "spectra": "13.0 # tidied"}
    package = {**before.packages, "staged02": "2.0", "staged00": "1.1"}
    joint = replace(before, body="total = sum([*made, *asked, 12.0]) + ((read[0] > 5) and used[2])")
    kinds = replace(before, body="total = sum([*read, *made, 5.0]) + ((gain > 2) and used[2])")
    return [
        Drift("a data file and a module", before, replace(before, data=data, modules=code),
              frozenset({"data:events.txt", "code:geometry.py"})),
        Drift("a package and a data file", before, replace(before, data=data, packages=package),
              frozenset({"environment:staged02", "data:events.txt"})),
        Drift("a package and a module", before, replace(before, modules=code, packages=package),
              frozenset({"environment:staged02", "code:geometry.py"})),
        Drift("a module and a parameter", before,
              replace(before, modules=code, defaults={"gain": 3.0, "shift": 3.0}),
              frozenset({"code:geometry.py", "parameter:gain"})),
        Drift("a package, a data file and a module", before,
              replace(before, data=data, modules=code, packages=package),
              frozenset({"environment:staged02", "data:events.txt", "code:geometry.py"})),
        Drift("a data file and a package, only together", joint,
              replace(joint, data=data, packages=package),
              frozenset({"data:events.txt", "environment:staged02"})),
        Drift("a parameter and a package, only together", kinds,
              replace(kinds, defaults={"gain": 2.5, "shift": 3.0}, packages=package),
              frozenset({"parameter:gain", "environment:staged02"})),
    ]  # fmt: skip


def _statement() -> list[Drift]:
    """What the paper is said to state."""
    before = _side()
    cause = frozenset({"statement:published values"})
    return [
        Drift("the published value", before, replace(before, shift=1.0), cause),
        Drift("the published value, with packages", before,
              replace(before, shift=1.0, packages=dict.fromkeys(_names(3), "1.1")), cause),
    ]  # fmt: skip


def _hard() -> list[Drift]:
    """Noise below the tolerance, trials that fail, and chance that gives the same twice."""
    noise = "int.from_bytes(os.urandom(2), 'big') * 1e-7"
    noisy = _side(body=f"{PLAIN} + {noise}")
    needs = f"{PLAIN}\nassert (used[0] >= 1) == (used[1] >= 0.01), 'they do not fit'"
    fitting = _side(packages=dict.fromkeys(_names(5), "1.0"), body=needs)
    module = "13.0 if __import__('staged00').version != '2.0' else 14.0"
    asking = _side(body="total = sum([*read, *made, *asked])")
    newer = dict.fromkeys(_names(5), "1.1")
    return [
        Drift("a package under noise that is within tolerance", noisy,
              replace(noisy, packages={**noisy.packages, "staged01": "2.0"}),
              frozenset({"environment:staged01"})),
        Drift("a data file under noise that is within tolerance", noisy,
              replace(noisy, data={"events.txt": "6.0", "response.txt": "7.0 # again"}),
              frozenset({"data:events.txt"})),
        Drift("two packages that do not run without each other", fitting,
              replace(fitting, packages=newer | {"staged00": "2.0", "staged01": "1.2"}),
              frozenset({"environment:staged00", "environment:staged01"})),
        Drift("a module that asks for the version of a package", asking,
              replace(asking, modules={**asking.modules, "spectra": module},
                      packages={**asking.packages, "staged00": "2.0"}),
              frozenset({"environment:staged00", "code:spectra.py"})),
        Drift("a coin", _side(), replace(_side(), body=f"{PLAIN} + 1 + os.urandom(1)[0] % 2"),
              frozenset({"chance:total"})),
        Drift("a die, with packages", _side(),
              replace(_side(), body=f"{PLAIN} + 1 + os.urandom(1)[0] % 6",
                      packages=dict.fromkeys(_names(3), "1.1")),
              frozenset({"chance:total"})),
    ]  # fmt: skip
