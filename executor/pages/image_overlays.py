"""What lies over an image on its page: contours, regions, sources, another image."""

import warnings
from dataclasses import dataclass, field

from executor.adapters.fits_file import opened
from executor.domain.looking.asked import AskedImage, Reference
from executor.domain.looking.catalogue import NoPositionsError, positions_in
from executor.domain.looking.contours import BadLevelsError, Contour, make_contours, read_levels
from executor.domain.looking.overlay import SOURCES_AT_MOST, Drawn, draw_regions, draw_sources
from executor.domain.regions import BYTES_AT_MOST, read_regions
from executor.domain.tabular import BYTES_AT_MOST as TABLE_BYTES
from executor.domain.tabular import UnreadableError, read_table
from executor.models import Product
from executor.pages.image_source import Seen
from executor.queries import is_kept, product_of
from lib.problem import ProblemError


@dataclass
class Overlays:
    """Everything drawn over a picture, and sentences about it."""

    contours: list[Contour] = field(default_factory=list)
    regions: list[Drawn] = field(default_factory=list)
    sources: list[Drawn] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def overlays_of(seen: Seen, asked: AskedImage) -> Overlays:
    """The overlays that are asked for; one that cannot be drawn is a sentence."""
    found = Overlays()
    for wanted, add in (
        (asked.contours, _add_contours), (asked.regions, _add_regions),
        (asked.catalogue, _add_sources),
    ):  # fmt: skip
        if wanted:
            try:
                add(found, seen, asked)
            except (BadLevelsError, NoPositionsError, UnreadableError) as error:
                found.said.append(str(error))
            except ProblemError as error:
                found.said.append(error.detail)
            except OSError:
                found.said.append("A file to be laid over cannot be read here.")
    return found


def _add_contours(found: Overlays, seen: Seen, asked: AskedImage) -> None:
    levels = read_levels(asked.contours, seen.known)
    found.contours, dropped = make_contours(seen.small, seen.frame, levels)
    told = ", ".join(f"{item.level:g}" for item in found.contours)
    found.said.append(
        f"Contours at {told} {seen.unit}".rstrip() + "." if told else "No contour is drawn."
    )
    if dropped:
        told = ", ".join(f"{level:g}" for level in dropped)
        found.said.append(f"Contours at {told} have too many points and are left out.")


def _add_regions(found: Overlays, seen: Seen, asked: AskedImage) -> None:
    data = _bytes(asked.regions, BYTES_AT_MOST)
    regions, unknown = read_regions(data)
    found.regions, outside = draw_regions(regions, seen.sky, seen.frame)
    said = f"{len(found.regions)} regions are drawn"
    said += f", {outside} lie outside or need a sky that the image does not tell" if outside else ""
    said += f", {unknown} lines of their file are not understood" if unknown else ""
    found.said.append(said + ".")


def _add_sources(found: Overlays, seen: Seen, asked: AskedImage) -> None:
    if seen.sky is None:
        found.said.append("Without a sky behind the image no source can be marked.")
        return
    product = _product(asked.catalogue)
    name = (asked.catalogue.file if asked.catalogue else "") or product.file
    with opened(product.digest, product.size) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = name.removesuffix(".gz") or "table.fits"
        table = read_table(file.handle.read(TABLE_BYTES + 1), name)
    where = positions_in(table)
    found.sources, inside = draw_sources(where, seen.sky, seen.frame)
    said = f"{inside:,} of {len(where.ra):,} sources lie in the image (columns {where.columns})"
    found.said.append(
        said + (f"; {SOURCES_AT_MOST:,} are drawn." if inside > SOURCES_AT_MOST else ".")
    )


def _product(reference: Reference | None) -> Product:
    product = product_of(reference.digest if reference else "")
    if not is_kept(product):
        raise UnreadableError("The file to be laid over is not kept any more.")
    return product


def _bytes(reference: Reference | None, most: int) -> bytes:
    product = _product(reference)
    if product.size > most:
        raise UnreadableError(f"The file to be laid over has more than {most:,} bytes.")
    return product.read()
