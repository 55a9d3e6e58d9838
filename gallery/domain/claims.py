"""Claims: what a figure says of a whole published product."""

from dataclasses import asdict, dataclass, field
from typing import Any

from gallery.domain.comparison.tolerance import Tolerance, Tolerances


@dataclass(frozen=True, slots=True)
class Claim:
    """A published product, and how near the re-run's must come.

    Attributes:
        output: name of the output that should give it.
        label: what it is, for people.
        file: name of the published file in the entry, or of its ``data.toml``.
        digest: sha256 of the published bytes, by which the store has them.
        tolerances: how far the re-run may be off.
        source: where in the paper it stands.
        doi: DOI of the product, where it has one.
        given: whether the workflow reads it in instead of computing it.
    """

    output: str
    label: str
    file: str
    digest: str
    tolerances: Tolerances = field(default_factory=Tolerances)
    source: str = ""
    doi: str = ""
    given: bool = False

    def to_json(self) -> dict[str, Any]:
        """The claim as plain JSON values."""
        return asdict(self)


def claim_from_json(content: dict[str, Any]) -> Claim:
    """The claim that ``Claim.to_json`` gave."""
    form = dict(content["tolerances"])
    default = Tolerance(**form.pop("default"))
    columns = {name: Tolerance(**item) for name, item in form.pop("columns").items()}
    for name in ("keys", "ignore"):
        form[name] = tuple(form[name])
    return Claim(**content | {"tolerances": Tolerances(default=default, columns=columns, **form)})
