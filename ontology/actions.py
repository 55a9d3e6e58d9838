"""What changes the tables of terms."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from lib import digest
from ontology.adapters.vocabularies import VocabularySource
from ontology.domain import hierarchy, terms, vocabularies
from ontology.domain.namespaces import REPRISE
from ontology.domain.vocabularies import OURS, Concept
from ontology.models import Term, TermClosure, Vocabulary

FORM = 1  # part of every stamp: raise it when the rows made of the same file change
ROWS_AT_ONCE = 500
WEB = ("https://", "http://")
_FIELDS = ["name", "label", "definition", "alternative_labels", "matches", "scheme", "url", "words"]


@transaction.atomic
def load_vocabularies(extra: Sequence[VocabularySource] = ()) -> tuple[str, ...]:
    """Bring the tables in step with our ontology and with those extra vocabularies that are found.

    What is loaded already, by its digest, is left alone; a vocabulary whose file is not found keeps
    the terms it has.

    Returns:
        the schemes that were loaded anew.

    Raises:
        UnreadableVocabularyError: a file is not of the declared form.
    """
    stamps = dict(Vocabulary.objects.values_list("scheme", "digest"))
    loaded = []
    if stamps.get(OURS) != (stamp := _stamp(digest.of_file(terms.OURS))):
        _load(_our_source(), vocabularies.ours(), stamp)
        loaded.append(OURS)
    for source in extra:
        if stamps.get(source.scheme) == (stamp := _stamp(source.sha256)):
            continue
        concepts = source.concepts()
        if concepts is not None:
            _load(source, concepts, stamp)
            loaded.append(source.scheme)
    return tuple(loaded)


def _stamp(sha256: str) -> str:
    return digest.of_value([FORM, sha256])


def _our_source() -> VocabularySource:
    return VocabularySource(
        scheme=OURS,
        title="Reprise ontology",
        file=terms.OURS.name,
        sha256="",
        bytes=0,
        url=REPRISE,
        licence="CC0-1.0",
        namespace=REPRISE,
        format="turtle",
    )


def _load(source: VocabularySource, concepts: Iterable[Concept], stamp: str) -> None:
    rows = {concept.iri: _row(source, concept) for concept in concepts}
    Term.objects.bulk_create(
        rows.values(),
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["iri"],
        update_fields=_FIELDS,
    )
    keys = dict(Term.objects.filter(scheme=source.scheme).values_list("iri", "pk"))
    Term.objects.filter(pk__in=[key for iri, key in keys.items() if iri not in rows]).delete()
    _load_closure(source.scheme, {iri: keys[iri] for iri in rows}, concepts)
    values = {name: getattr(source, name) for name in ("title", "url", "licence")}
    Vocabulary.objects.update_or_create(scheme=source.scheme, defaults=values | {"digest": stamp})


def _load_closure(scheme: str, keys: dict[str, Any], concepts: Iterable[Concept]) -> None:
    TermClosure.objects.filter(descendant__scheme=scheme).delete()
    pairs = hierarchy.closure({concept.iri: concept.broader for concept in concepts})
    lines = (
        TermClosure(ancestor_id=keys[above], descendant_id=keys[below], depth=depth)
        for above, below, depth in pairs
    )
    TermClosure.objects.bulk_create(lines, batch_size=ROWS_AT_ONCE)


def _row(source: VocabularySource, concept: Concept) -> Term:
    local = vocabularies.name(concept.iri, source.namespace)
    name = local if source.scheme == OURS else f"{source.scheme}:{local}"
    words = [concept.label, local, *concept.alternative_labels]
    return Term(
        iri=concept.iri,
        name=name,
        label=concept.label,
        definition=concept.definition,
        alternative_labels=list(concept.alternative_labels),
        matches=[
            {"relation": match.relation, "iri": match.iri}
            for match in concept.matches
            if match.iri.startswith(WEB)  # pages make links of them
        ],
        scheme=source.scheme,
        url=concept.iri,
        words="".join(f"\n{word.lower()}" for word in words),
    )
