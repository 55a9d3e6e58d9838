"""What of a plan has no answer yet: from the run asked for up to what is known."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Prefetch, prefetch_related_objects

from executor.actions.plan import Plan, Planned
from executor.domain.states import OVER, State
from executor.models import Output, Product, Run, RunInput

AT_ONCE = 400  # rows asked for in one question
Item = TypeVar("Item")


@dataclass(slots=True)
class Needed:
    """The runs without an answer that a plan leads to.

    A run that somebody else asked for is no node of the plan, but may have failed, or lost its
    bytes, and so may what feeds it: those are found by their rows.

    Attributes:
        rows: address → row, of every run that was looked at and is there.
        evicted: keys of finished runs of which some product's bytes are gone.
        feeds: address of each run without an answer → addresses of the runs that feed it.
        given: digests of the products that are given to them by digest.
    """

    rows: dict[str, Run] = field(default_factory=dict)
    evicted: set[int] = field(default_factory=set)
    feeds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        """Addresses without a row."""
        return [address for address in self.feeds if address not in self.rows]

    @property
    def over(self) -> list[str]:
        """Addresses whose run has ended without an answer that is kept."""
        known = (self.rows[address] for address in self.feeds if address in self.rows)
        return [row.address for row in known if row.state in OVER or row.pk in self.evicted]

    def is_answered(self, address: str) -> bool:
        """Whether a run has finished and all that it gave is still kept."""
        row = self.rows.get(address)
        return row is not None and row.state == State.FINISHED and row.pk not in self.evicted


def find_needed(plan: Plan) -> Needed:
    """Walk from the run that is asked for upwards, and stop at every answer."""
    found = Needed()
    _look_up(found, plan.nodes)
    level = [plan.want]
    while level:
        _look_up(found, [address for address in level if address not in plan.nodes])
        open_now = [address for address in level if not found.is_answered(address)]
        found.feeds |= _feeding(found, plan.nodes, open_now)
        sources = (source for address in open_now for source in found.feeds[address])
        level = [source for source in dict.fromkeys(sources) if source not in found.feeds]
    return found


def rows_of(addresses: Iterable[str]) -> dict[str, Run]:
    """The runs at these addresses, as far as there are any: address, state and key alone."""
    found: dict[str, Run] = {}
    for some in _portions(list(addresses)):
        known = Run.objects.filter(address__in=some).only("address", "state", "token")
        found |= {run.address: run for run in known}
    return found


def is_kept(run: Run) -> bool:
    """Whether all that a run gave is still kept; its outputs are at hand from then on."""
    prefetch_related_objects([run], Prefetch("outputs", Output.objects.select_related("product")))
    return all(output.product.evicted_at is None for output in run.outputs.all())


def _look_up(found: Needed, addresses: Collection[str]) -> None:
    fresh = rows_of(address for address in addresses if address not in found.rows)
    found.rows |= fresh
    found.evicted |= _with_evicted(fresh.values())


def _with_evicted(rows: Iterable[Run]) -> set[int]:
    finished = [row.pk for row in rows if row.state == State.FINISHED]
    if not finished or not Product.objects.filter(evicted_at__isnull=False).exists():
        return set()
    lost: set[int] = set()
    for some in _portions(finished):
        gone = Output.objects.filter(run__in=some, product__evicted_at__isnull=False)
        lost |= set(gone.values_list("run_id", flat=True))
    return lost


def _feeding(
    found: Needed, nodes: Mapping[str, Planned], addresses: list[str]
) -> dict[str, tuple[str, ...]]:
    feeds: dict[str, tuple[str, ...]] = {}
    for address in addresses:
        sources = nodes[address].sources if address in nodes else ()
        feeds[address] = tuple(source.run for source in sources if source.run)
        found.given |= {source.digest for source in sources if source.digest}
    strange = [address for address in addresses if address not in nodes]
    for some in _portions(strange):
        edges = RunInput.objects.filter(run__address__in=some)
        for run, source, given in edges.values_list(
            "run__address", "source__address", "product_id"
        ):
            feeds[run] += (source,) if source else ()
            found.given |= {given} if given else set()
    return feeds


def _portions(items: list[Item]) -> Iterable[list[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
