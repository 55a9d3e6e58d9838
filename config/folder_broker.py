"""The broker that needs no server, made safe: a message is in the folder whole or not at all.

Kombu's own transport opens a message's file and then writes it. A worker that looks in between
takes an empty file, finds no JSON in it, and dies of that; on a busy machine within minutes.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

UNFINISHED = ".part"  # no queue's messages are called so


class Channel(filesystem.Channel):
    """Puts messages by a rename, and passes over what is none."""

    def _put(  # type: ignore[override] # its own base classes name the message differently
        self,
        queue: str,
        message: Any,  # noqa: ANN401 -- as kombu has it
        **_given: object,
    ) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        whole = Path(self.data_folder_out) / name
        aside = whole.with_name(name + UNFINISHED)
        try:
            aside.write_text(dumps(message))
            os.replace(aside, whole)  # noqa: PTH105 -- seen by tests
        except OSError as error:
            raise ChannelError(f"The message {name} cannot be written: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401, ARG002 -- as kombu has it
        try:
            return super()._get(queue)
        except ValueError:  # cut short by a full disk or a power cut: the next sweep nudges again
            raise Empty from None


class Transport(filesystem.Transport):
    """Kombu's folder transport with these channels."""

    Channel = Channel


def install() -> None:
    """Have ``filesystem://`` mean this one."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
