"""Whole FITS files: extensions by name, then by order; images, tables and headers of each."""

from collections.abc import Sequence

from gallery.domain.comparison.bounds import UnreadableError
from gallery.domain.comparison.columns import Grid
from gallery.domain.comparison.fields import readable
from gallery.domain.comparison.fits_parts import Part
from gallery.domain.comparison.headers import compare_headers
from gallery.domain.comparison.images import compare_images, errors_of
from gallery.domain.comparison.outcome import Outcome
from gallery.domain.comparison.series import compare_series
from gallery.domain.comparison.tables import compare_tables
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances


def compare_fits(
    published: Sequence[Part], found: Sequence[Part], tolerances: Tolerances, *, is_series: bool
) -> Outcome:
    """Compare two FITS files part by part.

    Raises:
        TooLargeError: too many sources crowd a zone of a catalogue.
    """
    tally = Tally(_name(published, is_series=is_series))
    pairs, extra = _paired(_bearing(published), _bearing(found))
    for one, other in pairs:
        if one.name and one.name in {item.upper() for item in tolerances.ignore}:
            continue
        if other is None:
            tally.blocks(f"The re-run has no extension {readable(one.name) or '(without name)'}")
            continue
        outcome = _compare_part(tally, one, other, published, tolerances, is_series=is_series)
        if outcome is not None:
            return outcome
    for part in extra:
        tally.note(f"extension {readable(part.name) or '(without name)'} is new in the re-run")
    _compare_empty(tally, published, found, tolerances)
    return tally.outcome()


def _name(parts: Sequence[Part], *, is_series: bool) -> str:
    images = sum(part.image is not None for part in parts)
    tables = sum(part.table is not None for part in parts)
    if tables and not images:
        return "series" if is_series else "table"
    return "image" if images and not tables else "fits"


def _bearing(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.image is not None or part.table is not None]


def _paired(
    published: list[Part], found: list[Part]
) -> tuple[list[tuple[Part, Part | None]], list[Part]]:
    """Each published part with the one of its name, else with the next free one of its kind."""
    free = list(found)
    chosen: dict[int, Part] = {}
    for by_name in (True, False):
        for number, one in enumerate(published):
            if number in chosen:
                continue
            other = next((item for item in free if _fits(one, item, by_name=by_name)), None)
            if other is not None:
                chosen[number] = other
                free = [item for item in free if item is not other]
    return [(one, chosen.get(number)) for number, one in enumerate(published)], free


def _fits(one: Part, other: Part, *, by_name: bool) -> bool:
    if (one.image is None) != (other.image is None):
        return False
    if by_name:
        return one.name == other.name and one.header.get("EXTVER") == other.header.get("EXTVER")
    # A compressed image cannot be the primary one: it stands in an extension without a name.
    anonymous = ("", "PRIMARY")
    return one.name == other.name or one.name in anonymous or other.name in anonymous


def _compare_part(  # noqa: PLR0913 -- a part within two files
    tally: Tally, one: Part, other: Part, parts: Sequence[Part], tolerances: Tolerances, *,
    is_series: bool,
) -> Outcome | None:  # fmt: skip
    name = one.name or ("table" if one.image is None else "image")
    if one.image is not None:
        errors = errors_of(one, parts, tolerances.errors)
        compare_images(tally, one, other, tolerances, errors)
        _compare_scale(tally, one, other)
    elif one.table is not None and other.table is not None:
        outcome = _compare_grids(tally, one.table, other.table, tolerances, name, is_series)
        if outcome is not None:
            return outcome
    compare_headers(tally, name, one.header, other.header, tolerances)
    return None


def _compare_grids(  # noqa: PLR0913, PLR0917 -- a table within two files
    tally: Tally, one: Grid, other: Grid, tolerances: Tolerances, name: str, is_series: bool  # noqa: FBT001 -- passed on
) -> Outcome | None:  # fmt: skip
    if is_series:
        return compare_series(tally, one, other, tolerances, within=name)
    compare_tables(tally, one, other, tolerances, within=name)
    return None


def _compare_scale(tally: Tally, one: Part, other: Part) -> None:
    """An image's times are in its header: another scale moves them by more than a minute."""
    scales = [str(part.header.get("TIMESYS") or "").strip().upper() for part in (one, other)]
    if all(scales) and scales[0] != scales[1]:
        tally.lacks(1, f"{one.name or 'image'}: times in {readable(scales[1])}, published in "
                    f"{readable(scales[0])}")  # fmt: skip


def _compare_empty(
    tally: Tally, published: Sequence[Part], found: Sequence[Part], tolerances: Tolerances
) -> None:
    """A primary header without data still says something."""
    first, second = (parts[0] if parts else None for parts in (published, found))
    if first is None or second is None or _bearing([first]) or _bearing([second]):
        return
    compare_headers(tally, "PRIMARY", first.header, second.header, tolerances)


def first_table(parts: Sequence[Part]) -> Grid:
    """The first table of a file.

    Raises:
        UnreadableError: there is none.
    """
    table = next((part.table for part in parts if part.table is not None), None)
    if table is None:
        raise UnreadableError("it holds no table")
    return table
