"""Recording where the source of a version is archived; nothing is sent there."""

from django.db import transaction

from catalogue.models import Version
from executor.domain.asker import SERVICE, Asker
from publishing.actions.owning import owner_of
from publishing.domain.archived import UnreadError, archived_source
from publishing.errors import BadArchivedSourceError
from publishing.models import ArchivedSource

AT_MOST = 20
"""Places that one version is said to be archived at."""


def record_archived_source(
    version: Version, identifier: str, *, by: Asker = SERVICE
) -> ArchivedSource:
    """Write down that a version's source is archived; told again, nothing changes.

    Args:
        version: of the workflow.
        identifier: a SWHID, or the https address at a forge.
        by: who says so.

    Raises:
        BadArchivedSourceError: it is neither, or too many places are known.
        DraftingClosedError: this service takes such words from accounts alone.
    """
    told_by = owner_of(by)
    try:
        scheme, known = archived_source(identifier)
    except UnreadError as error:
        raise BadArchivedSourceError(str(error), errors={"identifier": str(error)}) from None
    with transaction.atomic():
        others = ArchivedSource.objects.filter(version=version).exclude(identifier=known)
        if others.count() >= AT_MOST:
            raise BadArchivedSourceError(
                f"{AT_MOST} places are known for {version}: no more are written down."
            )
        row, _new = ArchivedSource.objects.get_or_create(
            version=version, identifier=known, defaults={"scheme": scheme, "told_by": told_by}
        )
    return row
