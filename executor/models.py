"""Tables of the executor: Run → its Attempts and Outputs; Products by digest."""

import socket
from typing import ClassVar

from django.db import models
from django.utils import timezone

from catalogue.domain.interface import Interface, Value
from catalogue.models import Version
from executor.domain.states import ENDED, State
from lib import store

INTERRUPTED = "interrupted"
"""Outcome of an attempt that ended because the service was stopped."""


def this_worker() -> str:
    """The name under which attempts of this machine are written down."""
    return socket.gethostname()


class Product(models.Model):
    """A typed output, immutable, named by the sha256 of its bytes."""

    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

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

        QUEUED = State.QUEUED.value
        RUNNING = State.RUNNING.value
        WAITING = State.WAITING.value
        FINISHED = State.FINISHED.value
        FAILED = State.FAILED.value
        CANCELLED = State.CANCELLED.value

    address = models.CharField(max_length=64, unique=True)
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
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]

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


class Attempt(models.Model):
    """One try at a run, on one worker."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
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
