"""Taking uploads: a file of somebody's own becomes a product that runs can be given."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.actions.quota import storage_used
from executor.domain.asker import SERVICE, Asker
from executor.domain.job import MEBIBYTE
from executor.domain.media import HEAD_BYTES, sniffed
from executor.errors import QuotaError, UploadTooLargeError
from executor.models import Product
from lib import store

OPERATOR = "operator"
NAME_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The product of an upload, and whether its bytes are new here."""

    product: Product
    created: bool


def upload_product(name: str, chunks: Iterable[bytes], *, asker: Asker = SERVICE) -> Uploaded:
    """Keep an uploaded file as a product; the same bytes again are the same product.

    Args:
        name: the file's name as it was given; only its last part is kept.
        chunks: its bytes, piece by piece.
        asker: who uploads it; their products may take so many bytes in all.

    Raises:
        UploadTooLargeError: it has more bytes than the service takes.
        QuotaError: with it, the asker's products would take too many bytes.
    """
    counted = _Counted(chunks, _room(asker))
    # Nobody can make it again, so it is on the disk before it is promised.
    digest, size = store.put_stream(iter(counted), durable=True)
    plain = _plain(name)
    with transaction.atomic():
        product, created = Product.objects.get_or_create(
            digest=digest,
            defaults={
                "size": size, "media_type": sniffed(plain, bytes(counted.head)), "file": plain,
                "uploaded_by": asker.name or OPERATOR, "verified_at": timezone.now(),
            },
        )  # fmt: skip
        if not created:
            Product.objects.filter(pk=digest).update(evicted_at=None, used_at=timezone.now())
            product.refresh_from_db()
    return Uploaded(product, created)


@dataclass(slots=True)
class _Counted:
    """Passes bytes on, remembers the first, and stops at the first too many."""

    chunks: Iterable[bytes]
    room: int | None
    head: bytearray = field(default_factory=bytearray)
    size: int = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.size += len(chunk)
            if self.size > settings.UPLOAD_MB * MEBIBYTE:
                raise UploadTooLargeError(
                    f"The file is larger than the {settings.UPLOAD_MB} MB that are taken here."
                )
            if self.room is not None and self.size > self.room:
                raise QuotaError(
                    f"Your products may take {self.room / 1e6:.1f} MB more, and the file has more."
                )
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            yield chunk


def _room(asker: Asker) -> int | None:
    """How many bytes the asker's products may still take; None without limit."""
    if asker.storage_bytes is None:
        return None
    return max(0, asker.storage_bytes - storage_used(asker.name))


def _plain(name: str) -> str:
    """The last part of a name, without what no file's name should have."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip().lstrip(".")
    return kept[-NAME_AT_MOST:] or "upload"
