"""What goes into crates, gathered from the rows, and the crates themselves."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from catalogue.domain.entry import DataFile
from catalogue.domain.normalise import typed_value
from catalogue.models import Version, VersionFile
from executor.actions.preparing import plain
from executor.domain.again import Answered, request_again
from executor.models import Output, Run, RunInput
from executor.queries import AT_ONCE, feeding, runs, scalar
from executor.runtime import CWL_RUNNER, RUNNER
from lib import store
from ontology.domain.kinds import ParameterKind
from publishing.adapters import crate_zip
from publishing.domain.chain import describe_chain
from publishing.domain.chain_facts import ChainFacts, Link, StepFacts
from publishing.domain.crate import describe
from publishing.domain.facts import (
    CrateFacts,
    DataFacts,
    ProductFacts,
    RunFacts,
    StoredFile,
    VersionFacts,
)
from publishing.domain.layout import RERUN as RERUN_PATH
from publishing.domain.layout import UnsafeNameError as UnsafeName
from publishing.domain.layout import is_cwl, runner_of
from publishing.domain.profiles import Crate
from publishing.domain.published import FILE as PAPER
from publishing.errors import LostBytesError, UnsafeNameError
from publishing.runtime import RERUN

DATA_BYTES_AT_MOST = 20_000_000
PRODUCT_BYTES_AT_MOST = 200_000_000  # of what is given and made on the way to what was asked for


def run_crate(run: Run) -> Iterator[bytes]:
    """The crate of a finished run as a zip, piece by piece.

    Raises:
        UnsafeNameError: a file has a name that has no place in a crate.
        LostBytesError: the store lacks bytes of it.
    """
    if run.inputs.exists():
        chain = chain_facts(run)
        return crate_zip.stream(described_chain(chain), chain.published)
    about = run.version.about
    facts = CrateFacts(
        service=settings.PUBLIC_URL,
        landing=f"{settings.PUBLIC_URL}{run.get_absolute_url()}",
        title=run.version.title,
        description=about.abstract,
        licence=about.licence,
        people=about.people,
        keywords=about.keywords,
        references=about.references,
        published=_ended(run),
        doi="",
        version=version_facts(run.version),
        runs=(run_facts(run),),
        tools=tools(run.version.main),
    )
    return crate_zip.stream(described(facts), facts.published)


def described(facts: CrateFacts) -> Crate:
    """A crate described, its names checked and all its bytes there; raises as ``run_crate``."""
    return _checked(partial(describe, facts))


def described_chain(facts: ChainFacts) -> Crate:
    """The crate of a composed run, as :func:`described`."""
    return _checked(partial(describe_chain, facts))


def _checked(make: Callable[[], Crate]) -> Crate:
    try:
        crate = make()
    except UnsafeName as error:
        raise UnsafeNameError(
            f"The file {str(error)[:100]!r} has a name that has no place in a crate."
        ) from None
    lost = store.missing(item.digest for item in crate.members if item.data is None)
    if lost:
        raise LostBytesError(f"The store lacks the bytes with the sha256 {lost[0]}: run it again.")
    return crate


def chain_facts(*chosen: Run) -> ChainFacts:
    """The facts of composed runs: themselves and all that feeds them.

    It takes a few questions for any number of runs. What comes last of ``steps`` is one of the
    chosen, and its request is the one of the facts; :func:`requests` gives those of the others.
    """
    steps = _ordered(chosen)
    run = steps[-1]
    about = run.version.about
    kept, given = _kept(chosen, steps)
    outputs = {(step.pk, item.name): item for step in steps for item in step.outputs.all()}
    versions = {step.version_id: version_facts(step.version) for step in _first_of(steps)}
    return ChainFacts(
        service=settings.PUBLIC_URL,
        landing=f"{settings.PUBLIC_URL}{run.get_absolute_url()}",
        keywords=about.keywords,
        references=about.references,
        published=_ended(run),
        request=request_again(run.address, _answered(steps)),
        steps=tuple(_step_facts(step, versions[step.version_id], outputs, kept) for step in steps),
        given=given,
        tools={path: data for step in steps for path, data in tools(step.version.main).items()},
    )


def requests(chosen: Iterable[Run], facts: ChainFacts) -> dict[str, Any]:
    """Address → request of the chosen runs besides the last, which the facts hold already."""
    nodes = facts.request["nodes"]
    return {
        run.address: {"nodes": nodes, "want": run.address}
        for run in chosen
        if run.address != facts.last.run.address
    }


def _answered(steps: Iterable[Run]) -> dict[str, Answered]:
    return {
        step.address: Answered(
            step.version.workflow.slug, step.version.number, step.typed, step.values_json,
            step.seed,
        )
        for step in steps
    }  # fmt: skip


def _ordered(chosen: Sequence[Run]) -> list[Run]:
    """Runs and all that feeds them, each after those that feed it."""
    rows: dict[int, Run] = {}
    pks = feeding(chosen[0]) if len(chosen) == 1 else _feeding_all(chosen)
    inputs = Prefetch(
        "inputs", RunInput.objects.select_related("product").prefetch_related("product__outputs")
    )
    known = runs().select_related("reused").prefetch_related(inputs, "reused__attempts")
    for start in range(0, len(pks), AT_ONCE):
        rows |= {row.pk: row for row in known.filter(pk__in=pks[start : start + AT_ONCE])}
    feeds = {
        pk: sorted({item.source_id for item in row.inputs.all() if item.source_id})
        for pk, row in sorted(rows.items(), key=lambda item: item[1].address)
    }
    return [rows[pk] for pk in TopologicalSorter(feeds).static_order()]


def _feeding_all(chosen: Sequence[Run]) -> list[int]:
    """Keys of runs and of all that feed them: a question for each step away from them."""
    found: set[int] = set()
    layer = {run.pk for run in chosen}
    while layer:
        found |= layer
        edges = RunInput.objects.filter(run__in=layer, source__isnull=False)
        layer = set(edges.values_list("source_id", flat=True)) - found
    return sorted(found)


def _first_of(steps: Iterable[Run]) -> Iterable[Run]:
    found: dict[int, Run] = {}
    for step in steps:
        found.setdefault(step.version_id, step)
    return found.values()


def _kept(chosen: Sequence[Run], steps: Sequence[Run]) -> tuple[frozenset[str], frozenset[str]]:
    """Digests of what is made, and of what is given, that go into the crate.

    What was asked for is always there. What it came from is there when the store has it, the
    small first, until there is enough of it.
    """
    asked = {run.pk for run in chosen}
    own = {item.product_id for step in steps if step.pk in asked for item in step.outputs.all()}
    made = {item.product for step in steps for item in step.outputs.all()}
    given = {item.product for step in steps for item in step.inputs.all() if item.product}
    lost = set(store.missing(sorted({item.digest for item in made | given} - own)))
    left, inside = PRODUCT_BYTES_AT_MOST, set(own)
    for item in sorted(made | given, key=lambda item: (item.size, item.digest)):
        if item.digest not in lost | own and item.size <= left:
            left -= item.size
            inside.add(item.digest)
    return frozenset(inside), frozenset(item.digest for item in given) & inside


def _step_facts(
    run: Run, version: VersionFacts, outputs: Mapping[tuple[int, str], Output],
    kept: frozenset[str],
) -> StepFacts:  # fmt: skip
    about = run.version.about
    links = tuple(_link(run, item, outputs) for item in run.inputs.all())
    linked = {item.name for item in links}
    facts = run_facts(run)
    ran = run_facts(run.reused) if run.reused and not facts.python else facts
    values = {name: plain(form) for name, form in run.typed.items() if name not in linked}
    return StepFacts(
        version=version,
        title=run.version.title,
        description=about.abstract,
        licence=about.licence,
        people=about.people,
        run=replace(facts, values=values, python=ran.python),
        links=links,
        kept=kept & {item.digest for item in facts.products},
        reused=run.reused.address if run.reused else "",
    )


def _link(run: Run, item: RunInput, outputs: Mapping[tuple[int, str], Output]) -> Link:
    parameter = run.interface.parameter(item.name)
    many = bool(parameter and parameter.many)
    if item.product:
        given = item.product
        made_as = next(iter(given.outputs.all()), None)
        file = given.file or (made_as.file if made_as else given.digest[:16])
        product = ProductFacts(
            item.name, "output", file, given.digest, given.size, given.media_type
        )
        return Link(item.name, item.position, many, "", "", product)
    made = outputs[(item.source_id or 0, item.output)]
    product = _product_facts(made)
    value = taken = None
    if parameter and parameter.kind is not ParameterKind.PRODUCT:
        declared = made.run.interface.output(made.name)
        taken = scalar(made)
        unit = declared.unit if declared else None
        value = typed_value(parameter, {"value": taken, "unit": unit} if unit else taken)["value"]
    return Link(item.name, item.position, many, made.run.address, made.name, product, value, taken)


def version_facts(version: Version) -> VersionFacts:
    """The facts of a version; one query for its files."""
    files = list(version.files.all())
    return VersionFacts(
        slug=version.workflow.slug,
        number=version.number,
        digest=version.digest,
        source=version.source,
        commit=version.commit,
        created=version.created_at,
        main=version.main,
        lock=version.lock,
        interface=version.interface,
        files=tuple(StoredFile(item.path, item.digest, item.size) for item in files),
        data=data_facts(version.data),
        paper=_paper(files),
    )


def _paper(files: Sequence[VersionFile]) -> str:
    """The text of its paper.toml; empty without one, or one that is no text."""
    found = next((item for item in files if item.path == PAPER), None)
    if found is None or not store.has(found.digest):
        return ""  # what is lost is told when the crate is packed
    return store.get(found.digest).decode("utf-8", "ignore")


def data_facts(files: Sequence[DataFile]) -> tuple[DataFacts, ...]:
    """The data files, all included when the store has them and they are small together."""
    sizes = [_size(file.sha256) for file in files]
    known = [size for size in sizes if size is not None]
    included = len(known) == len(files) and sum(known) <= DATA_BYTES_AT_MOST
    return tuple(
        DataFacts(file, size if size is not None else file.size, included)
        for file, size in zip(files, sizes, strict=True)
    )


def run_facts(run: Run) -> RunFacts:
    """The facts of a run; uses the outputs and attempts at hand."""
    ended = _ended(run)
    last = max(run.attempts.all(), key=lambda item: item.number, default=None)
    machine = last.facts_json if last else {}
    return RunFacts(
        address=run.address,
        values=run.values,
        seed=run.seed,
        started=run.started_at or ended,
        ended=ended,
        products=tuple(_product_facts(item) for item in run.outputs.all()),
        python=str(machine.get("python", "")),
        environment=run.environment,
    )


def _product_facts(item: Output) -> ProductFacts:
    product = item.product
    return ProductFacts(
        item.name, item.role, item.file, product.digest, product.size, product.media_type
    )


def tools(main: str) -> dict[str, bytes]:
    """The programs that a crate with this main file carries: path → bytes."""
    runner = CWL_RUNNER if is_cwl(main) else RUNNER
    return {RERUN_PATH: RERUN.read_bytes(), runner_of(main): runner.read_bytes()}


def _ended(run: Run) -> datetime:
    return run.ended_at or run.requested_at


def _size(name: str) -> int | None:
    """Bytes under a digest of the store; None when it has none."""
    try:
        with store.open_file(name) as handle:
            return handle.seek(0, os.SEEK_END)
    except FileNotFoundError:
        return None
