"""An image of a product, decoded once and kept for a while: what every view of it starts from."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from executor.adapters.fits_file import FitsFile, TooFarError, opened, plane_in
from executor.domain.fits_header import Card, cards_of, word
from executor.domain.fits_image import NoImageError, Small, shrink, value_at
from executor.domain.looking.asked import AskedImage
from executor.domain.looking.frame import Frame
from executor.domain.looking.hdus import Hdu, NotFitsError, scan
from executor.domain.looking.lookup import Lookup, make_lookup
from executor.domain.looking.scale import Doubles, Limits, known_values, limits_of, quantiles
from executor.domain.looking.sky import NoSkyError, Sky, read_sky
from executor.errors import NotShownError, ProductEvictedError
from executor.models import Product
from executor.queries import evicted_sentence, is_kept, run_that_made
from lib.store import DamagedBytesError

KEPT = 8
WCS_CARDS = 3000


@dataclass(frozen=True)
class Seen:
    """An image as it is shown.

    Attributes:
        product: what it is of.
        hdu: its header.
        plane: from 1.
        small: its pixels for a screen.
        note: a sentence on what of the file was not read; empty when all was.
        choices: index, name and size of every image in the file.
    """

    product: Product
    hdu: int
    plane: int
    planes: int
    cards: tuple[Card, ...]
    small: Small
    note: str
    choices: tuple[tuple[int, str], ...]

    @cached_property
    def frame(self) -> Frame:
        """Where it is drawn."""
        return Frame(self.small.width, self.small.height)

    @cached_property
    def sky(self) -> Sky | None:
        """The sky behind it; ``no_sky`` says why there is none."""
        return self._sky_or_why[0]

    @cached_property
    def no_sky(self) -> str:
        """Why there is no sky; empty when there is one."""
        return self._sky_or_why[1]

    @cached_property
    def lookup(self) -> Lookup | None:
        """The table of positions for a browser."""
        return make_lookup(self.sky, self.small.width, self.small.height) if self.sky else None

    @cached_property
    def known(self) -> Doubles:
        """Its values in order, without blanks."""
        return known_values(self.small.values)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest value that is shown."""
        return (float(self.known[0]), float(self.known[-1])) if len(self.known) else (0.0, 0.0)

    @property
    def unit(self) -> str:
        """BUNIT."""
        return word(self.cards, "BUNIT")[:40]

    def limits(self, asked: AskedImage) -> Limits:
        """The limits that are asked for."""
        if asked.low is not None and asked.high is not None:
            return Limits(asked.low, asked.high)
        return limits_of(self.known, asked.limits)

    def steps(self, asked: AskedImage) -> tuple[float, ...]:
        """Quantiles between the limits, for a histogram stretch; empty for all others."""
        if asked.stretch != "histogram":
            return ()
        return tuple(quantiles(self.known, self.limits(asked)))

    @cached_property
    def _sky_or_why(self) -> tuple[Sky | None, str]:
        try:
            return read_sky(self.cards, self.small.width, self.small.height), ""
        except NoSkyError as error:
            return None, str(error)


class _Shelf:
    """The images that were looked at last; at most eight of 4 MiB."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Seen] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], Seen]) -> Seen:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


_shelf = _Shelf()


@contextmanager
def fits_file(product: Product) -> Iterator[tuple[FitsFile, list[Hdu], str]]:
    """A product's file, its headers and a sentence on what was not read.

    Raises:
        ProductEvictedError: its bytes are not kept.
        NotShownError: it is no FITS file, or cannot be read here.
    """
    if not is_kept(product):
        raise ProductEvictedError(evicted_sentence(product, run_that_made(product)))
    try:
        with opened(product.digest, product.size) as file:
            hdus, note = scan(file.handle, file.size)
            yield file, hdus, " ".join(part for part in (file.note, note) if part)
    except NotFitsError as error:
        raise NotShownError(
            f"The product is no FITS file: {error}. Its bytes can be downloaded."
        ) from error
    except TooFarError as error:
        raise NotShownError(
            "The product has too many bytes to be fetched for a look; they can be downloaded."
        ) from error
    except (FileNotFoundError, DamagedBytesError) as error:
        raise ProductEvictedError(evicted_sentence(product, run_that_made(product))) from error


def see(product: Product, asked: AskedImage) -> Seen:
    """The image that is asked for.

    Raises:
        ProductEvictedError: the product's bytes are not kept.
        NotShownError: there is no such image; the sentence says what there is.
    """
    key = (product.digest, asked.hdu, asked.plane, asked.by)
    if not is_kept(product):
        raise ProductEvictedError(evicted_sentence(product, run_that_made(product)))
    return _shelf.get(key, lambda: _see(product, asked))


def exact(product: Product, asked: AskedImage, x: int, y: int) -> float | None:
    """The value of one pixel at full resolution, from 1; None where it is blank.

    Raises:
        NotShownError: there is no such pixel.
    """
    with fits_file(product) as (file, hdus, _note):
        hdu = _chosen(hdus, asked)
        try:
            with plane_in(file, hdu, asked.plane - 1) as plane:
                return value_at(plane, x, y)
        except NoImageError as error:
            raise NotShownError(f"The value cannot be told: {error}.") from error


def _see(product: Product, asked: AskedImage) -> Seen:
    with fits_file(product) as (file, hdus, note):
        hdu = _chosen(hdus, asked)
        try:
            with plane_in(file, hdu, asked.plane - 1) as plane:
                small = shrink(plane, by=asked.by)
        except (NoImageError, MemoryError) as error:
            raise NotShownError(f"The image cannot be shown: {error}. Its header can.") from error
        choices = tuple(
            (one.index, f"{one.index}: {one.name or 'image'}, {one.dimensions}"[:120])
            for one in hdus if one.is_image
        )  # fmt: skip
        cards = tuple(cards_of(hdu.header, WCS_CARDS))
        return Seen(product, hdu.index, asked.plane, hdu.planes, cards, small, note, choices)


def _chosen(hdus: list[Hdu], asked: AskedImage) -> Hdu:
    images = [hdu for hdu in hdus if hdu.is_image]
    if asked.hdu is None and images:
        return images[0]
    found = next((hdu for hdu in images if hdu.index == asked.hdu), None)
    if found is None:
        told = ", ".join(str(hdu.index) for hdu in images[:20])
        has = (
            f"There are images behind header {told}."
            if images
            else "It holds no image; its headers can be read."
        )
        raise NotShownError(f"No image stands there. {has}")
    return found
