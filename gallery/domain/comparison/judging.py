"""Which comparator judges two products, and what is said when none can."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gallery.domain.comparison.bounds import TooLargeError, UnreadableError, unzipped
from gallery.domain.comparison.columns import Grid, read_grid
from gallery.domain.comparison.fits_parts import MARK, read_parts
from gallery.domain.comparison.outcome import Outcome
from gallery.domain.comparison.pictures import compare_pictures, read_pixels
from gallery.domain.comparison.sample import Sample
from gallery.domain.comparison.series import compare_series
from gallery.domain.comparison.structures import compare_json, compare_texts, read_leaves
from gallery.domain.comparison.tables import compare_tables
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances
from gallery.domain.comparison.whole_fits import compare_fits, first_table
from gallery.domain.verdict import Verdict
from ontology.domain.kinds import ProductKind

SERIES = (ProductKind.SPECTRUM, ProductKind.LIGHT_CURVE)
SERIES_TERMS = frozenset({"Spectrum", "LightCurve"})
FAR_ASTRAY = 1000  # characters of a sentence


class Form(StrEnum):
    """What the bytes of a product are read as."""

    FITS = "FITS file"
    TABLE = "table"
    PICTURE = "picture"
    JSON = "JSON"
    TEXT = "text"
    BINARY = "file"


SUFFIXES = {
    ".fits": Form.FITS, ".fit": Form.FITS, ".fts": Form.FITS, ".ecsv": Form.TABLE,
    ".csv": Form.TABLE, ".vot": Form.TABLE, ".xml": Form.TABLE, ".votable": Form.TABLE,
    ".png": Form.PICTURE, ".jpg": Form.PICTURE, ".jpeg": Form.PICTURE, ".gif": Form.PICTURE,
    ".tif": Form.PICTURE, ".tiff": Form.PICTURE, ".webp": Form.PICTURE, ".bmp": Form.PICTURE,
    ".svg": Form.PICTURE, ".pdf": Form.PICTURE, ".eps": Form.PICTURE, ".ps": Form.PICTURE,
    ".json": Form.JSON, ".txt": Form.TEXT, ".log": Form.TEXT, ".reg": Form.TEXT, ".md": Form.TEXT,
    ".dat": Form.TEXT, ".tex": Form.TEXT, ".tsv": Form.TEXT,
}  # fmt: skip
TABULAR = (Form.FITS, Form.TABLE)
KINDS = {
    ProductKind.NUMBER: (Form.JSON, Form.TEXT), ProductKind.BOOLEAN: (Form.JSON,),
    ProductKind.TEXT: (Form.TEXT, Form.JSON), ProductKind.TABLE: TABULAR,
    ProductKind.PICTURE: (Form.PICTURE,), ProductKind.IMAGE: (Form.FITS, Form.PICTURE),
    ProductKind.SPECTRUM: TABULAR, ProductKind.LIGHT_CURVE: TABULAR,
    ProductKind.STRUCTURE: (Form.JSON, Form.TEXT),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A sample with its content unpacked, and the form its name and bytes say it has."""

    sample: Sample
    form: Form

    @property
    def data(self) -> bytes:
        """The unpacked bytes."""
        return self.sample.data


def compare(published: Sample, found: Sample, tolerances: Tolerances | None = None) -> Outcome:
    """Compare a product of a re-run with the published one.

    Never raises: what cannot be read or is too large is not comparable, in words; bytes that are
    the same are identical whatever they are.

    Args:
        published: the published product.
        found: the re-run's.
        tolerances: how far it may be off; none given: not at all.
    """
    allowed = tolerances or Tolerances()
    if not found.data or not published.data:
        return _empty(published, found)
    same = published.data == found.data
    if same and (published.plot is None or published.plot == found.plot or found.plot is None):
        return _same_bytes(published, found, allowed)
    return _guarded(published, found, allowed)


def _empty(published: Sample, found: Sample) -> Outcome:
    if published.data:
        return Outcome(Verdict.FAILED, "The re-run's file is empty.", "bytes")
    words = "Both files are empty" if not found.data else "The published file is empty"
    return Outcome(Verdict.NOT_COMPARABLE, f"{words}: there is nothing to compare.", "bytes")


def _same_bytes(published: Sample, found: Sample, tolerances: Tolerances) -> Outcome:
    """Equal bytes are identical; the comparator only says how many values they hold."""
    outcome = _guarded(published, found, tolerances)
    if outcome.verdict is Verdict.IDENTICAL and outcome.values:
        values = "1 value" if outcome.values == 1 else f"{outcome.values:,} values"
        return replace(outcome, sentence=f"Byte for byte the same, with {values}.")
    notes = () if outcome.verdict is Verdict.IDENTICAL else (outcome.sentence,)
    return Outcome(Verdict.IDENTICAL, "Byte for byte the same.", "bytes", notes=notes)


def _guarded(published: Sample, found: Sample, tolerances: Tolerances) -> Outcome:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries warn of much in strangers' files
            return _compare(published, found, tolerances)
    except TooLargeError as error:
        words = f"Too large to compare by values: {error}. The bytes are not the same"
        return Outcome(Verdict.NOT_COMPARABLE, f"{words}.", "bytes")
    except Exception as error:  # noqa: BLE001 -- strangers' bytes make libraries raise anything
        words = f"The two cannot be compared ({type(error).__name__}: {str(error)[:200]})"
        return Outcome(Verdict.NOT_COMPARABLE, f"{words}.", "bytes")


def _compare(published: Sample, found: Sample, tolerances: Tolerances) -> Outcome:
    try:
        first = _read(published)
    except UnreadableError as error:
        return _unreadable("published", error)
    try:
        second = _read(found)
    except UnreadableError as error:
        return _broken(first, error)
    words = _misclaimed(first, second)
    if words:
        return Outcome(Verdict.NOT_COMPARABLE, words, "kind")
    comparator = COMPARATORS[first.form]
    try:
        return comparator(first, second, tolerances)
    except UnreadableError as error:
        return _whose_fault(first, error)


def _read(sample: Sample) -> Read:
    name = sample.file.lower()
    data = unzipped(sample.data)
    name = name.removesuffix(".gz")
    content = replace(sample, data=data, file=name)
    return Read(content, _form(content))


def _form(sample: Sample) -> Form:
    suffix = f".{sample.file.rsplit('.', 1)[-1]}"
    named = SUFFIXES.get(suffix)
    if sample.kind is ProductKind.BINARY:
        return Form.BINARY
    if sample.data.startswith(MARK):
        return Form.FITS
    if named is None and sample.data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return Form.PICTURE
    return named or (Form.TEXT if sample.kind is ProductKind.TEXT else Form.BINARY)


def _misclaimed(first: Read, second: Read) -> str:
    """Why two products are of kinds that do not compare; empty when they do."""
    expected = KINDS.get(first.sample.kind) if first.sample.kind else None
    if expected and first.form not in expected and first.form is not Form.BINARY:
        return f"The published file is no {first.sample.kind} but a {first.form}."
    both_tabular = first.form in TABULAR and second.form in TABULAR
    if first.form is not second.form and not both_tabular:
        return f"The paper published a {first.form}, and the re-run gave a {second.form}."
    return ""


def _unreadable(whose: str, error: UnreadableError) -> Outcome:
    return Outcome(Verdict.NOT_COMPARABLE, f"The {whose} file cannot be read: {error}.", "bytes")


def _broken(first: Read, error: UnreadableError) -> Outcome:
    """The re-run's file is broken: a failure when the published one can be read."""
    try:
        READERS[first.form](first)
    except UnreadableError as other:
        return _unreadable("published", other)
    return Outcome(Verdict.FAILED, f"The re-run's file cannot be read: {error}.", "bytes")


def _whose_fault(first: Read, error: UnreadableError) -> Outcome:
    return _broken(first, error)


def _is_series(sample: Sample) -> bool:
    return sample.kind in SERIES or sample.term.rsplit("/", 1)[-1] in SERIES_TERMS


def _tables(first: Read, second: Read, tolerances: Tolerances) -> Outcome:
    if first.form is Form.FITS and second.form is Form.FITS:
        parts = read_parts(first.data), read_parts(second.data)
        return compare_fits(*parts, tolerances, is_series=_is_series(first.sample))
    published, found = _grid(first), _grid(second)
    is_series = _is_series(first.sample)
    tally = Tally("series" if is_series else "table")
    if first.form is not second.form or first.sample.file[-4:] != second.sample.file[-4:]:
        tally.note("the two are of different formats; numbers and names were compared")
    if is_series:
        outcome = compare_series(tally, published, found, tolerances)
        return outcome or tally.outcome()
    compare_tables(tally, published, found, tolerances)
    return tally.outcome()


def _grid(read: Read) -> Grid:
    if read.form is Form.FITS:
        return first_table(read_parts(read.data))
    return read_grid(read.data, read.sample.file)


def _pictures(first: Read, second: Read, tolerances: Tolerances) -> Outcome:
    return compare_pictures(first.sample, second.sample, tolerances)


def _json(first: Read, second: Read, tolerances: Tolerances) -> Outcome:
    tally = Tally("json")
    compare_json(tally, first.data, second.data, tolerances)
    return tally.outcome()


def _texts(first: Read, second: Read, tolerances: Tolerances) -> Outcome:
    tally = Tally("text")
    compare_texts(tally, first.data, second.data, tolerances)
    return tally.outcome()


def _binaries(first: Read, second: Read, _tolerances: Tolerances) -> Outcome:
    """Unpacked bytes: one digest or two."""
    if first.data == second.data:
        notes = ("packed differently",)
        return Outcome(Verdict.IDENTICAL, "The unpacked bytes are the same.", "bytes", notes=notes)
    pairs = enumerate(zip(first.data, second.data, strict=False))
    shorter = min(len(first.data), len(second.data))
    place = next((i for i, pair in pairs if pair[0] != pair[1]), shorter)
    words = (
        f"The bytes differ from byte {place + 1:,} on; published {len(first.data):,} bytes, found "
        f"{len(second.data):,}. A file of this kind is compared by its digest alone."
    )
    return Outcome(Verdict.DIFFERENT, words, "bytes", 1, 1)


Comparator = Callable[[Read, Read, Tolerances], Outcome]
COMPARATORS: dict[Form, Comparator] = {
    Form.FITS: _tables, Form.TABLE: _tables, Form.PICTURE: _pictures, Form.JSON: _json,
    Form.TEXT: _texts, Form.BINARY: _binaries,
}  # fmt: skip
READERS: dict[Form, Callable[[Read], object]] = {
    Form.FITS: lambda read: read_parts(read.data),
    Form.TABLE: lambda read: read_grid(read.data, read.sample.file),
    Form.PICTURE: lambda read: read_pixels(read.data),
    Form.JSON: lambda read: read_leaves(read.data),
    Form.TEXT: lambda read: read.data.decode("utf-8", "replace"),
    Form.BINARY: lambda read: read.data,
}  # fmt: skip
