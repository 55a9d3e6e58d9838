"""A bucket: the store in an S3-compatible service, through django-storages and boto3."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

SPOOL_BYTES = 1024 * 1024
"""What an opened file may take of memory before it is moved to a temporary file."""
GONE = {"404", "NoSuchKey"}
BEYOND = {"416", "InvalidRange"}


class Bucket(S3Storage):  # type: ignore[misc]  # the package has no types
    """An S3 storage that streams parts of a file and never renames what it is given."""

    def get_default_settings(self) -> dict[str, Any]:
        """The package's settings, made fit for bytes that are named by their digest."""
        usual: dict[str, Any] = super().get_default_settings()
        return usual | {
            "default_acl": None,
            "file_overwrite": True,  # under one digest there are only the same bytes
            "querystring_auth": True,
            "max_memory_size": SPOOL_BYTES,
            "client_config": Config(
                connect_timeout=10,
                read_timeout=60,
                retries={"mode": "standard", "max_attempts": 4},
                # Services that speak S3 know a bucket as the first part of a path, and many do
                # not know the checksums that Amazon added later; ours is the digest.
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }

    def stream(self, name: str, start: int, stop: int | None, chunk: int) -> Iterator[bytes]:
        """The bytes of a file from ``start`` up to but not with ``stop``, piece by piece.

        Raises:
            FileNotFoundError: there is no such file.
        """
        if stop is not None and stop <= start:
            return
        last = "" if stop is None else stop - 1
        wanted = {} if not start and stop is None else {"Range": f"bytes={start}-{last}"}
        try:
            answer = self.bucket.Object(self._normalize_name(name)).get(**wanted)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in BEYOND:
                return
            if code in GONE:
                raise FileNotFoundError(name) from None
            raise
        with closing(answer["Body"]) as body:
            yield from body.iter_chunks(chunk)

    def get_modified_time(self, name: str) -> datetime:
        """When a file was uploaded.

        Raises:
            FileNotFoundError: there is no such file.
        """
        try:
            moment: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise FileNotFoundError(name) from None
            raise
        return moment
