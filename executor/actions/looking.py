"""Opening products to look at them: as tables that can be read, drawn and converted."""

from collections.abc import Iterator
from contextlib import contextmanager

from executor.adapters.apart import ApartError, BusyError
from executor.adapters.opened import open_table
from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.opened import Opened
from executor.errors import (
    BadTableQuestionError,
    ProductEvictedError,
    TablesBusyError,
    UnreadableTableError,
)
from executor.models import Product
from executor.queries import evicted_sentence, is_kept, product_of, run_that_made


def product_to_look_at(digest: str) -> Product:
    """The product of a digest whose bytes are kept.

    Raises:
        UnknownProductError: there is none.
        ProductEvictedError: its bytes were cleared away.
    """
    found = product_of(digest)
    if not is_kept(found):
        raise ProductEvictedError(evicted_sentence(found, run_that_made(found)))
    return found


def open_product(product: Product, name: str, hdu: int | None = None) -> Opened:
    """A product as a table that can be read.

    Raises:
        UnreadableTableError: it is none, or more than is opened.
        TablesBusyError: others are opened just now.
    """
    with asked_well(name or product.digest[:16]):
        return open_table(product.digest, name, hdu)


@contextmanager
def asked_well(what: str) -> Iterator[None]:
    """Tell what goes wrong with a table or a picture as one of our problems."""
    try:
        yield
    except BusyError as error:
        raise TablesBusyError(f"{what} is not made now: {error}.") from None
    except ApartError as error:
        raise UnreadableTableError(
            f"{what} cannot be shown: {error}. Its bytes can be downloaded as they are."
        ) from None
    except BadQuestionError as error:
        raise BadTableQuestionError(str(error)) from None
    except FileNotFoundError:
        raise UnreadableTableError(
            f"The bytes of {what} are missing here: ask for the product to be made again."
        ) from None
