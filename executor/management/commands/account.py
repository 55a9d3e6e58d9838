"""``manage.py account``: let somebody use more than anonymous people may."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from executor.actions.accounts import Opened, Share, close_account, open_account
from executor.errors import UnknownAccountError


class Command(BaseCommand):
    """Make, change or remove an account; a new token is printed once."""

    help = "Makes an account with a token, changes what it may use, or removes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="letters, digits, hyphens and underscores")
        parser.add_argument("--runs", type=_whole, help="runs at a time")
        parser.add_argument("--cpu-hours", type=_number, help="processor hours a day")
        parser.add_argument("--storage-gb", type=_number, help="gigabytes of products")
        parser.add_argument("--list", type=_whole, help="products given to one input as a list")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--remove", action="store_true", help="remove the account")
        ways.add_argument("--new-token", action="store_true", help="replace its token")

    def handle(self, *_args: Any, name: str, **options: Any) -> None:
        try:
            if options["remove"]:
                close_account(name)
                self.stdout.write(f"{name}: removed")
            else:
                self._show(open_account(name, _share(options), new_token=options["new_token"]))
        except UnknownAccountError as error:
            raise CommandError(error.detail) from None
        except ValidationError as error:
            raise CommandError(f"{name!r}: {' '.join(error.messages)}") from None

    def _show(self, opened: Opened) -> None:
        account = opened.account
        self.stdout.write(
            f"{account.name}: {account.concurrent} runs at a time, {account.cpu_hours_a_day:g} "
            f"processor hours a day, {account.storage_gb:g} GB, {account.fan_out} products a list"
        )
        if opened.token:
            self.stdout.write(f"token, shown this once: {opened.token}")


def _share(options: dict[str, Any]) -> Share:
    return Share(
        concurrent=options["runs"],
        cpu_hours_a_day=options["cpu_hours"],
        storage_gb=options["storage_gb"],
        fan_out=options["list"],
    )


def _whole(text: str) -> int:
    return int(_number(text, whole=True))


def _number(text: str, *, whole: bool = False) -> float:
    value = float(int(text) if whole else text)
    if not 0 < value < 10**9:  # also refuses what is no number
        raise ValueError(text)
    return value
