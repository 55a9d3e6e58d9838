"""Reads of the executor that more than one caller needs."""

import json
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from catalogue.domain.interface import Value
from executor.adapters import sandbox
from executor.domain.provenance import Facts
from executor.errors import UnknownProductError, UnknownRunError
from executor.models import Attempt, Output, Product, Run
from lib import digest

ISOLATIONS = {
    "bubblewrap": "Code of others runs in isolation, by bubblewrap.",
    "direct": "Code of others runs in isolation, by namespaces of Linux.",
}
SCALAR_AT_MOST = 1024 * 1024
NONFINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def runs() -> QuerySet[Run]:
    """All runs, newest first, with their versions and outputs at hand."""
    outputs = Prefetch("outputs", Output.objects.select_related("product"))
    # Logs may be long; the page that shows one reads that one.
    attempts = Prefetch("attempts", Attempt.objects.defer("log"))
    return Run.objects.select_related("version__workflow").prefetch_related(outputs, attempts)


def run_at(address: str) -> Run:
    """The run of this address.

    Raises:
        UnknownRunError: there is none.
    """
    known = runs().filter(address=address.lower()) if digest.is_digest(address) else None
    run = known.first() if known else None
    if run is None:
        raise UnknownRunError(
            f"No run has the address {address[:64]!r}. An address has 64 hexadecimal digits, and "
            "the form of a workflow makes one."
        )
    return run


def product_of(name: str) -> Product:
    """The product of this digest.

    Raises:
        UnknownProductError: there is none.
    """
    known = Product.objects.filter(digest=name.lower()) if digest.is_digest(name) else None
    product = known.first() if known else None
    if product is None:
        raise UnknownProductError(
            f"No product has the digest {name[:64]!r}: the page of a run lists its products."
        )
    return product


def output_named(run: Run, name: str, role: str = "output") -> Output | None:
    """One output of a run, or None; uses what ``runs()`` has at hand."""
    return next(
        (item for item in run.outputs.all() if (item.name, item.role) == (name, role)), None
    )


def scalar(output: Output) -> Value:
    """The value of an output that is a number, a text, or plain JSON.

    Raises:
        ValueError: a stranger's bytes are no JSON, or too long for a value.
    """
    if output.product.size > SCALAR_AT_MOST:
        raise ValueError(f"{output.name} is longer than {SCALAR_AT_MOST:,} bytes")
    if output.file.endswith(".txt"):
        return output.product.read().decode("utf-8", "replace")
    try:
        value: Any = json.loads(output.product.read())
    except RecursionError:
        raise ValueError(f"{output.name} is nested too deep") from None
    return NONFINITE.get(value, value) if isinstance(value, str) else value


def isolation_line() -> str:
    """A sentence on how code of others is isolated on this machine."""
    found = sandbox.isolation(settings.SANDBOX)
    return ISOLATIONS.get(found.name) or f"Code of others is not isolated here. {found.reason}"


def provenance(run: Run) -> Facts:
    """What is known of a run, for its provenance graph."""
    attempts = list(run.attempts.all())
    return Facts(
        base=settings.PUBLIC_URL,
        address=run.address,
        workflow=run.version.get_absolute_url(),
        version=run.version.digest,
        environment=run.environment,
        inputs=run.typed,
        data={file.name: file.sha256 for file in run.version.data},
        products={f"{item.name} ({item.role})": item.product_id for item in run.outputs.all()},
        started_at=run.started_at,
        ended_at=run.ended_at,
        environment_facts=attempts[-1].facts_json if attempts else {},
    )
