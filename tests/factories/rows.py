"""Rows made for tests, free of any surprising behaviour."""

import json

import factory

from catalogue.models import Version, Workflow
from executor.models import Attempt, Output, Product, Run
from gallery.models import Check, Figure, Paper
from lib import digest, store

INTERFACE = {
    "parameters": [
        {"name": "energy", "kind": "float", "default": 20.0, "unit": "keV", "minimum": 1.0,
         "maximum": 500.0, "label": "energy"},
    ],
    "outputs": [{"name": "total", "kind": "number", "unit": "keV", "label": "total"}],
}  # fmt: skip
ABOUT = {
    "title": "A doubled number", "abstract": "It doubles a number.", "version": "1.0",
    "licence": "BSD-3-Clause", "people": [{"given": "Ada", "family": "Lovelace"}],
}  # fmt: skip


class WorkflowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Workflow

    slug = factory.Sequence(lambda number: f"doubling-{number}")
    source = "folder:doubling"


class VersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Version

    workflow = factory.SubFactory(WorkflowFactory)
    number = factory.Sequence(lambda number: number + 1)
    digest = factory.Sequence(lambda number: digest.of_value(["version", number]))
    source = "folder:doubling"
    main = "double.ipynb"
    lock = ""
    title = "A doubled number"
    about_json = ABOUT
    interface_json = INTERFACE


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product
        django_get_or_create = ("digest",)

    class Params:
        data = b"40.0"

    digest = factory.LazyAttribute(lambda product: store.put(product.data))
    size = factory.LazyAttribute(lambda product: len(product.data))
    media_type = "application/json"


class RunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Run

    version = factory.SubFactory(VersionFactory)
    address = factory.Sequence(lambda number: digest.of_value(["run", number]))
    environment = "e" * 64
    typed_json = {"energy": {"type": "float", "unit": "keV", "value": 20.0}}
    values_json = {"energy": 20.0}
    state = Run.States.QUEUED


class AttemptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attempt

    run = factory.SubFactory(RunFactory)
    number = 1
    worker = "here"


class OutputFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Output

    run = factory.SubFactory(RunFactory, state=Run.States.FINISHED)
    name = "total"
    file = "total.json"
    product = factory.SubFactory(ProductFactory)


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paper

    slug = factory.Sequence(lambda number: f"lovelace-{number}")
    title = "On doubling"
    doi = "10.1000/doubling"
    authors_json = ["Lovelace, A."]
    journal = "Notes 1, 1"
    year = 1843


class FigureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Figure

    paper = factory.SubFactory(PaperFactory)
    version = factory.SubFactory(VersionFactory)
    slug = factory.Sequence(lambda number: f"doubled-{number}")
    title = "Twice twenty"
    kind = "number"
    values_json = [
        {"output": "total", "label": "twice twenty", "published": 40.0, "tolerance": "absolute",
         "allowed": 0.5, "unit": "keV"},
    ]  # fmt: skip


class CheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Check
        skip_postgeneration_save = True

    figure = factory.SubFactory(FigureFactory)
    run = factory.SubFactory(RunFactory, state=Run.States.FINISHED)
    verdict = Check.Verdicts.IDENTICAL
    sentence = "twice twenty: the same to every digit printed"

    @factory.post_generation
    def told(self, create, *_given, **_more):
        """The figure knows the verdict of its newest check, as after every judgement."""
        if create:
            Figure.objects.filter(pk=self.figure_id).update(verdict=self.verdict)


def finished_run(value: float = 40.0, **run: object) -> Run:
    """A finished run whose one output is a number."""
    made = RunFactory(state=Run.States.FINISHED, **run)
    product = ProductFactory(data=json.dumps(value).encode())
    OutputFactory(run=made, product=product)
    return made
