"""Rows and bytes for tests of publishing: one small finished run unless told otherwise."""

import json
from datetime import UTC, datetime
from typing import Any

import factory

from catalogue.domain.entry import version_digest
from catalogue.domain.interface import Interface, Output, Parameter
from catalogue.models import Version, VersionFile, Workflow
from executor.models import Attempt, Product, Run
from executor.models import Output as OutputRow
from lib import digest, store
from ontology.domain.kinds import ParameterKind, ProductKind

STARTED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
ENDED = datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)
NUMBER = b"12.5\n"
NOTEBOOK_NAME = "half.ipynb"
INTERFACE = Interface(
    parameters=(
        Parameter("energy", ParameterKind.FLOAT, 25.0, unit="keV", label="energy",
                  iri="http://odahub.io/ontology#Energy"),
        Parameter("band", ParameterKind.STRING, "hard"),
    ),
    outputs=(Output("half", ProductKind.NUMBER, unit="keV"),),
)  # fmt: skip
ABOUT = {
    "title": "Half of an energy",
    "abstract": "Halves an energy.",
    "licence": "BSD-3-Clause",
    "people": [
        {"given": "Vera", "family": "Rubin", "orcid": "https://orcid.org/0000-0002-1825-0097",
         "affiliation": "Carnegie Institution"},
        {"given": "", "family": "The Reprise developers", "orcid": "", "affiliation": ""},
    ],
    "keywords": ["energy", "halves"],
    "references": ["https://doi.org/10.1051/0004-6361/202037850"],
}  # fmt: skip


def notebook_bytes(*, code: str = "half = energy / 2") -> bytes:
    """A notebook that halves an energy."""
    cells = [("parameters", 'energy = 25.0\nband = "hard"'), ("", code), ("outputs", "half = half")]
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {},
            "cells": [
                {
                    "cell_type": "code",
                    "metadata": {"tags": [tag] if tag else []},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for tag, source in cells
            ],
        }
    ).encode()


class WorkflowFactory(factory.django.DjangoModelFactory[Workflow]):
    class Meta:
        model = Workflow

    slug = factory.Sequence(lambda number: f"half-{number}")
    source = "bundled:half"


class VersionFactory(factory.django.DjangoModelFactory[Version]):
    """A version; ``contents`` maps the paths of its files to their bytes."""

    class Meta:
        model = Version
        skip_postgeneration_save = True

    class Params:
        contents: dict[str, bytes] = {}

    workflow = factory.SubFactory(WorkflowFactory)
    number = 1
    source = "bundled:half"
    main = NOTEBOOK_NAME
    lock = ""
    title = "Half of an energy"
    about_json = factory.LazyFunction(lambda: dict(ABOUT))
    interface_json = factory.LazyFunction(INTERFACE.to_json)
    created_at = STARTED
    digest = factory.LazyAttribute(
        lambda made: version_digest({"x": digest.of_bytes(made.workflow.slug.encode())}, made.lock)
    )

    @factory.post_generation
    def files(made: Version, create: bool, given: dict[str, bytes] | None, **_more: Any) -> None:  # noqa: ARG002, FBT001, N805 -- the shape of factory_boy
        contents = {
            NOTEBOOK_NAME: notebook_bytes(),
            "paper.toml": b"[paper]\n",
            "LICENSE": b"BSD\n",
        }
        for path, data in (contents if given is None else given).items():
            add_file(made, path, data)


class RunFactory(factory.django.DjangoModelFactory[Run]):
    """A finished run with a number and the executed notebook."""

    class Meta:
        model = Run
        skip_postgeneration_save = True

    version = factory.SubFactory(VersionFactory)
    address = factory.Sequence(lambda number: digest.of_value({"run": number}))
    environment = digest.of_bytes(b"environment")
    values_json = factory.LazyFunction(lambda: {"energy": 25.0, "band": "hard"})
    typed_json = factory.LazyFunction(
        lambda: {"energy": {"type": "float", "value": 25.0, "unit": "keV"},
                 "band": {"type": "string", "value": "hard"}}
    )  # fmt: skip
    state = Run.States.FINISHED
    requested_at = STARTED
    started_at = STARTED
    ended_at = ENDED

    @factory.post_generation
    def products(made: Run, create: bool, given: Any, **_more: Any) -> None:  # noqa: ARG002, FBT001, N805 -- the shape of factory_boy
        if made.state != Run.States.FINISHED:
            return
        facts = {"python": "3.11.9", "packages": ["numpy==2.4.0"]}
        Attempt.objects.create(
            run=made, number=1, worker="here", outcome="finished", facts_json=facts
        )
        add_output(made, "half", "half.json", NUMBER, "application/json")
        add_output(
            made,
            "notebook",
            "executed.ipynb",
            notebook_bytes(),
            "application/x-ipynb+json",
            role="notebook",
        )


def add_file(version: Version, path: str, data: bytes) -> None:
    """Add a file to a version."""
    VersionFile.objects.create(version=version, path=path, digest=store.put(data), size=len(data))


def add_output(  # noqa: PLR0913 -- the columns of a row
    run: Run, name: str, file: str, data: bytes, media_type: str, *, role: str = "output"
) -> None:
    """Add a product to a run."""
    product, _new = Product.objects.get_or_create(
        digest=store.put(data), defaults={"media_type": media_type, "size": len(data)}
    )
    OutputRow.objects.create(run=run, name=name, role=role, file=file, product=product)
