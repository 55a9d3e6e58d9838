"""The next version of a release: the same concept, one number more."""

from django.db import transaction

from executor.domain.asker import SERVICE, Asker
from publishing.actions.owning import check_owner, owner_of
from publishing.errors import FrozenError
from publishing.models import Concept, Release
from publishing.queries.drafts import newest_number


def new_version(release: Release, *, asker: Asker = SERVICE) -> Release:
    """A draft of the next version of a frozen release; the one that is open, when there is one.

    Raises:
        NotYoursError, DraftingClosedError: the asker may not continue it.
        FrozenError: it is a draft itself, and can be changed as it is.
    """
    check_owner(release, asker)
    if release.frozen_at is None:
        raise FrozenError(f"The release {release.pk} is a draft still: change it as it is.")
    with transaction.atomic():
        Concept.objects.select_for_update().get(pk=release.concept_id)  # one makes it
        open_draft = Release.objects.filter(concept=release.concept_id, frozen_at=None).first()
        if open_draft is None:
            return _copied(release, owner_of(asker))
    check_owner(open_draft, asker)
    return open_draft


def _copied(release: Release, owner: str) -> Release:
    made = Release.objects.create(
        concept=release.concept, number=newest_number(release) + 1, owner=owner,
        made_from=release.made_from, title=release.title, description=release.description,
        people_json=release.people_json, licence=release.licence,
        details_json=_open(release.details_json), options_json=release.options_json,
    )  # fmt: skip
    made.runs.set(release.runs.all())
    return made


def _open(details: dict[str, object]) -> dict[str, object]:
    """The same without an embargo, which was of the version before."""
    return details | {"embargo": None, "embargo_reason": ""} if details else {}
