"""Taking over the runs of a crate: what it says is worked out again before any of it is believed.

The address of every run is planned anew from its version and inputs, and every product has the
digest that was computed from its bytes. What nobody can check is whether the code gave those
bytes: so only an operator imports runs, and a run that was imported says for ever that it was
not run here (an Attempt by ``imported`` at ``crate``).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.domain.crate_taken import Adopted, StoredBytes, TakenCrate
from catalogue.models import Version
from executor.actions.plan import Plan, Planned, Versions, plan_request
from executor.actions.settle import tell_after_commit
from executor.adapters.environments import digest_of
from executor.domain.imported import (
    BadRecipeError,
    ImportedRun,
    MadeFile,
    plausible_environment,
    read_runs,
)
from executor.domain.manifest import media_type
from executor.domain.states import State
from executor.errors import AlteredRunError
from executor.models import Attempt, Output, Product, Run, RunInput
from lib.problem import ProblemError
from ontology.domain.kinds import ParameterKind

WORKER, SITE = "imported", "crate"
SHOWN = 3
ELSEWHERE = (
    "They ran with another Python or on another kind of machine than this service has: their "
    "addresses hold, and the same questions asked here are other ones, which run anew."
)
LOG = "It was not run here: it came with a crate, whose digests and address were checked.\n"


def on_crate_registered(crate: TakenCrate, **_more: Any) -> Adopted:
    """Take over the runs of a crate, within the transaction that registers it.

    Raises:
        AlteredRunError: a run is not what the crate says.
    """
    return _Import(crate).adopt()


class _Import:
    def __init__(self, crate: TakenCrate) -> None:
        self.crate = crate
        known = Version.objects.select_related("workflow").in_bulk(list(crate.versions.values()))
        self.versions = {name: known[pk] for name, pk in crate.versions.items()}
        self.now = timezone.now()

    def adopt(self) -> Adopted:
        drafts = [str(item) for item in self.versions.values() if item.is_draft]
        if drafts:
            return Adopted(note=f"Its runs were left out: {', '.join(drafts)[:200]} is a draft.")
        try:
            runs = {run.address: run for run in read_runs(self.crate.recipe)}
        except BadRecipeError as error:
            raise AlteredRunError(f"{error}.") from None
        lost = self.give(runs)
        if lost:
            return Adopted(note=f"Its runs were left out: the crate lacks {lost[:200]}.")
        environments = self.environments(runs)
        plans = list(self.plans(runs, environments))
        self.check(plans, set(runs))
        adopted = [
            address
            for plan in plans
            for address in plan.nodes
            if self.write(plan, plan.nodes[address], runs[address])
        ]
        own = all(digest_of(item.lock) == environments[item.pk] for item in self.versions.values())
        return Adopted(tuple(adopted), "" if own else ELSEWHERE)

    def give(self, runs: Mapping[str, ImportedRun]) -> str:
        """Make products of what was given by digest; returns the name of one that is not there."""
        stored = {item.digest: item for item in self.crate.files.values()}
        for run in runs.values():
            for digest, file in run.given.items():
                if digest not in stored and not Product.objects.filter(pk=digest).exists():
                    return file
                if digest in stored:
                    self.product(stored[digest], file, {"uploaded_by": SITE, "file": file})
        return ""

    def environments(self, runs: Mapping[str, ImportedRun]) -> dict[int, str]:
        found: dict[int, str] = {}
        for run in runs.values():
            version = self.version(run)
            told = run.environment or digest_of(version.lock)
            python = run.python or "3.11"
            if told != digest_of(version.lock) and not plausible_environment(
                told, version.lock, python
            ):
                raise AlteredRunError(
                    f"The run {run.address} is said to have run in the environment {told}, which "
                    "its lock does not give on any machine."
                )
            if found.setdefault(version.pk, told) != told:
                raise AlteredRunError(f"{version} is said to have run in two environments.")
        return found

    def version(self, run: ImportedRun) -> Version:
        if run.version not in self.versions:
            raise AlteredRunError(
                f"The run {run.address} is of a version that is not in the crate."
            )
        return self.versions[run.version]

    def plans(
        self, runs: Mapping[str, ImportedRun], environments: Mapping[int, str]
    ) -> Iterator[Plan]:
        """Plan the runs anew from their inputs."""
        named: dict[tuple[str, int | None], Version] = dict(self.versions.items())
        planned = partial(plan_request, versions=Versions(named=named), environments=environments)
        try:
            yield from (planned(content) for content in self.requests(runs))
        except ProblemError as error:
            raise AlteredRunError(
                f"The inputs of the crate are no request here: {error.detail}"
            ) from None

    def requests(self, runs: Mapping[str, ImportedRun]) -> Iterator[dict[str, Any]]:
        """The requests that lead to all the runs: of composed ones, those that feed nothing."""
        if not self.crate.request:
            yield from map(self.content, runs.values())
            return
        nodes = self.crate.request.get("nodes")
        fed = {source for run in runs.values() for source in run.fed_by}
        yield from ({"nodes": nodes, "want": address} for address in runs if address not in fed)

    @staticmethod
    def check(plans: Iterable[Plan], claimed: set[str]) -> None:
        """Every address must be the one that the inputs give, and none may be missing."""
        given = {address for plan in plans for address in plan.nodes}
        wrong = sorted(claimed ^ given)
        if wrong:
            raise AlteredRunError(
                f"The crate says that its runs have the addresses {_some(claimed)}, and its inputs "
                f"give {_some(given)}: {wrong[0]} is of one of both alone."
            )

    def content(self, run: ImportedRun) -> dict[str, Any]:
        slug, number = run.version
        given = {item.name for item in self.version(run).interface.parameters
                 if item.kind is ParameterKind.PRODUCT}  # fmt: skip
        values = {name: value for name, value in run.parameters.items() if name not in given}
        return {"workflow": slug, "version": number, "parameters": values, "seed": run.seed}

    def write(self, plan: Plan, node: Planned, told: ImportedRun) -> bool:
        """Write a run with what it gave; one that is there already stays as it is."""
        missing = {item.name for item in node.version.interface.outputs} - {
            item.name for item in told.made if item.role == "output"
        }
        if missing:
            raise AlteredRunError(
                f"The run {told.address} lacks {', '.join(sorted(missing))[:200]}."
            )
        run, created = Run.objects.get_or_create(
            address=node.address, defaults=self.columns(plan, node, told)
        )
        if not created:
            return False
        rows = dict(Run.objects.filter(address__in=[item.run for item in node.sources])
                    .values_list("address", "pk"))  # fmt: skip
        RunInput.objects.bulk_create(
            RunInput(run=run, name=item.name, position=item.position, output=item.output,
                     source_id=rows[item.run] if item.run else None,
                     product_id=item.digest or None)
            for item in node.sources
        )  # fmt: skip
        Output.objects.bulk_create(
            Output(run=run, name=item.name, role=item.role, file=item.file,
                   product=self.made(item, told))
            for item in told.made
        )  # fmt: skip
        Attempt.objects.create(
            run=run, number=1, worker=WORKER, site=SITE, outcome=State.FINISHED.value, log=LOG,
            started_at=told.started, ended_at=told.ended,
            facts_json={"python": told.python, "packages": []},
        )  # fmt: skip
        tell_after_commit(run.pk)
        return True

    def columns(self, plan: Plan, node: Planned, told: ImportedRun) -> dict[str, Any]:
        return {
            "version": node.version, "environment": node.environment, "typed_json": node.typed,
            "values_json": node.inputs.values, "changed_json": list(node.inputs.changed),
            "seed": node.seed, "resolved": node.resolved, "state": State.FINISHED,
            "is_wanted": node.address == plan.want, "requested_at": self.now,
            "started_at": told.started, "ended_at": told.ended,
        }  # fmt: skip

    def made(self, item: MadeFile, told: ImportedRun) -> Product:
        cost = {"cost_seconds": max(0.0, (told.ended - told.started).total_seconds())}
        stored = self.crate.files.get(item.path)
        if stored is None:  # large, or cleared away where the crate was made: made again when asked
            gone = {"size": item.size, "media_type": media_type(item.file), "evicted_at": self.now}
            return Product.objects.get_or_create(digest=item.sha256, defaults=gone | cost)[0]
        if stored.digest != item.sha256:
            raise AlteredRunError(
                f"{item.path} has not the sha256 {item.sha256} that the crate says it has."
            )
        return self.product(stored, item.file, cost)

    def product(self, stored: StoredBytes, file: str, more: Mapping[str, Any]) -> Product:
        with transaction.atomic():
            product, created = Product.objects.get_or_create(
                digest=stored.digest,
                defaults={"size": stored.size, "media_type": media_type(file),
                          "verified_at": self.now} | dict(more),
            )  # fmt: skip
        if not created and product.evicted_at:
            Product.objects.filter(pk=stored.digest).update(evicted_at=None, verified_at=self.now)
        return product


def _some(addresses: set[str]) -> str:
    shown = ", ".join(sorted(addresses)[:SHOWN])
    return f"{shown} and more" if len(addresses) > SHOWN else shown
