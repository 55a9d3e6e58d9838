"""Tables of terms: ours and, where their files are found, those of other vocabularies."""

from typing import ClassVar

from django.db import models


class Vocabulary(models.Model):
    """A vocabulary whose terms are loaded, stamped with the digest of what was loaded."""

    scheme = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    licence = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.title


class Term(models.Model):
    """A concept of a vocabulary.

    Attributes:
        name: what stands in addresses: ``Energy`` for ours, ``uat:2215`` for others.
        alternative_labels: list of synonyms.
        matches: list of ``{"relation": "exact" | "close", "iri": …}``.
        scheme: short name of its vocabulary; ``reprise`` for ours.
        words: name and all labels in lower case, for the search.
    """

    iri = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=150, unique=True)
    label = models.CharField(max_length=300)
    definition = models.TextField(blank=True)
    alternative_labels = models.JSONField(default=list, blank=True)
    matches = models.JSONField(default=list, blank=True)
    scheme = models.CharField(max_length=40, db_index=True)
    url = models.CharField(max_length=300)
    words = models.TextField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.label


class TermClosure(models.Model):
    """One line of the hierarchy: how far descendant stands below ancestor; 0 is the term itself."""

    ancestor = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="one_closure_a_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.descendant_id} is {self.depth} below {self.ancestor_id}"
