"""The files that a statement names: of an entry, or sent with a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.models import Version
from executor.domain.media import HEAD_BYTES
from executor.models import Product
from lib import digest as digests
from lib import store

READ_AT_MOST = 64 * 1024 * 1024  # bytes; what a form names may be any product, of gigabytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a statement names.

    Attributes:
        name: its file name.
        digest: sha256 of its bytes.
        data: its bytes where they were sent just now; None when they lie in the store, or will
            once somebody fetches them.
    """

    name: str
    digest: str
    data: bytes | None = None

    def read(self) -> bytes | None:
        """Its bytes; None when they are not here, or are more than a table or a picture has."""
        if self.data is not None:
            return self.data
        size = store.size_of(self.digest)
        return None if size is None or size > READ_AT_MOST else store.get(self.digest)

    def head(self) -> bytes | None:
        """Its first bytes, enough to tell a format; None when they are not here."""
        if self.data is not None:
            return self.data[:HEAD_BYTES]
        if not store.has(self.digest):
            return None
        return b"".join(store.chunks(self.digest, 0, HEAD_BYTES))


Find = Callable[[str], Kept | None]
"""Gives the file of a name; None when there is none."""


def of_entry(version: Version) -> Find:
    """The files of an entry, and those that its data.toml names."""
    data = {item.name: Kept(item.name, item.sha256) for item in version.data}
    own: dict[str, Kept] = {}

    def find(name: str) -> Kept | None:
        if not own:
            found = version.files.values_list("path", "digest")
            own.update({path: Kept(path.rsplit("/", 1)[-1], digest) for path, digest in found})
        return own.get(name) or data.get(name.removeprefix("data/"))

    return find


def of_form(sent: Mapping[str, bytes], known: Mapping[str, str]) -> Find:
    """Files that were sent, files of an earlier form, and products by their digest.

    Args:
        sent: name → bytes.
        known: name → digest of what an earlier form sent.
    """

    def find(name: str) -> Kept | None:
        if name in sent:
            return Kept(name, digests.of_bytes(sent[name]), sent[name])
        if name in known:
            return Kept(name, known[name])
        wanted = name.removeprefix("/products/").lower()
        if not digests.is_digest(wanted):
            return None
        product = Product.objects.filter(pk=wanted, evicted_at=None).first()
        return Kept(product.file or _named(product), product.digest) if product else None

    return find


def _named(product: Product) -> str:
    """The name that a run gave a product, which says its format."""
    made = product.outputs.order_by("pk").values_list("file", flat=True).first()
    return made or product.digest
