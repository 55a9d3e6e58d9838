"""Tables of the executor: Run → its Attempts and Outputs; Products by digest."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from catalogue.domain.interface import Interface, Value
from catalogue.models import Version
from executor.domain.priority import Priority
from executor.domain.states import ENDED, State
from lib import store

INTERRUPTED = "interrupted"
"""Outcome of an attempt that ended because the service was stopped."""


class Product(models.Model):
    """A typed output, immutable, named by the sha256 of its bytes."""

    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    cost_seconds = models.FloatField(default=0.0, help_text="What it took to make it.")
    uses = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(default=timezone.now)
    is_pinned = models.BooleanField(default=False, help_text="Published: never evicted.")
    evicted_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.CharField(max_length=100, blank=True)
    file = models.CharField(max_length=200, blank=True, help_text="Its name when uploaded.")

    def __str__(self) -> str:
        return self.digest

    def get_absolute_url(self) -> str:
        """Where its bytes are."""
        return f"/products/{self.digest}"

    def read(self) -> bytes:
        """All its bytes."""
        return store.get(self.digest)


class Run(models.Model):
    """One version with fixed inputs, named by its address; the row is the queue."""

    class States(models.TextChoices):
        """The states of ``executor.domain.states``."""

        BLOCKED = State.BLOCKED.value
        QUEUED = State.QUEUED.value
        RUNNING = State.RUNNING.value
        WAITING = State.WAITING.value
        FINISHED = State.FINISHED.value
        FAILED = State.FAILED.value
        CANCELLED = State.CANCELLED.value

    address = models.CharField(max_length=64, unique=True)
    resolved = models.CharField(max_length=64, blank=True, db_index=True)
    reused = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reusing"
    )
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    environment = models.CharField(max_length=64)
    typed_json = models.JSONField(default=dict)
    values_json = models.JSONField(default=dict)
    changed_json = models.JSONField(default=list)
    seed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=States, default=States.QUEUED, db_index=True)
    stage = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    error_id = models.CharField(max_length=100, blank=True)
    error = models.TextField(blank=True)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(default=timezone.now)
    try_after = models.DateTimeField(null=True, blank=True)
    is_wanted = models.BooleanField(default=True, help_text="Asked for itself, not as an input.")
    is_remade = models.BooleanField(default=False, help_text="Runs again for evicted products.")
    priority = models.PositiveSmallIntegerField(default=Priority.INTERACTIVE.value)
    due_at = models.DateTimeField(default=timezone.now)
    asker = models.CharField(max_length=100, blank=True, db_index=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="run_next")]

    def __str__(self) -> str:
        return f"{self.version} {self.address[:12]}"

    def get_absolute_url(self) -> str:
        """The page of the run."""
        return f"/runs/{self.address}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen unless somebody asks again."""
        return State(self.state) in ENDED

    @property
    def seconds(self) -> float | None:
        """How long it ran; None while it has not ended."""
        if self.started_at and self.ended_at:
            return (self.ended_at - self.started_at).total_seconds()
        return None

    def tries(self) -> int:
        """How often it was tried since it was asked for.

        What was interrupted, or found its data out of reach, does not count.
        """
        since = self.attempts.filter(started_at__gte=self.requested_at)
        return since.exclude(outcome__in=[INTERRUPTED, State.WAITING]).count()

    @property
    def interface(self) -> Interface:
        """The Interface of its version."""
        return self.version.interface

    @property
    def values(self) -> dict[str, Value]:
        """Name → normalised value of every parameter, in the author's order.

        The order is taken from the Interface, because a database may keep JSON in its own.
        """
        return {name: self.values_json[name] for name in self._ordered()}

    @property
    def typed(self) -> dict[str, dict[str, Value]]:
        """Name → typed form of every parameter, in the author's order."""
        return {name: self.typed_json[name] for name in self._ordered()}

    def _ordered(self) -> list[str]:
        names = [item.name for item in self.interface.parameters if item.name in self.typed_json]
        return names + sorted(set(self.typed_json) - set(names))


class RunInput(models.Model):
    """An input of a run that is a product: made by another run, or given by its digest.

    ``position`` counts within a list of products and is 0 for a single one.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    source = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    output = models.CharField(max_length=200, blank=True)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )

    class Meta:
        ordering: ClassVar = ["name", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "name", "position"], name="input_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}[{self.position}]"


class KnownRequest(models.Model):
    """The run that a whole request, letter by letter, asked for: the short way to an answer.

    Only a memory: any row may be deleted at any time.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="requests")
    output = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest


class Account(models.Model):
    """Somebody the operator knows, with what they may use."""

    name = models.SlugField(max_length=60, unique=True)
    token_digest = models.CharField(max_length=64, unique=True)
    concurrent = models.PositiveIntegerField(default=8)
    cpu_hours_a_day = models.FloatField(default=24.0)
    storage_gb = models.FloatField(default=100.0)
    fan_out = models.PositiveIntegerField(default=2000)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """How a configured place for runs has behaved lately; what it is stands in the settings."""

    name = models.SlugField(max_length=60, unique=True)
    failures = models.PositiveIntegerField(default=0)
    drained_until = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One try at a run, on one worker."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
    site = models.CharField(max_length=60, default="local")
    cpu_seconds = models.FloatField(default=0.0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    error_id = models.CharField(max_length=100, blank=True)
    error = models.TextField(blank=True)
    log = models.TextField(blank=True)
    facts_json = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="attempt_number_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} at {self.run}"


class Output(models.Model):
    """A product under the name that the version gives it.

    ``role`` is ``output`` for what the Interface names, ``plot`` for the plotted arrays of the
    output's picture, and ``notebook`` for the notebook as executed.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outputs")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, default="output")
    file = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="outputs")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "name", "role"], name="output_name_once")
        ]

    def __str__(self) -> str:
        return self.name
