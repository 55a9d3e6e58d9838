"""Reads of the executor that more than one caller needs."""

import json
from collections.abc import Callable, Iterable
from graphlib import TopologicalSorter
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, QuerySet

from catalogue.domain.interface import Value
from catalogue.models import Version
from executor.adapters import sandbox, worker
from executor.domain.asker import Asker, pseudonym
from executor.domain.drawing import Drawn, DrawnEdge, DrawnNode, depths
from executor.domain.provenance import Code, Direction, Facts, Gave, Used, records
from executor.domain.provenance_records import Records
from executor.domain.states import State
from executor.errors import BadTokenError, InputFailedError, UnknownProductError, UnknownRunError
from executor.models import Account, Attempt, Output, Product, Run, RunInput
from lib import digest

ISOLATIONS = {
    "bubblewrap": "Code of others runs in isolation, by bubblewrap.",
    "direct": "Code of others runs in isolation, by namespaces of Linux.",
}
SCALAR_AT_MOST = 1024 * 1024
MEGABYTE = 1000 * 1000
PATH_AT_MOST = 100
AT_ONCE = 900  # rows asked for in one question
TOLD_AT_MOST = 5000  # runs in one answer on provenance
FEEDING = (  # the same words in SQLite and PostgreSQL
    "WITH RECURSIVE fed(id) AS (SELECT CAST(%s AS BIGINT) UNION "
    "SELECT edge.source_id FROM {table} edge JOIN fed ON edge.run_id = fed.id "
    "WHERE edge.source_id IS NOT NULL) SELECT id FROM fed"
)
LOOKED_BACK = 20  # runs whose durations say how long the next will take
NONFINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def runs() -> QuerySet[Run]:
    """All runs, newest first, with their versions, outputs and attempts at hand."""
    # Logs may be long; the page that shows one reads that one.
    return answers().prefetch_related(Prefetch("attempts", Attempt.objects.defer("log")))


def listed_runs() -> QuerySet[Run]:
    """The same without the trials of diagnoses, which nobody looks for."""
    hidden = Version.objects.filter(workflow__is_hidden=True).values("pk")
    return runs().exclude(version__in=hidden)


def answers() -> QuerySet[Run]:
    """All runs, newest first, with their versions and outputs at hand."""
    outputs = Prefetch("outputs", Output.objects.select_related("product"))
    return Run.objects.select_related("version__workflow").prefetch_related(outputs)


def run_at(address: str, among: QuerySet[Run] | None = None) -> Run:
    """The run of this address, with at hand what ``among`` has, or else ``runs()``.

    Raises:
        UnknownRunError: there is none.
    """
    found = runs() if among is None else among
    known = found.filter(address=address.lower()) if digest.is_digest(address) else None
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


def is_kept(product: Product) -> bool:
    """Whether the product's bytes are promised: not evicted, and not found damaged."""
    return product.evicted_at is None


def run_that_made(product: Product) -> Run | None:
    """The run to ask for a product again: the first that finished; None when no run makes it."""
    made = Run.objects.filter(outputs__product=product, outputs__role__in=("output", "plot"))
    known = made.select_related("version__workflow").order_by("pk")
    return known.filter(state=State.FINISHED).first() or known.first()


def upstream(pks: Iterable[int]) -> set[int]:
    """Keys of these runs and of all that feed them, near or far."""
    found = level = set(pks)
    while level:
        edges = RunInput.objects.filter(run__in=level).exclude(source=None)
        level = {pk for pk in edges.values_list("source", flat=True) if pk} - found
        found = found | level
    return found


def evicted_sentence(product: Product, run: Run | None) -> str:
    """What became of a product that is not kept, and what to do; ``run`` is what made it."""
    if run is None:
        return "Its bytes are not kept any more, and no run makes them: upload the file again."
    return (
        "Its bytes were cleared away to make room, and can be made again: "
        f"POST /api/products/{product.digest}/again/ asks for that, and the run is {run.address}."
    )


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


def asker_of(host: str, authorization: str = "") -> Asker:
    """Who asks, by their token or their network address.

    Args:
        host: the address that the request came from.
        authorization: the header of that name, ``Bearer <token>``; empty for anonymous.

    Raises:
        BadTokenError: nobody has this token.
    """
    kind, _space, token = authorization.partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return _account(token.strip())
    return Asker(
        name=pseudonym(host, settings.SECRET_KEY),
        concurrent=settings.ANONYMOUS_RUNS,
        cpu_seconds=settings.ANONYMOUS_CPU_MINUTES * 60,
        storage_bytes=settings.ANONYMOUS_STORAGE_MB * MEGABYTE,
        fan_out=settings.ANONYMOUS_LIST,
        pending=settings.ANONYMOUS_PENDING,
    )


def _account(token: str) -> Asker:
    found = Account.objects.filter(token_digest=digest.of_bytes(token.encode())).first()
    if found is None:
        raise BadTokenError("Nobody has this token: ask the operator for a new one.")
    return Asker(
        name=f"account:{found.name}",
        concurrent=found.concurrent,
        cpu_seconds=found.cpu_hours_a_day * 3600,
        storage_bytes=int(found.storage_gb * 1000 * MEGABYTE),
        fan_out=found.fan_out,
    )


def estimate_seconds(run: Run) -> float | None:
    """How long a run will take: the median of the last runs of its version; None without any."""
    return _median_seconds(Attempt.objects.filter(run__version=run.version_id))


def feeding(run: Run) -> list[int]:
    """Keys of a run and of all that feed it, near or far, in one question however long a chain."""
    table = RunInput._meta.db_table  # noqa: SLF001 -- Django documents it
    with connection.cursor() as cursor:
        cursor.execute(FEEDING.format(table=table), [run.pk])
        return [int(row[0]) for row in cursor.fetchall()]


def plan_of(run: Run) -> Drawn:
    """A run with all runs that feed it, as it can be drawn; a few questions for any number."""
    pks = feeding(run)
    parts = [pks[start : start + AT_ONCE] for start in range(0, len(pks), AT_ONCE)]
    edges = tuple(edge for part in parts for edge in _edges(part))
    rows = {row[0]: row for part in parts for row in Run.objects.filter(pk__in=part).values_list(
        "address", "version__workflow__slug", "version__number", "version__title", "state",
        "changed_json",
    )}  # fmt: skip
    sources: dict[str, list[str]] = {address: [] for address in rows}
    for edge in edges:
        sources[edge.target].append(edge.source)
    ordered = list(TopologicalSorter(sources).static_order())
    layers = depths(ordered, sources)
    nodes = tuple(
        DrawnNode(
            *rows[address][:5], known=rows[address][4] == State.FINISHED,
            changed=tuple(rows[address][5]), depth=layers[address],
        )
        for address in ordered
    )  # fmt: skip
    return Drawn(run.address, nodes, edges)


def _edges(pks: list[int]) -> Iterable[DrawnEdge]:
    found = RunInput.objects.filter(run__in=pks, source__isnull=False).order_by("pk")
    names = ("source__address", "output", "run__address", "name", "position")
    return (DrawnEdge(*row) for row in found.values_list(*names))


def estimates(drawn: Drawn) -> dict[str, float | None]:
    """Address → how long it will take, as ``estimate_seconds``, for every run of a plan."""
    versions = {(node.workflow, node.version) for node in drawn.nodes if not node.known}
    costs = {
        (slug, number): _median_seconds(
            Attempt.objects.filter(run__version__workflow__slug=slug, run__version__number=number)
        )
        for slug, number in versions
    }
    return {node.address: costs.get((node.workflow, node.version)) for node in drawn.nodes}


def _median_seconds(attempts: QuerySet[Attempt]) -> float | None:
    ended = attempts.filter(outcome=State.FINISHED).order_by("-pk")
    last = ended.values_list("started_at", "ended_at")[:LOOKED_BACK]
    took = [(end - start).total_seconds() for start, end in last if end]
    return median(took) if took else None


def places_in_queue() -> dict[int, int]:
    """Queued run → how many go before it, plus one; only the first thousand."""
    waiting = Run.objects.filter(state=State.QUEUED).order_by("due_at", "pk")
    return {pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True)[:1000], 1)}


def failed_path(run: Run) -> list[RunInput]:
    """From a run that lacked an input to the one that failed by itself, an input each step."""
    found: list[RunInput] = []
    while run.error_id == InputFailedError.id and len(found) < PATH_AT_MOST:
        over = run.inputs.filter(source__state__in=(State.FAILED, State.CANCELLED))
        edge = over.select_related("source__version__workflow").first()
        if edge is None or edge.source is None:
            break
        found.append(edge)
        run = edge.source
    return found


def isolation_line() -> str:
    """A sentence on how code of others is isolated on this machine."""
    found = sandbox.isolation(settings.SANDBOX)
    return ISOLATIONS.get(found.name) or f"Code of others is not isolated here. {found.reason}"


def provenance_of_run(run: Run, direction: Direction, depth: int | None = None) -> Records:
    """The provenance of a run: what it came from, what came from it, or both.

    Args:
        run: the run.
        direction: which way to walk.
        depth: steps to walk; None for all.
    """
    return _told(Walk(direction, depth).from_runs([run.pk]))


def provenance_of_product(
    product: Product, direction: Direction, depth: int | None = None
) -> Records:
    """The provenance of a product; as above, from every run that gave or was given these bytes."""
    walk = Walk(direction, depth)
    made = Output.objects.filter(product=product).values_list("run", "role", "name")
    given = RunInput.objects.filter(product=product).values_list("run", flat=True)
    outputs = {(run, name) for run, role, name in made if role == "output"}
    start = [run for run, _role, _name in made]
    return _told(walk.from_runs(start, only=outputs, fed=set(given)), (product.digest,))


class Walk:
    """A walk over runs that feed each other; two questions a layer, whatever its width.

    Attributes:
        found: keys of the runs on the way, in the order they were met.
        left_out: a sentence on what was not reached; empty when all was.
    """

    def __init__(self, direction: Direction, depth: int | None) -> None:
        self.found: dict[int, None] = {}
        self.left_out = ""
        self._direction, self._depth = direction, depth

    def from_runs(
        self, start: Iterable[int], *, only: set[tuple[int, str]] | None = None,
        fed: Iterable[int] = (),
    ) -> "Walk":  # fmt: skip
        """Walk from some runs; returns itself.

        Args:
            start: keys of the runs.
            only: forward from these outputs of them alone, as (run, output); None for all.
            fed: runs that are fed by the start otherwise.
        """
        first = dict.fromkeys(start)
        self.found |= first
        if self._direction is not Direction.FORWARD:
            self._layers(first, _sources)
        if self._direction is not Direction.BACK:
            after = _fed(first, only) | set(fed)
            self._layers(sorted(after), _fed, met=True)
        return self

    def _layers(
        self, start: Iterable[int], step: Callable[[Iterable[int]], set[int]], *, met: bool = False
    ) -> None:
        level, walked = list(start), int(met)
        seen = set(level)
        if met and self._depth == 0:
            return self._stop(level)
        self.found |= dict.fromkeys(level)
        while level:
            fresh = sorted(step(level) - seen)
            if fresh and (walked == self._depth or len(self.found) + len(fresh) > TOLD_AT_MOST):
                return self._stop(fresh)
            self.found |= dict.fromkeys(fresh)
            seen |= set(fresh)
            level, walked = fresh, walked + 1
        return None

    def _stop(self, runs: Iterable[int]) -> None:
        if list(runs):
            self.left_out = "There is more: ask for a greater depth, or from one of these runs."


def _sources(pks: Iterable[int]) -> set[int]:
    """Runs that feed these, and those whose answers these took."""
    edges = _in_parts(
        pks, lambda part: RunInput.objects.filter(run__in=part).values_list("source", flat=True)
    )
    twins = _in_parts(
        pks, lambda part: Run.objects.filter(pk__in=part).values_list("reused", flat=True)
    )
    return {pk for pk in (*edges, *twins) if pk}


def _fed(pks: Iterable[int], only: set[tuple[int, str]] | None = None) -> set[int]:
    """Runs that these feed, and those that took their answers."""
    edges = _in_parts(
        pks,
        lambda part: RunInput.objects.filter(source__in=part).values_list(
            "source", "output", "run"
        ),
    )
    twins = _in_parts(
        pks, lambda part: Run.objects.filter(reused__in=part).values_list("pk", flat=True)
    )
    return {run for source, name, run in edges if only is None or (source, name) in only} | set(
        twins
    )


def _in_parts(pks: Iterable[Any], ask: Callable[[list[Any]], Iterable[Any]]) -> list[Any]:
    known = list(pks)
    return [
        row
        for start in range(0, len(known), AT_ONCE)
        for row in ask(known[start : start + AT_ONCE])
    ]


def _told(walk: Walk, digests: tuple[str, ...] = ()) -> Records:
    attempts = Prefetch("attempts", Attempt.objects.defer("log"))
    inputs = Prefetch("inputs", RunInput.objects.select_related("source"))
    outputs = Prefetch("outputs", Output.objects.select_related("product"))
    full = Run.objects.select_related("version__workflow", "reused")
    known: list[Run] = _in_parts(
        walk.found,
        lambda part: full.filter(pk__in=part).prefetch_related(attempts, inputs, outputs),
    )
    gave = _given(known)
    given = {item.product_id for run in known for item in run.inputs.all() if item.product_id}
    told = _in_parts([*given, *digests], lambda part: Product.objects.filter(pk__in=part))
    uploaded = {item.digest: (item.media_type, item.size, item.file) for item in told}
    codes: dict[int, Code] = {}
    facts = [_facts(run, gave, codes) for run in sorted(known, key=lambda run: run.address)]
    return records(settings.PUBLIC_URL, facts, uploaded, left_out=walk.left_out)


def _given(known: Iterable[Run]) -> dict[tuple[int, str], str]:
    """(run, output) → digest, for all runs that feed these."""
    sources = {item.source_id for run in known for item in run.inputs.all() if item.source_id}
    rows = _in_parts(
        sorted(sources),
        lambda part: Output.objects.filter(run__in=part, role="output").values_list(
            "run", "name", "product"
        ),
    )
    return {(run, name): product for run, name, product in rows}


def _facts(run: Run, gave: dict[tuple[int, str], str], codes: dict[int, Code]) -> Facts:
    last = max(run.attempts.all(), key=lambda item: item.number, default=None)
    facts = last.facts_json if last else {}
    return Facts(
        address=run.address,
        code=codes.setdefault(run.version_id, _code(run)),
        environment=run.environment,
        inputs={name: form for name, form in run.typed.items() if form.get("type") != "product"},
        seed=run.seed,
        used=tuple(_used(item, gave) for item in run.inputs.all()),
        gave=tuple(
            Gave(item.name, item.role, item.product_id, item.product.media_type, item.product.size)
            for item in run.outputs.all()
        ),
        reused=run.reused.address if run.reused else "",
        asker=run.asker,
        state=run.state,
        started_at=run.started_at,
        ended_at=run.ended_at,
        site=last.site if last else "",
        node=(str(facts.get("node") or last.worker.partition("/")[0]) if last else ""),
        machine=facts,
    )


def _used(item: RunInput, gave: dict[tuple[int, str], str]) -> Used:
    if item.source is None:
        return Used(item.name, item.position, "", "", item.product_id or "")
    known = gave.get((item.source.pk, item.output), "")
    return Used(item.name, item.position, item.source.address, item.output, known)


def _code(run: Run) -> Code:
    version = run.version
    return Code(
        path=version.get_absolute_url(),
        digest=version.digest,
        title=version.title,
        source=version.source,
        commit=version.commit,
        lock=digest.of_bytes(version.lock.encode()),
        people=tuple((person.name, person.orcid) for person in version.about.people),
        data=tuple((file.name, file.sha256, file.url) for file in version.data),
    )


def worker_name() -> str:
    """The name of this process as a worker, for apps that hold rows of their own."""
    return worker.name()


def worker_is_gone(name: str) -> bool:
    """Whether a worker was a process that this one could see, and is no more."""
    return worker.is_gone(name)
