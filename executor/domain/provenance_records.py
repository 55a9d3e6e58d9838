"""Records of PROV, as plain values: elements, and relations between them (PROV-DM section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ENTITY, ACTIVITY, AGENT = "entity", "activity", "agent"


@dataclass(frozen=True, slots=True)
class Element:
    """An entity, activity or agent.

    Attributes:
        kind: which of the three.
        name: its IRI.
        about: prefixed property → plain value, or a tuple of them.
        types: prefixed types besides the kind.
        started_at, ended_at: for an activity.
    """

    kind: str
    name: str
    about: Mapping[str, Any]
    types: tuple[str, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One element in relation to another.

    Attributes:
        kind: as PROV calls it, ``used`` or ``wasDerivedFrom``.
        subject, object: IRIs, in the order of PROV-O.
        name: IRI of the qualified form; empty when there is nothing to qualify.
        role: in which role, in a word.
        role_id: IRI of that role.
        plan: IRI of the plan of an association.
        more: prefixed property → value of the qualified form.
    """

    kind: str
    subject: str
    object: str
    name: str = ""
    role: str = ""
    role_id: str = ""
    plan: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


class Records:
    """Records in the order they were told, each element once and each relation once."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.elements: dict[str, Element] = {}
        self.relations: dict[tuple[str, str, str, str], Relation] = {}

    def knows(self, name: str) -> bool:
        """Whether an element of this name was told."""
        return name in self.elements

    def element(
        self, kind: str, name: str, about: Mapping[str, Any], *, types: tuple[str, ...] = ()
    ) -> None:
        """Tell of an element; what is empty is left out."""
        self.add(Element(kind, name, about, types))

    def add(self, element: Element) -> None:
        """Tell of an element; of one that was told of before, what is new is added."""
        about = {name: value for name, value in element.about.items() if value not in (None, "")}
        old = self.elements.get(element.name)
        self.elements[element.name] = Element(
            element.kind, element.name, {**(old.about if old else {}), **about},
            tuple(dict.fromkeys((*(old.types if old else ()), *element.types))),
            element.started_at or (old.started_at if old else None),
            element.ended_at or (old.ended_at if old else None),
        )  # fmt: skip

    def relate(self, relation: Relation) -> None:
        """Tell of a relation."""
        key = (relation.kind, relation.subject, relation.object, relation.name)
        self.relations.setdefault(key, relation)
