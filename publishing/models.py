"""Tables of publishing: Concept → its Releases → their Deposits."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalogue.domain.entry import Person
from executor.models import Run
from publishing.domain.names import new_id, new_key
from publishing.domain.record import Record, contributor_from_json, details_from_json
from publishing.domain.shown import ShownFigure, figure_from_json
from publishing.domain.steps import DONE, SHELF, Step


class Concept(models.Model):
    """What all versions of a release are versions of."""

    id = models.CharField(max_length=16, primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.id


class Release(models.Model):
    """A set of runs, people and a licence; frozen once it is deposited.

    ``sole_run`` names the release that a run gets by itself: there is one a run at most.
    """

    id = models.CharField(max_length=16, primary_key=True, default=new_id, editable=False)
    concept = models.ForeignKey(Concept, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(default=1, help_text="Of the version, from 1.")
    made_from = models.CharField(
        max_length=20, default="run", help_text="figure, runs, version, production or run"
    )
    owner = models.CharField(
        max_length=100, blank=True, help_text="Who drafts it: account:<name>; empty for anybody."
    )
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    people_json = models.JSONField(default=list)
    licence = models.CharField(max_length=200, blank=True)
    runs = models.ManyToManyField(Run, related_name="releases")
    sole_run = models.OneToOneField(
        Run, on_delete=models.PROTECT, null=True, blank=True, related_name="own_release"
    )
    details_json = models.JSONField(
        default=dict, help_text="What publishing.domain.record has no column for."
    )
    options_json = models.JSONField(
        default=dict, help_text="How its crate is packed: wheels, bagit, ro_crate (1.1 or 1.3)."
    )
    shown_json = models.JSONField(
        default=list, help_text="Figures and verdicts as they were when it was frozen."
    )
    created_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["concept", "number"], name="release_number_once")
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; a release that is a version of nothing known begins a concept of its own."""
        if not self.concept_id:
            self.concept = Concept.objects.create(id=self.id)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The landing page of the release."""
        return f"/releases/{self.id}"

    @property
    def people(self) -> tuple[Person, ...]:
        """Its authors, in order."""
        return tuple(
            Person(item.given, item.family, item.orcid, item.affiliation)
            for item in self.record.creators
        )

    @property
    def record(self) -> Record:
        """All that it says of itself."""
        return Record(
            title=self.title,
            description=self.description,
            contributors=tuple(contributor_from_json(item) for item in self.people_json),
            licence=self.licence,
            **details_from_json(self.details_json),
        )

    @property
    def closed_until(self) -> date | None:
        """Until when its files stay closed; None when they are open."""
        until = self.record.embargo
        return until if until is not None and until > timezone.now().date() else None

    @property
    def shown(self) -> tuple[ShownFigure, ...]:
        """The figures it stands for, as they were judged when it was frozen."""
        return tuple(figure_from_json(item) for item in self.shown_json)

    @property
    def deposit(self) -> "Deposit | None":
        """Its deposit on the shelf; uses what was prefetched."""
        return next((item for item in self.deposits.all() if item.repository == SHELF), None)


class Deposit(models.Model):
    """A release at one repository; its state says which step was done last.

    ``state`` is written after every step, so that a deposit left half-way is taken up where it
    stands. A failed step sets the error; what was reached is still in the columns.
    """

    class States(models.TextChoices):
        """The states of ``publishing.domain.steps``."""

        DRAFTED = Step.DRAFTED.value
        CREATED = Step.CREATED.value
        RESERVED = Step.RESERVED.value
        PACKED = Step.PACKED.value
        UPLOADED = Step.UPLOADED.value
        PUBLISHED = Step.PUBLISHED.value
        RESOLVES = Step.RESOLVES.value
        FAILED = Step.FAILED.value
        ABANDONED = Step.ABANDONED.value

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deposits")
    repository = models.CharField(max_length=40, default=SHELF)
    state = models.CharField(max_length=20, choices=States, default=States.DRAFTED, db_index=True)
    key = models.CharField(max_length=60, unique=True, default=new_key, editable=False)
    remote_id = models.CharField(max_length=100, blank=True, help_text="Of the record there.")
    remote_parent = models.CharField(max_length=100, blank=True, help_text="Of its concept there.")
    remote_url = models.CharField(max_length=500, blank=True, help_text="The record's page there.")
    doi = models.CharField(max_length=200, unique=True, null=True, blank=True)
    concept_doi = models.CharField(max_length=200, blank=True)
    crate = models.CharField(max_length=64, blank=True)
    crate_size = models.PositiveBigIntegerField(default=0)
    files_json = models.JSONField(
        default=list, help_text="What goes there: name, size, md5 and sha256 of each file."
    )
    is_production = models.BooleanField(
        default=False, help_text="Whether its DOI is for ever; a sandbox's is not."
    )
    create_sent_at = models.DateTimeField(
        null=True, blank=True, help_text="When a draft was asked for, before any answer."
    )
    error_id = models.CharField(max_length=100, blank=True)
    error = models.TextField(blank=True)
    errors_json = models.JSONField(default=dict, help_text="Field of our form → sentence.")
    tries = models.PositiveIntegerField(default=0, help_text="In vain since the last step done.")
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)
    waits_for = models.CharField(max_length=200, blank=True, help_text="In words; empty: nothing.")
    holder = models.CharField(max_length=60, blank=True, help_text="The worker that is at it.")
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    reserved_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

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
        """Whether its crate is public."""
        return self.state in DONE

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


class DepositEvent(models.Model):
    """Something that happened to a deposit: a request that was answered, or a step that was done.

    Holds no secret: addresses without their query, never a header or a body.
    """

    deposit = models.ForeignKey(Deposit, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    step = models.CharField(max_length=20, blank=True)
    method = models.CharField(max_length=10, blank=True)
    path = models.CharField(max_length=300, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status or ''} {self.words}".strip()


class Budget(models.Model):
    """How many requests a repository may still be sent: one bucket that all workers share."""

    repository = models.CharField(max_length=40, primary_key=True)
    tokens = models.FloatField(default=0.0)
    filled_at = models.DateTimeField(default=timezone.now)
    closed_until = models.DateTimeField(
        null=True, blank=True, help_text="The repository itself asked for a pause."
    )

    def __str__(self) -> str:
        return f"{self.repository}: {self.tokens:.1f}"


class ArchivedSource(models.Model):
    """Where the source of a version is archived, as somebody told us; nothing is sent there."""

    version = models.ForeignKey(
        "catalogue.Version", on_delete=models.CASCADE, related_name="archived_sources"
    )
    identifier = models.CharField(max_length=300, help_text="A SWHID, or the address at a forge.")
    scheme = models.CharField(max_length=10, help_text="swhid or url")
    told_by = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "identifier"], name="archived_once")
        ]

    def __str__(self) -> str:
        return self.identifier
