"""The runs that a release is made of: by figure, addresses, version or production."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.queries import version_of
from executor.models import Run
from executor.queries import run_at, runs
from lib import highlights
from lib.problem import ProblemError
from publishing.domain.drafting import RUNS_AT_MOST, addresses_in
from publishing.errors import BadReleaseRequestError, DraftError

SOURCES = ("figure", "runs", "version", "production", "run")
NAME_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """Runs, and what they were chosen by."""

    made_from: str
    runs: tuple[Run, ...]


def chosen_by(content: Mapping[str, Any]) -> Chosen:
    """The runs of what a request names; exactly one of figure, runs, version, production, run.

    Raises:
        BadReleaseRequestError: it names none, or several, or nothing that there is.
    """
    named = [name for name in SOURCES if content.get(name) not in (None, "", [])]
    if len(named) != 1:
        raise _bad("draft", f"Name one of {', '.join(SOURCES)}.")
    (name,) = named
    found = FINDERS[name](content[name])
    if not found:
        raise _bad(name, "There is no run behind it yet: ask for its run, then release it.")
    return Chosen(name, found)


def runs_at(addresses: Collection[str], path: str = "runs") -> tuple[Run, ...]:
    """The runs at these addresses, in their order.

    Raises:
        DraftError: there is none at one of them.
    """
    known = {run.address: run for run in runs().filter(address__in=list(addresses))}
    lost = [address for address in addresses if address not in known]
    if lost:
        told = f"No run has the address {lost[0]}: the page of a run has it."
        raise DraftError(f"{told} Nothing was saved.", errors={path: told})
    return tuple(known[address] for address in addresses)


def _figure(given: Any) -> tuple[Run, ...]:  # noqa: ANN401 -- any JSON
    found = highlights.runs_behind("figure", _name("figure", given))
    if found is None:
        raise _bad("figure", "There is no such figure: /api/figures/ lists what there is.")
    return runs_at(found, "figure")


def _runs(given: Any) -> tuple[Run, ...]:  # noqa: ANN401 -- any JSON
    addresses = addresses_in([given] if isinstance(given, str) else given)
    if addresses is None:
        raise _bad("runs", f"Send a list of addresses of runs, {RUNS_AT_MOST} at most.")
    return runs_at(addresses)


def _run(given: Any) -> tuple[Run, ...]:  # noqa: ANN401 -- any JSON
    return (run_at(_name("run", given)),)


def _version(given: Any) -> tuple[Run, ...]:  # noqa: ANN401 -- any JSON
    """The runs behind the version's figures, else its finished run with the author's values."""
    name = _name("version", given)
    slug, _slash, number = name.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 -- as numbers are
        raise _bad("version", "Write it as workflow/number, such as crab-spectrum/2.")
    try:
        version = version_of(slug, int(number))
    except ProblemError as error:
        raise _bad("version", error.detail) from None
    behind = highlights.runs_behind("version", name) or []
    if behind:
        return runs_at(behind[:RUNS_AT_MOST], "version")
    default = runs().filter(version=version, state=Run.States.FINISHED, changed_json=[], seed=0)
    return tuple(default.order_by("pk")[:1])


def _production(given: Any) -> tuple[Run, ...]:  # noqa: ANN401 -- any JSON
    """A set of runs of one version: their addresses, with the version beside them if one likes."""
    content = given if isinstance(given, Mapping) else {"runs": given}
    chosen = _runs(content.get("runs"))
    told = {(run.version.workflow.slug, run.version.number) for run in chosen}
    wanted = (content.get("workflow"), content.get("version"))
    if len(told) > 1:
        raise _bad("production", "A production is of one version, and these runs are of several.")
    if any(wanted) and chosen and wanted not in list(told):  # any JSON, so not in a set
        raise _bad("production", "Its runs are of another version than it names.")
    return chosen


def _name(field: str, given: Any) -> str:  # noqa: ANN401 -- any JSON
    if not isinstance(given, str) or not given.isprintable() or len(given) > NAME_AT_MOST:
        raise _bad(field, "This is no name.")
    return given.strip()


def _bad(field: str, sentence: str) -> BadReleaseRequestError:
    return BadReleaseRequestError(f"{field}: {sentence}", errors={field: sentence})


FINDERS = {
    "figure": _figure, "runs": _runs, "version": _version, "production": _production, "run": _run,
}  # fmt: skip
