"""Tables are opened in every form: with units, masks, vectors, times; hostile ones are refused."""

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from executor.adapters.programs.talk import RefusedError
from executor.domain import tabular
from executor.domain.tables.cells import cells, plain_cells
from executor.domain.tabular import UnreadableError, read_table, read_table_at
from tests.executor.tables import light_curve, opened, saved, timed

ALL = np.arange(5)


@pytest.mark.parametrize("file", ["x.fits", "x.ecsv", "x.vot"])
def test_columns_keep_their_units_and_values(tmp_path, file):
    found = opened(light_curve(), tmp_path, file)
    rate, count, good = (found.info.column(name) for name in ("rate", "COUNT", "GOOD"))

    assert (found.info.rows, rate.unit.replace("count", "ct").replace(" s-1", " / s")) == (
        5,
        "ct / s",
    )
    assert plain_cells(found, rate, ALL) == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert plain_cells(found, count, ALL) == [0, None, 2, 3, 4]
    assert cells(found, good, ALL) == ["yes", "no", "yes", "no", "yes"]
    assert cells(found, found.info.column("NAME"), ALL)[:2] == ["src 000", "src 001"]
    assert cells(found, found.info.column("BANDS"), ALL[:1]) == ["[0.0, 1.0, 2.0]"]


def test_a_plain_fits_is_mapped_and_nothing_of_it_is_written(tmp_path):
    found = opened(light_curve(), tmp_path)

    assert list((tmp_path / "columns").iterdir()) == []
    assert {item.store["file"] for item in found.info.columns} == {""}


def test_a_packed_fits_is_unpacked_once(tmp_path):
    packed = gzip.compress(saved(light_curve(), "x.fits"))
    found = opened(packed, tmp_path, "x.fits.gz")

    assert plain_cells(found, found.info.column("RATE"), ALL)[:2] == [0.5, 1.5]
    assert [path.name for path in (tmp_path / "columns").iterdir()] == ["data"]


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular.unpack, "__defaults__", (1000,))
    with pytest.raises(UnreadableError, match="unpacks to more than 1,000 bytes"):
        opened(gzip.compress(bytes(100_000)), tmp_path, "x.fits.gz")


def test_instants_are_days_that_know_their_scale(tmp_path):
    found = opened(timed(), tmp_path, "x.ecsv").info.column("t")

    assert (found.unit, found.scale, found.instant) == ("d", "tt", "mjd")


def test_scaled_unsigned_and_missing_integers_are_what_they_mean(tmp_path):
    columns = [
        fits.Column("u", "I", bzero=32768, array=np.array([0, 40000, 65535], "uint16")),
        fits.Column("s", "I", array=np.array([1, 2, -9], "i2"), null=-9),
        fits.Column("f", "E", array=np.array([np.nan, np.inf, 1], "f4")),
    ]
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)]).writeto(out)
    found = opened(out.getvalue(), tmp_path)

    assert [plain_cells(found, item, ALL[:3]) for item in found.info.columns] == [
        [0, 40000, 65535], [1, 2, None], [None, None, 1.0],
    ]  # fmt: skip
    assert cells(found, found.info.columns[2], ALL[:3]) == ["NaN", "inf", "1.0"]


def test_a_file_that_ends_early_gives_the_rows_that_are_there(tmp_path):
    whole = saved(Table({"a": np.arange(1000.0)}), "x.fits")
    found = opened(whole[: 5760 + 8 * 100 + 3], tmp_path)

    assert found.info.rows == 100
    assert found.info.notes == ("The file ends early: 100 of its 1,000 rows are there.",)


def test_tables_that_go_with_others_are_not_shown_first(tmp_path):
    parts = [fits.table_to_hdu(Table({"a": [1.0]})), fits.table_to_hdu(Table({"b": [1.0, 2.0]}))]
    parts[0].name, parts[1].name = "EBOUNDS", "EVENTS"
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *parts]).writeto(out)

    assert opened(out.getvalue(), tmp_path).info.hdu == 2
    assert opened(out.getvalue(), tmp_path, hdu=1).info.columns[0].name == "a"
    with pytest.raises(RefusedError, match="its HDU 7 is no table; tables are at 1, 2"):
        opened(out.getvalue(), tmp_path, hdu=7)


def test_an_image_is_no_table(tmp_path):
    out = io.BytesIO()
    fits.PrimaryHDU(np.zeros((3, 3))).writeto(out)
    with pytest.raises(RefusedError, match="it holds no table, only images or headers"):
        opened(out.getvalue(), tmp_path)


def changed(card: str, value: object) -> bytes:
    whole = saved(light_curve(), "x.fits")
    at = whole.rindex(f"{card:8}= ".encode())
    return whole[:at] + f"{card:8}= {value:>20}".ljust(80).encode() + whole[at + 80 :]


@pytest.mark.parametrize(
    ("card", "value"),
    [("TFIELDS", 999999999), ("NAXIS1", 4), ("TFORM1", "'?'"), ("NAXIS2", 10**12)],
)
def test_a_header_that_lies_is_refused_or_harmless(tmp_path, card, value):
    try:
        found = opened(changed(card, value), tmp_path)
    except Exception as error:  # noqa: BLE001 -- the program apart turns any into a sentence
        assert type(error) is not MemoryError  # noqa: PT017 -- one of many may come
    else:
        assert found.info.rows < 1000


def test_a_text_without_a_head_takes_the_names_of_its_comments(tmp_path):
    text = b"# of a telescope\n#  TIME  RATE\n#  d  ct/s\n 54000 1.5\n 54001 2.5\n"
    found = opened(text, tmp_path, "x.dat")

    assert [(item.name, item.unit) for item in found.info.columns] == [
        ("TIME", "d"),
        ("RATE", "ct / s"),
    ]


STREAM = b"""<?xml version="1.0"?><VOTABLE version="1.4"><RESOURCE><TABLE>
<FIELD name="a" datatype="double"/><DATA><BINARY><STREAM href="file:///etc/passwd"/></BINARY>
</DATA></TABLE></RESOURCE></VOTABLE>"""


def test_a_votable_cannot_have_files_of_this_machine_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(np.arange(4.0).tobytes())
    with pytest.raises(UnreadableError):
        read_table(STREAM.replace(b"/etc/passwd", str(secret).encode()), "x.vot")


def test_tables_are_read_from_files_packed_and_not(tmp_path):
    whole = saved(light_curve(), "x.fits")
    for file, data in (("x.fits", whole), ("x.fits.gz", gzip.compress(whole))):
        (tmp_path / file).write_bytes(data)
        assert list(read_table_at(tmp_path / file, file, 1)["COUNT"].filled(-1)) == [0, -1, 2, 3, 4]
