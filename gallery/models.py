"""Tables of the gallery: Paper → Figure → Check."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from catalogue.models import Version
from executor.models import Product, Run
from gallery.domain.paper import Published, value_from_json
from gallery.domain.verdict import Verdict


class Paper(models.Model):
    """A published paper."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=400)
    doi = models.CharField(max_length=200)
    bibcode = models.CharField(max_length=40, blank=True)
    arxiv = models.CharField(max_length=40, blank=True)
    authors_json = models.JSONField(default=list)
    journal = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    stated_by = models.CharField(
        max_length=100, blank=True, help_text="Who stated it: entry:<workflow>, account:<name> …"
    )

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the paper."""
        return f"/papers/{self.slug}"

    @property
    def short(self) -> str:
        """Author and year, as one cites it in a sentence."""
        names = [str(name).split(",")[0] for name in self.authors_json]
        who = names[0] if names else "Anonymous"
        more = {0: "", 1: "", 2: f" & {names[-1]}" if len(names) > 1 else ""}
        return f"{who}{more.get(len(names), ' et al.')} {self.year or ''}".strip()


class Figure(models.Model):
    """A figure, table or number of a paper, tied to a request that gives it again."""

    slug = models.SlugField(max_length=80, unique=True)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="figures")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="figures")
    run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="figures"
    )
    title = models.CharField(max_length=300)
    caption = models.TextField(blank=True)
    kind = models.CharField(max_length=10)
    place = models.CharField(max_length=200, blank=True)
    picture = models.CharField(max_length=200, blank=True)
    parameters_json = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    values_json = models.JSONField(default=list)
    products_json = models.JSONField(default=list, help_text="Published products, as claims.")
    published_picture = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The picture as the paper printed it, where its licence lets it be shown.",
    )  # fmt: skip
    picture_licence = models.CharField(
        max_length=200, blank=True, help_text="Of the published picture."
    )
    stated_by = models.CharField(
        max_length=100, blank=True, help_text="Who stated it, as of papers."
    )
    doi = models.CharField(max_length=200, blank=True, help_text="Of the figure itself.")
    source = models.CharField(max_length=100, blank=True, help_text="The astronomical source.")
    ra = models.FloatField(null=True, blank=True, help_text="ICRS right ascension, degrees.")
    dec = models.FloatField(null=True, blank=True, help_text="ICRS declination, degrees.")
    verdict = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="Of the newest check; empty before."
    )
    created_at = models.DateTimeField(default=timezone.now)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["paper__slug", "order", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the figure."""
        return f"/figures/{self.slug}"

    @property
    def values(self) -> tuple[Published, ...]:
        """The published values."""
        return tuple(value_from_json(item) for item in self.values_json)

    @property
    def last_check(self) -> "Check | None":
        """The newest check; uses what ``gallery.queries.figures`` has at hand."""
        at_hand: list[Check] | None = self.__dict__.get("newest_checks")
        checks = list(self.checks.all()) if at_hand is None else at_hand
        return max(checks, key=lambda check: (check.checked_at, check.pk)) if checks else None


class Facet(models.Model):
    """What readers choose figures by, such as instrument = INTEGRAL/ISGRI."""

    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="facets")
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["name", "value"]
        indexes: ClassVar = [models.Index(fields=["name", "value"], name="facet_value")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["figure", "name", "value"], name="facet_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class Check(models.Model):
    """One re-run judged against what was published."""

    class Verdicts(models.TextChoices):
        """The verdicts of ``gallery.domain.verdict``."""

        IDENTICAL = Verdict.IDENTICAL.value
        WITHIN_TOLERANCE = Verdict.WITHIN_TOLERANCE.value
        DRAWN_DIFFERENTLY = Verdict.DRAWN_DIFFERENTLY.value
        NOT_COMPARABLE = Verdict.NOT_COMPARABLE.value
        DIFFERENT = Verdict.DIFFERENT.value
        FAILED = Verdict.FAILED.value

    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="checks")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="checks")
    verdict = models.CharField(max_length=40, choices=Verdicts)
    sentence = models.TextField()
    comparisons_json = models.JSONField(default=list)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-checked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["figure", "run"], name="check_figure_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.figure.slug}: {self.verdict}"

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """Every comparison as plain values."""
        return list(self.comparisons_json)


class CheckedProduct(models.Model):
    """One published product beside the re-run's, as judged in a check.

    ``outcome_json`` is a ``gallery.domain.comparison.outcome.Outcome`` as plain values, without
    its residual, whose plotted arrays are a product of their own.
    """

    part_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="products")
    output = models.CharField(max_length=200)
    verdict = models.CharField(max_length=40, choices=Check.Verdicts)
    sentence = models.TextField()
    outcome_json = models.JSONField(default=dict)
    published = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    found = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    residual = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part_of", "output"], name="checked_product_once")
        ]

    def __str__(self) -> str:
        return f"{self.output}: {self.verdict}"


class Diagnosis(models.Model):
    """Why a re-run differs: what was put back, one thing at a time, and the cause that was found.

    ``trials_json`` lists what was tried, in order: what was put back, the run, the verdict.
    ``cause_json`` has the smallest difference that explains the verdict; empty until it is found.
    """

    class States(models.TextChoices):
        """How far it has come."""

        RUNNING = "running"
        FOUND = "found"
        NOT_FOUND = "not found"
        NOTHING_TO_PUT_BACK = "nothing to put back"

    judged = models.OneToOneField(Check, on_delete=models.CASCADE, related_name="diagnosis")
    baseline = models.ForeignKey(
        Check, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=30, choices=States, default=States.RUNNING)
    sentence = models.TextField(blank=True)
    cause_json = models.JSONField(default=list)
    trials_json = models.JSONField(default=list)
    waits_for = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="diagnoses"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.judged}: {self.state}"
