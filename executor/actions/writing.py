"""Writing what is missing of a plan: rows, edges, and whose turn it is."""

import secrets
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from executor.actions.needed import AT_ONCE, find_needed, rows_of
from executor.actions.plan import Plan, Planned
from executor.actions.quota import check_quota
from executor.actions.settle import settle, wake_workers
from executor.domain.asker import Asker
from executor.domain.priority import Priority, due_at
from executor.domain.states import OVER, State
from executor.errors import ProductEvictedError
from executor.models import Product, Run, RunInput
from executor.queries import evicted_sentence, run_that_made


@transaction.atomic
def write_plan(plan: Plan, asker: Asker, priority: Priority) -> None:
    """Have everything run that a plan needs and that has no answer; what is there stays.

    Raises:
        QueueFullError, QuotaError: it would be too much; nothing was written.
        ProductEvictedError: it is given a product whose bytes are not kept; nothing was written.
    """
    _Writer(plan, asker, priority).write()


class _Writer:
    def __init__(self, plan: Plan, asker: Asker, priority: Priority) -> None:
        self.plan, self.asker, self.priority = plan, asker, priority
        self.now = timezone.now()
        self.due = due_at(self.now, priority)
        self.token = secrets.token_hex(16)
        self.needed = find_needed(plan)

    def write(self) -> None:
        missing, over = self.needed.missing, self.needed.over
        if missing or over:
            check_quota(self.asker, len(missing) + len(over))
            _check_given(self.needed.given)
        self.create(missing)
        # Of several who ask at once, who made a row sends for it, and nobody else.
        made = [name for name in missing if self.needed.rows[name].token == self.token]
        again = self.queue_again(over)
        self.want_more()
        self.send([*made, *again])

    def create(self, missing: list[str]) -> None:
        nodes = [self.plan.nodes[address] for address in missing]
        Run.objects.bulk_create(map(self.row, nodes), ignore_conflicts=True, batch_size=AT_ONCE)
        rows = self.needed.rows
        rows |= rows_of(missing)
        rows |= rows_of(
            {item.run for node in nodes for item in node.sources if item.run} - set(rows)
        )
        edges = [edge for node in nodes for edge in self.edges(node)]
        RunInput.objects.bulk_create(edges, ignore_conflicts=True, batch_size=AT_ONCE)

    def row(self, node: Planned) -> Run:
        return Run(
            address=node.address, version=node.version, environment=node.environment,
            typed_json=node.typed, values_json=node.inputs.values,
            changed_json=list(node.inputs.changed), seed=node.seed, resolved=node.resolved,
            state=State.BLOCKED if node.sources else State.QUEUED,
            is_wanted=node.address == self.plan.want, asker=self.asker.name,
            priority=self.priority.value, due_at=self.due,
            requested_at=self.now, nudged_at=self.now, token=self.token,
        )  # fmt: skip

    def edges(self, node: Planned) -> Iterable[RunInput]:
        rows = self.needed.rows
        for source in node.sources:
            yield RunInput(
                run=rows[node.address], name=source.name, position=source.position,
                output=source.output, source=rows[source.run] if source.run else None,
                product_id=source.digest or None,
            )  # fmt: skip

    def queue_again(self, over: list[str]) -> list[str]:
        """Failed and cancelled runs once more, and finished ones whose bytes are gone.

        Returns the addresses of those that nobody else has queued meanwhile.
        """
        rows = [self.needed.rows[address] for address in over]
        evicted = [row.pk for row in rows if row.pk in self.needed.evicted]
        Run.objects.filter(pk__in=evicted, state=State.FINISHED).update(is_remade=True)
        fed = self.fed(over)
        ended = Q(state__in=OVER) | Q(state=State.FINISHED, is_remade=True)
        for state, chosen in (
            (State.BLOCKED, [row.pk for row in rows if row.address in fed]),
            (State.QUEUED, [row.pk for row in rows if row.address not in fed]),
        ):
            Run.objects.filter(ended, pk__in=chosen).update(
                token=self.token, state=state, stage="", error="", error_id="",
                cancel_asked=False, done=0,
                requested_at=self.now, nudged_at=self.now, ended_at=None, lease_until=None,
                try_after=None, asker=self.asker.name, priority=self.priority.value,
                due_at=self.due, reused=None,
            )  # fmt: skip
        if not over:
            return []
        mine = Run.objects.filter(address__in=over, token=self.token)
        return list(mine.values_list("address", flat=True))

    def want_more(self) -> None:
        """Who asks now wants an answer, whatever somebody else thought of a moment ago."""
        keys = [self.needed.rows[address].pk for address in self.needed.feeds]
        mine = Run.objects.filter(pk__in=keys)
        mine.filter(cancel_asked=True).update(cancel_asked=False)
        mine.filter(due_at__gt=self.due).update(due_at=self.due, priority=self.priority.value)
        Run.objects.filter(address=self.plan.want, is_wanted=False).update(is_wanted=True)

    def send(self, fresh: list[str]) -> None:
        fed = self.fed(fresh)
        wake_workers(len(fresh) - len(fed))
        # What a run feeds that is new here is settled when that run ends, which it cannot before
        # the commit. The others are settled after it, so that whatever ends meanwhile is seen by
        # us or sees us.
        new = set(fresh)
        alone = [address for address in fed if not new.intersection(self.needed.feeds[address])]
        keys = [self.needed.rows[address].pk for address in alone]
        if keys:
            transaction.on_commit(partial(settle, keys), robust=True)

    def fed(self, addresses: list[str]) -> set[str]:
        """Those of the runs that are given products."""
        nodes = self.plan.nodes
        found = {name for name in addresses if name in nodes and nodes[name].sources}
        strange = [self.needed.rows[name].pk for name in addresses if name not in nodes]
        edges = RunInput.objects.filter(run__in=strange)
        return found | set(edges.values_list("run__address", flat=True) if strange else ())


def _check_given(digests: set[str]) -> None:
    gone = Product.objects.filter(pk__in=digests, evicted_at__isnull=False).first()
    if gone is not None:
        sentence = evicted_sentence(gone, run_that_made(gone))
        raise ProductEvictedError(f"The product {gone.digest} is not kept. {sentence}")
