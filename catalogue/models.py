"""Tables of the catalogue: Workflow → Version → its files and terms."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from catalogue.domain.choices import Runtime
from catalogue.domain.entry import About, DataFile, Person
from catalogue.domain.interface import Interface

BUNDLED = "bundled"
"""What the source of a version that comes with the project begins with."""


class Workflow(models.Model):
    """A catalogue entry; what it does lies in its versions."""

    slug = models.SlugField(max_length=60, unique=True)
    source = models.CharField(max_length=500, help_text="Where its versions may come from.")
    created_at = models.DateTimeField(default=timezone.now)
    is_hidden = models.BooleanField(
        default=False, help_text="Not listed: it holds trial versions that a diagnosis made."
    )

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        """The page of the workflow."""
        return f"/workflows/{self.slug}"


class Version(models.Model):
    """One immutable state of a workflow: files, Interface and environment lock."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    is_draft = models.BooleanField(default=False)
    source = models.CharField(max_length=500)
    commit = models.CharField(max_length=64, blank=True)
    main = models.CharField(max_length=200, help_text="The notebook or CWL file that is run.")
    runtime = models.CharField(max_length=10, default=Runtime.NOTEBOOK.value)
    network_json = models.JSONField(default=list, help_text="Hosts that its code may ask.")
    is_deterministic = models.BooleanField(default=True)
    lock = models.TextField(blank=True)
    title = models.CharField(max_length=300)
    about_json = models.JSONField(default=dict)
    interface_json = models.JSONField(default=dict)
    statements_json = models.JSONField(default=list)
    data_json = models.JSONField(default=list)
    findings_json = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["workflow__slug", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["workflow", "digest"], name="version_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow.slug} {self.number}"

    def get_absolute_url(self) -> str:
        """The page of the version."""
        return f"/workflows/{self.workflow.slug}/{self.number}"

    @property
    def is_bundled(self) -> bool:
        """Whether it came with the project."""
        return self.source.startswith(f"{BUNDLED}:")

    @property
    def interface(self) -> Interface:
        """The typed parameters and outputs."""
        return Interface.from_json(self.interface_json)

    @property
    def about(self) -> About:
        """What its CITATION.cff says."""
        known: dict[str, Any] = dict(self.about_json)
        known["people"] = tuple(Person(**person) for person in known.get("people", ()))
        for name in ("keywords", "references"):
            known[name] = tuple(known.get(name, ()))
        return About(**known)

    @property
    def data(self) -> tuple[DataFile, ...]:
        """The remote files it needs."""
        return tuple(DataFile(**item) for item in self.data_json)


class VersionFile(models.Model):
    """One file of a version; its bytes lie in the store under their digest."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "path"], name="version_path_once")
        ]

    def __str__(self) -> str:
        return self.path


class VersionTerm(models.Model):
    """A term that a version's parameters, outputs or keywords speak of."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(max_length=120, db_index=True)
    role = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "term", "role"], name="version_term_once")
        ]

    def __str__(self) -> str:
        return f"{self.term} ({self.role})"
