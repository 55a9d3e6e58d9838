"""Tables of publishing: Release → its Deposits."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalogue.domain.entry import Person
from executor.models import Run
from publishing.domain.names import new_id
from publishing.domain.steps import SHELF, Step


class Release(models.Model):
    """A set of runs, people and a licence; frozen once it is deposited.

    ``sole_run`` names the release that a run gets by itself: there is one a run at most.
    """

    id = models.CharField(max_length=16, primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    people_json = models.JSONField(default=list)
    licence = models.CharField(max_length=200, blank=True)
    runs = models.ManyToManyField(Run, related_name="releases")
    sole_run = models.OneToOneField(
        Run, on_delete=models.PROTECT, null=True, blank=True, related_name="own_release"
    )
    created_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The landing page of the release."""
        return f"/releases/{self.id}"

    @property
    def people(self) -> tuple[Person, ...]:
        """Its authors, in order."""
        return tuple(Person(**item) for item in self.people_json)

    @property
    def deposit(self) -> "Deposit | None":
        """Its deposit on the shelf; uses what was prefetched."""
        return next((item for item in self.deposits.all() if item.repository == SHELF), None)


class Deposit(models.Model):
    """A release at one repository; its state says which step was done last.

    ``state`` is written after every step, so that a deposit left half-way is taken up where it
    stands. A failed step sets ``failed`` and ``error``; what was reached is still in the columns.
    """

    class States(models.TextChoices):
        """The states of ``publishing.domain.steps``."""

        DRAFTED = Step.DRAFTED.value
        RESERVED = Step.RESERVED.value
        PACKED = Step.PACKED.value
        PUBLISHED = Step.PUBLISHED.value
        FAILED = Step.FAILED.value

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deposits")
    repository = models.CharField(max_length=40, default=SHELF)
    state = models.CharField(max_length=20, choices=States, default=States.DRAFTED, db_index=True)
    doi = models.CharField(max_length=200, unique=True, null=True, blank=True)
    crate = models.CharField(max_length=64, blank=True)
    crate_size = models.PositiveBigIntegerField(default=0)
    error_id = models.CharField(max_length=100, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    reserved_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "repository"], name="deposit_repository_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id} at {self.repository}: {self.state}"

    @property
    def is_published(self) -> bool:
        """Whether its DOI leads to its crate."""
        return self.state == Step.PUBLISHED

    @property
    def file_name(self) -> str:
        """What its crate is called when it is downloaded."""
        return f"reprise-{self.release_id}.crate.zip"

    @property
    def doi_url(self) -> str:
        """Where its DOI leads: the resolver, or this service for DOIs of the test prefix."""
        if self.is_test:
            return f"{settings.PUBLIC_URL}/doi/{self.doi}"
        return f"https://doi.org/{self.doi}"

    @property
    def is_test(self) -> bool:
        """Whether its DOI is of the test prefix, which no resolver knows."""
        return (self.doi or "").startswith("10.5072/")

    def reached(self) -> dict[str, Any]:
        """What its columns say was reached, for ``publishing.domain.steps.standing``."""
        return {"doi": self.doi, "crate": self.crate, "published": self.published_at is not None}
