"""Verbs of publishing; the only writers of its tables."""

from publishing.actions.abandoning import abandon_deposit
from publishing.actions.asking import (
    begin_deposit,
    check_may_deposit,
    check_repository,
    retry_deposit,
)
from publishing.actions.depositing import deposit_on_shelf, release_run, resume_deposits
from publishing.actions.drafting import (
    change_draft,
    checklist,
    delete_draft,
    draft_from,
    draft_release,
)
from publishing.actions.freezing import freeze_draft, freeze_release, read_products
from publishing.actions.minted import read_minted
from publishing.actions.owning import check_owner, owner_of
from publishing.actions.rehearsing import rehearse_deposit
from publishing.actions.stepping import carry_on, take_step
from publishing.actions.versions import new_version
from publishing.actions.withdrawing import withdraw_release

__all__ = [
    "abandon_deposit",
    "begin_deposit",
    "carry_on",
    "change_draft",
    "check_may_deposit",
    "check_owner",
    "check_repository",
    "checklist",
    "delete_draft",
    "deposit_on_shelf",
    "draft_from",
    "draft_release",
    "freeze_draft",
    "freeze_release",
    "new_version",
    "owner_of",
    "read_minted",
    "read_products",
    "rehearse_deposit",
    "release_run",
    "resume_deposits",
    "retry_deposit",
    "take_step",
    "withdraw_release",
]
