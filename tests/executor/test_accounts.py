"""Accounts: a token names who asks, and is kept as its digest only."""

import re

import pytest
from django.core.management import CommandError, call_command

from executor.errors import BadTokenError
from executor.models import Account
from executor.queries import asker_of
from lib import digest

pytestmark = pytest.mark.django_db
SHARE = "8 runs at a time, 24 processor hours a day, 100 GB, 2000 products a list"


@pytest.fixture
def account(capsys):
    def call(*arguments):
        call_command("account", *arguments)
        return capsys.readouterr().out.splitlines()

    return call


def token_in(lines):
    return re.fullmatch(r"token, shown this once: ([\w-]{43})", lines[1])[1]


def who(token):
    return asker_of("203.0.113.7", f"Bearer {token}")


def test_a_new_account_has_a_token_that_is_shown_and_not_kept(account):
    lines = account("ada")

    token = token_in(lines)
    (made,) = Account.objects.all()
    assert lines[0] == f"ada: {SHARE}"
    assert made.token_digest == digest.of_bytes(token.encode())
    assert who(token).name == "account:ada"


def test_what_an_account_may_use_is_what_the_operator_says(account):
    lines = account(
        "ada", "--runs", "3", "--cpu-hours", "0.5", "--storage-gb", "1.5", "--list", "7"
    )

    asker = who(token_in(lines))
    assert (asker.concurrent, asker.cpu_seconds, asker.storage_bytes, asker.fan_out) == (
        3, 1800.0, 1_500_000_000, 7,
    )  # fmt: skip


def test_an_account_is_changed_without_a_new_token(account):
    token = token_in(account("ada", "--runs", "3"))

    assert account("ada", "--list", "7") == [
        "ada: 3 runs at a time, 24 processor hours a day, 100 GB, 7 products a list"
    ]
    assert who(token).fan_out == 7


def test_a_new_token_makes_the_old_one_worthless(account):
    old = token_in(account("ada"))

    new = token_in(account("ada", "--new-token"))

    assert who(new).name == "account:ada"
    with pytest.raises(BadTokenError):
        who(old)


def test_a_removed_account_is_nobody(account):
    token = token_in(account("ada"))

    assert account("ada", "--remove") == ["ada: removed"]
    with pytest.raises(BadTokenError):
        who(token)


def test_removing_nobody_is_refused(account):
    with pytest.raises(CommandError, match=r"^There is no account 'ada'\.$"):
        account("ada", "--remove")


@pytest.mark.parametrize("name", ["ada lovelace", "a/b", "", "é"])
def test_a_name_is_plain(account, name):
    with pytest.raises(CommandError):
        account(name)
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [("--runs", "0"), ("--runs", "1.5"), ("--cpu-hours", "nan"), ("--storage-gb", "-1")],
)
def test_a_share_is_a_number_above_zero(account, option, value):
    with pytest.raises(CommandError):
        account("ada", option, value)
    assert Account.objects.count() == 0
