"""Entries made for tests: notebooks from a few cells, and the folders around them."""

import json
from collections.abc import Mapping
from textwrap import dedent

CITATION = """
cff-version: 1.2.0
message: Please cite it.
title: A doubled number
abstract: It doubles a number, which is enough to see everything work.
version: "1.0"
license: BSD-3-Clause
authors:
  - given-names: Ada
    family-names: Lovelace
    orcid: https://orcid.org/0000-0002-1825-0097
keywords: [arithmetic]
references:
  - type: article
    title: On doubling
    doi: 10.1000/doubling
"""
PARAMETERS = """
energy = 20.0  # oda:Energy_keV ; oda:lower_limit 1 ; oda:upper_limit 500 ; oda:label "energy"
times = 2  # oda:Integer ; oda:lower_limit 1 ; oda:label "times"
"""
BODY = "product = energy * times\nprint('multiplied', energy)"
OUTPUTS = """
total = product  # oda:Float ; oda:unit unit:keV ; oda:label "total"
"""
PAPER = """
[paper]
slug = "lovelace-1843"
doi = "10.1000/doubling"
title = "On doubling"
authors = ["Lovelace, A."]
journal = "Notes 1, 1"
year = 1843

[[figure]]
slug = "doubled"
title = "Twice twenty"
kind = "number"
place = "Note G"
[[figure.value]]
output = "total"
label = "twice twenty"
published = 40.0
unit = "keV"
tolerance = { absolute = 0.5 }
reason = "it is exact"
source = "Note G"
"""


def cell(source: str, *tags: str, kind: str = "code") -> dict[str, object]:
    """One cell of a notebook."""
    made: dict[str, object] = {
        "cell_type": kind,
        "metadata": {"tags": list(tags)},
        "source": dedent(source).strip(),
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, object]) -> bytes:
    """A notebook of these cells."""
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    ).encode()


def simple_notebook(
    *, parameters: str = PARAMETERS, body: str = BODY, outputs: str = OUTPUTS
) -> bytes:
    """A notebook with a parameters cell, a body and an outputs cell."""
    return notebook(
        cell("# A doubled number", kind="markdown"),
        cell(parameters, "parameters"),
        cell(body),
        cell(outputs, "outputs"),
    )


def files(*, without: tuple[str, ...] = (), **changes: bytes | str) -> Mapping[str, bytes]:
    """The files of an entry without packages; ``paper_toml="…"`` replaces or adds paper.toml."""
    made: dict[str, bytes] = {
        "double.ipynb": simple_notebook(),
        "CITATION.cff": CITATION.encode(),
        "LICENSE": b"BSD-3-Clause",
        "README.md": b"# A doubled number\n",
        "requirements.lock": b"# nothing\n",
        "paper.toml": PAPER.encode(),
    }
    for name, content in changes.items():
        path = name.replace("_", ".")
        made[path] = content.encode() if isinstance(content, str) else content
    return {path: data for path, data in made.items() if path not in without}
