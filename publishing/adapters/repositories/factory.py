"""Making the adapter of a repository from its settings, with a network or without."""

from collections.abc import Callable

from publishing.adapters.repositories.dry import DryTransport, Planned
from publishing.adapters.repositories.dry_inveniordm import PretendedInvenioRdm
from publishing.adapters.repositories.dry_workflowhub import PretendedWorkflowHub
from publishing.adapters.repositories.http import HttpTransport
from publishing.adapters.repositories.inveniordm import ACCEPT, InvenioRdm
from publishing.adapters.repositories.port import Repository
from publishing.adapters.repositories.transport import Gate, Listener, silent
from publishing.adapters.repositories.workflowhub import Packed, WorkflowHub, nothing_packed
from publishing.domain import workflowhub
from publishing.domain.inveniordm_answers import faults_of
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind


def open_at(
    settings: RepositorySettings,
    *,
    gate: Gate | None = None,
    told: Listener = silent,
    planned: Callable[[Planned], None] | None = None,
    packed: Packed = nothing_packed,
) -> Repository:
    """The repository of some settings.

    Args:
        settings: what the operator configured.
        gate: lets as many requests through as it may be sent.
        told: is told of each request.
        planned: makes it a dry run: nothing is sent, and this is given what would be.
        packed: gives the files of the deposit, for repositories without drafts.
    """
    if settings.kind is Kind.WORKFLOWHUB:
        return _workflowhub(settings, gate, told, planned, packed)
    if planned is not None:
        pretended = PretendedInvenioRdm(settings)
        dry = DryTransport(settings, pretended, planned=planned, told=told, accept=ACCEPT)
        return InvenioRdm(settings, dry)
    sent = HttpTransport(settings, gate=gate, told=told, faults=faults_of, accept=ACCEPT)
    return InvenioRdm(settings, sent)


def _workflowhub(
    settings: RepositorySettings,
    gate: Gate | None,
    told: Listener,
    planned: Callable[[Planned], None] | None,
    packed: Packed,
) -> Repository:
    if planned is not None:
        dry = DryTransport(settings, PretendedWorkflowHub(packed), planned=planned, told=told)
        return WorkflowHub(settings, dry, packed)
    sent = HttpTransport(settings, gate=gate, told=told, faults=workflowhub.faults)
    return WorkflowHub(settings, sent, packed)
