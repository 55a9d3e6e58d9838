"""What goes into crates, gathered from the rows, and the crates themselves."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from graphlib import TopologicalSorter

from django.conf import settings
from django.db.models import Prefetch

from catalogue.domain.entry import DataFile
from catalogue.domain.normalise import typed_value
from catalogue.models import Version
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
from publishing.domain.crate import Crate, describe
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
from publishing.errors import LostBytesError, UnsafeNameError
from publishing.models import Release
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
        return crate_zip.stream(_checked(partial(describe_chain, chain)), chain.published)
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


def release_crate(release: Release, doi: str) -> Iterator[bytes]:
    """The crate of a frozen release as a zip with its DOI inside; raises as ``run_crate``."""
    chosen = list(runs().filter(releases=release).order_by("address"))
    version, moment = chosen[0].version, release.frozen_at or release.created_at
    facts = CrateFacts(
        service=settings.PUBLIC_URL,
        landing=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
        title=release.title,
        description=release.description,
        licence=release.licence,
        people=release.people,
        keywords=version.about.keywords,
        references=version.about.references,
        published=moment.replace(microsecond=0),
        doi=doi,
        version=version_facts(version),
        runs=tuple(run_facts(run) for run in chosen),
        tools=tools(version.main),
    )
    return crate_zip.stream(described(facts), facts.published)


def described(facts: CrateFacts) -> Crate:
    """A crate described, its names checked and all its bytes there; raises as ``run_crate``."""
    return _checked(partial(describe, facts))


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


def chain_facts(run: Run) -> ChainFacts:
    """The facts of a composed run: itself and all that feeds it; a few questions for any number."""
    steps = _ordered(run)
    about = run.version.about
    kept, given = _kept(run, steps)
    outputs = {(step.pk, item.name): item for step in steps for item in step.outputs.all()}
    versions = {step.version_id: version_facts(step.version) for step in _first_of(steps)}
    answered = {
        step.address: Answered(
            step.version.workflow.slug, step.version.number, step.typed, step.values_json,
            step.seed,
        )
        for step in steps
    }  # fmt: skip
    return ChainFacts(
        service=settings.PUBLIC_URL,
        landing=f"{settings.PUBLIC_URL}{run.get_absolute_url()}",
        keywords=about.keywords,
        references=about.references,
        published=_ended(run),
        request=request_again(run.address, answered),
        steps=tuple(_step_facts(step, versions[step.version_id], outputs, kept) for step in steps),
        given=given,
        tools={path: data for step in steps for path, data in tools(step.version.main).items()},
    )


def _ordered(run: Run) -> list[Run]:
    """A run and all that feeds it, each after those that feed it."""
    rows: dict[int, Run] = {}
    pks = feeding(run)
    inputs = Prefetch(
        "inputs", RunInput.objects.select_related("product").prefetch_related("product__outputs")
    )
    chosen = runs().select_related("reused").prefetch_related(inputs, "reused__attempts")
    for start in range(0, len(pks), AT_ONCE):
        rows |= {row.pk: row for row in chosen.filter(pk__in=pks[start : start + AT_ONCE])}
    feeds = {
        pk: sorted({item.source_id for item in row.inputs.all() if item.source_id})
        for pk, row in sorted(rows.items(), key=lambda item: item[1].address)
    }
    return [rows[pk] for pk in TopologicalSorter(feeds).static_order()]


def _first_of(steps: Iterable[Run]) -> Iterable[Run]:
    found: dict[int, Run] = {}
    for step in steps:
        found.setdefault(step.version_id, step)
    return found.values()


def _kept(run: Run, steps: Sequence[Run]) -> tuple[frozenset[str], frozenset[str]]:
    """Digests of what is made, and of what is given, that go into the crate.

    What was asked for is always there. What it came from is there when the store has it, the
    small first, until there is enough of it.
    """
    own = {item.product_id for item in run.outputs.all()}
    made = {item.product for step in steps for item in step.outputs.all()}
    given = {item.product for step in steps for item in step.inputs.all() if item.product}
    lost = set(store.missing(sorted({item.digest for item in made | given} - own)))
    left, chosen = PRODUCT_BYTES_AT_MOST, set(own)
    for item in sorted(made | given, key=lambda item: (item.size, item.digest)):
        if item.digest not in lost | own and item.size <= left:
            left -= item.size
            chosen.add(item.digest)
    return frozenset(chosen), frozenset(item.digest for item in given) & chosen


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
        files=tuple(StoredFile(item.path, item.digest, item.size) for item in version.files.all()),
        data=data_facts(version.data),
    )


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
