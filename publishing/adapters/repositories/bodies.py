"""Bodies of requests: JSON, bytes from the store, and forms around them; none held in memory."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries.

    Attributes:
        media_type: of the whole.
        size: how many bytes there are.
        chunks: gives the bytes from the beginning, each time it is called.
        words: what is shown of it in a dry run.
    """

    media_type: str
    size: int
    chunks: Callable[[], Iterable[bytes]]
    words: str = ""

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks())


def json_body(content: dict[str, Any] | list[Any]) -> Body:
    """A JSON value as a body."""
    data = json.dumps(content, ensure_ascii=False).encode()
    return Body(JSON, len(data), lambda: [data], json.dumps(content, indent=2, ensure_ascii=False))


def form_body(fields: Mapping[str, str | list[str]], file: str, name: str, body: Body) -> Body:
    """A form with one file (RFC 7578), streamed.

    Args:
        fields: the other fields; a list is sent as several of one name.
        file: name of the field of the file.
        name: what the file is called.
        body: its bytes.
    """
    boundary = f"reprise-{secrets.token_hex(16)}"  # nobody can have written it into a file
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'
        for key, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    )
    head = (
        f'{parts}--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(file)}"; '
        f'filename="{_quoted(name)}"\r\nContent-Type: {body.media_type}\r\n\r\n'
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def chunks() -> Iterator[bytes]:
        yield head
        yield from body.chunks()
        yield tail

    media_type = f"multipart/form-data; boundary={boundary}"
    words = f"{_shown(fields)}{file}: {name}, {body.size} bytes"
    return Body(media_type, len(head) + body.size + len(tail), chunks, words)


def _shown(fields: Mapping[str, str | list[str]]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
