"""Tables from one form to another: FITS, ECSV, VOTable and CSV, with a note of what was lost."""
# ruff: noqa: PLC0415 -- astropy.table takes long to import

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from astropy.table import Table

FORMS = ("fits", "ecsv", "votable", "csv")
MEDIA_TYPES = {
    "fits": "application/fits", "ecsv": "text/csv; charset=utf-8",
    "votable": "application/x-votable+xml", "csv": "text/csv; charset=utf-8",
}  # fmt: skip
ENDINGS = {"fits": "fits", "ecsv": "ecsv", "votable": "vot", "csv": "csv"}
BYTES_AT_MOST = {"fits": 512 * 1024**2, "ecsv": 48 * 1024**2, "votable": 24 * 1024**2,
                 "csv": 64 * 1024**2}  # fmt: skip
"""Bytes of numbers and text in a table that is converted; text takes far longer to write."""
PLACES_AT_MOST = 64  # of a vector that becomes columns of a CSV
META_AT_MOST = 500
KEY_AT_MOST = 8  # letters of a word in a FITS header
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TooLargeError(ValueError):
    """The table has more in it than is converted; the message says how much is."""


def convert(table: "Table", form: str) -> tuple[bytes, tuple[str, ...]]:
    """A table in another form, and sentences on what that form could not keep.

    Args:
        table: the table; it is not changed.
        form: one of ``FORMS``.

    Raises:
        TooLargeError: the table is too large for the form.
    """
    size = sum(getattr(table[name], "nbytes", 8 * len(table)) for name in table.colnames)
    if size > BYTES_AT_MOST[form]:
        most = BYTES_AT_MOST[form] // 1024**2
        raise TooLargeError(f"it has {size // 1024**2} MB; {most} MB are written as {form}")
    writers = {"fits": _to_fits, "ecsv": _to_ecsv, "votable": _to_votable, "csv": _to_csv}
    return writers[form](table.copy())


def _to_ecsv(table: "Table") -> tuple[bytes, tuple[str, ...]]:
    lost = _plain_objects(table)
    out = io.StringIO()
    table.meta = _simple(table.meta)
    table.write(out, format="ascii.ecsv")
    return out.getvalue().encode(), tuple(lost)


def _to_fits(table: "Table") -> tuple[bytes, tuple[str, ...]]:
    from astropy.io import fits

    lost = [*_plain_objects(table), *_plain_times(table), *_plain_masks(table)]
    lost += [*_plain_names(table), *_plain_texts(table)]
    described = [(column.info.description or "", _ucd(column)) for column in table.itercols()]
    meta = _simple(table.meta)
    table.meta = {key: value for key, value in meta.items() if _is_card(key, value)}
    if len(table.meta) < len(meta):
        lost.append("some of its metadata, which no FITS header takes")
    hdu = fits.table_to_hdu(table)
    for number, (text, ucd) in enumerate(described, 1):
        if text:
            hdu.header[f"TCOMM{number}"] = _ascii(text)[:60]
        if ucd:
            hdu.header[f"TUCD{number}"] = _ascii(ucd)[:60]
    if any(len(text) > 60 for text, _ucd_of in described):  # noqa: PLR2004 -- of a card's 68
        lost.append("the ends of long descriptions")
    for sentence in lost:
        hdu.header["HISTORY"] = f"Not kept: {_ascii(sentence)}"
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(out)
    return out.getvalue(), tuple(lost)


def _plain_names(table: "Table") -> list[str]:
    """Give columns names that a FITS header can hold."""
    lost = []
    for number, name in enumerate(list(table.colnames), 1):
        plain = _ascii(name)[:60]
        if plain != name:
            plain = plain if plain and plain not in table.colnames else f"col{number}"
            table.rename_column(name, plain)
            lost.append(f"the name of column {number}, which is {plain} now")
    return lost


def _plain_texts(table: "Table") -> list[str]:
    """Write texts in the letters that a FITS table can hold."""
    lost = []
    for name in table.colnames:
        column = table[name]
        texts = np.ma.getdata(column)
        if texts.dtype.kind == "U" and not all(text.isascii() for text in texts.ravel()):
            plain = np.char.encode(texts, "ascii", "replace")
            table.replace_column(name, np.ma.array(plain, mask=np.ma.getmaskarray(column)))
            lost.append(f"letters of {name} beyond ASCII, which are question marks")
    return lost


def _is_card(key: str, value: object) -> bool:
    """Whether a FITS header can hold this word and value."""
    plain = key.replace("-", "").replace("_", "")
    fits = len(key) <= KEY_AT_MOST and plain.isascii() and plain.isalnum()
    if isinstance(value, float):
        return fits and np.isfinite(value).item()
    return fits and (
        isinstance(value, bool | int) or (isinstance(value, str) and _ascii(value) == value)
    )


def _to_votable(table: "Table") -> tuple[bytes, tuple[str, ...]]:
    from astropy.io.votable import from_table
    from astropy.io.votable.tree import Info

    lost = [*_plain_objects(table), *_plain_times(table)]
    meta, table.meta = _simple(table.meta), {}
    document = from_table(table)
    resource = document.resources[0]
    for key, value in list(meta.items())[:META_AT_MOST]:
        if isinstance(value, bool | int | float | str):
            resource.infos.append(Info(name=_xml(key), value=_xml(str(value))))
    for sentence in lost:
        resource.infos.append(Info(name="not-kept", value=_xml(sentence)))
    document.set_all_tables_format("binary2")
    out = io.BytesIO()
    document.to_xml(out)
    return out.getvalue(), tuple(lost)


def _to_csv(table: "Table") -> tuple[bytes, tuple[str, ...]]:
    lost = [*_plain_objects(table), *_plain_times(table), *_split_vectors(table)]
    columns = list(table.itercols())
    for what, there in (
        ("units", any(column.unit for column in columns)),
        ("descriptions", any(column.description or _ucd(column) for column in columns)),
        ("metadata", bool(table.meta)),
        ("which empty cells were empty texts and which were missing", _has_masked_text(table)),
    ):
        if there:
            lost.append(what)
    guarded = [item.name for item in columns if item.dtype.kind in "US" and _guarded(item)]
    lost += [f"texts of {name} that a spreadsheet would run: a quote is before" for name in guarded]
    table.meta = {}
    out = io.StringIO()
    out.writelines(f"# Not kept: {' '.join(sentence.split())}\n" for sentence in lost)
    table.write(out, format="ascii.csv")
    return out.getvalue().encode(), tuple(lost)


def _guarded(column: Any) -> bool:  # noqa: ANN401 -- astropy has no types
    """Whether a text column held formulas; they begin with a quote now."""
    texts = [str(value) for value in np.ma.getdata(column)]
    formulas = [place for place, text in enumerate(texts) if _is_formula(text)]
    if not formulas:
        return False
    kept = np.array([f"'{text}" if _is_formula(text) else text for text in texts])
    mask = np.ma.getmaskarray(column).copy()
    column.info.parent_table.replace_column(
        column.name, np.ma.array(kept, mask=mask) if mask.any() else kept
    )
    return True


def _is_formula(text: str) -> bool:
    if not text.startswith(FORMULA):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def _plain_objects(table: "Table") -> list[str]:
    """Write columns that are neither numbers, text nor instants as text."""
    lost = []
    for name in table.colnames:
        kind = getattr(getattr(table[name], "dtype", None), "kind", "")
        if kind in {"O", "V"}:
            table[name] = np.array([str(value)[:1000] for value in table[name]])
            lost.append(f"the types of the values of {name}, which are text now")
    return lost


def _plain_times(table: "Table") -> list[str]:
    """Write instants as days, and places on the sky as degrees."""
    from astropy.coordinates import SkyCoord
    from astropy.table import Column
    from astropy.time import Time

    lost = []
    for name in table.colnames:
        column = table[name]
        at = table.colnames.index(name)
        if isinstance(column, Time):
            told = f"MJD, {column.scale.upper()}"
            plain = Column(np.asarray(column.mjd), name=name, unit="d", description=told)
            table.replace_column(name, plain)
            lost.append(f"instants of {name} finer than a microsecond: they are written as {told}")
        elif isinstance(column, SkyCoord):
            for part, values in (("dec", column.icrs.dec.deg), ("ra", column.icrs.ra.deg)):
                table.add_column(Column(values, name=f"{name}_{part}", unit="deg"), index=at)
            table.remove_column(name)
            lost.append(f"the frame of {name}: its places are written as ICRS degrees")
    return lost


def _plain_masks(table: "Table") -> list[str]:
    """Say what of a mask a FITS table cannot hold."""
    lost = []
    for name in table.colnames:
        column = table[name]
        if column.dtype.kind in "US" and np.ma.getmaskarray(column).any():
            lost.append(f"which empty texts of {name} were missing")
        if column.dtype.kind == "b" and np.ma.getmaskarray(column).any():
            lost.append(f"which values of {name} were missing: they are no")
    return lost


def _split_vectors(table: "Table") -> list[str]:
    """Give every place of a vector a column of its own, or write it as text when they are many."""
    lost = []
    for name in list(table.colnames):
        column = table[name]
        if column.ndim < 2:  # noqa: PLR2004 -- rows are the first
            continue
        flat = column.reshape(len(column), -1) if len(column) else np.empty((0, 0))
        at = table.colnames.index(name)
        if flat.shape[1] <= PLACES_AT_MOST:
            for place in reversed(range(flat.shape[1])):
                table.add_column(flat[:, place], name=f"{name}[{place}]", index=at)
            lost.append(f"that {name} was one column of vectors")
        else:
            texts = [" ".join(str(value) for value in row) for row in flat]
            table.add_column(texts, name=f"{name}[]", index=at)
            lost.append(f"the types of {name}, whose vectors are texts now")
        table.remove_column(name)
    return lost


def _has_masked_text(table: "Table") -> bool:
    return any(
        column.dtype.kind in "US" and bool(np.ma.getmaskarray(column).any())
        for column in table.itercols()
    )


def _ucd(column: Any) -> str:  # noqa: ANN401 -- astropy has no types
    return str((column.info.meta or {}).get("ucd", "") or "")


def _simple(meta: Any) -> dict[str, Any]:  # noqa: ANN401 -- a mapping of anything
    """Metadata that every form can write: numbers, texts, and lists and mappings of them."""
    found = {str(key): _simple_value(value) for key, value in dict(meta).items()}
    return {key: value for key, value in found.items() if value is not None}


def _simple_value(value: Any) -> Any:  # noqa: ANN401 -- anything
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [one for one in (_simple_value(item) for item in value) if one is not None]
    return _simple(value) if isinstance(value, dict) else None


def _ascii(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())


def _xml(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")[:2000]
