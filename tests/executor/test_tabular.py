"""Tables are read in every format, and strangers' bytes are refused."""

import contextlib
import io
import warnings

import hypothesis
import pytest
from astropy.table import Column, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain import tabular
from executor.domain.tabular import UnreadableError, read_table

FORMATS = {"x.ecsv": "ascii.ecsv", "x.csv": "ascii.csv", "x.fits": "fits", "x.vot": "votable"}
# A machine that is busy is no failure of ours.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


def made() -> Table:
    return Table({"year": [2003, 2004], "flux": Column([1.5, 2.5], unit="mJy / d")})


def saved(table: Table, file: str) -> bytes:
    buffer = io.BytesIO() if file.endswith((".fits", ".vot", ".xml")) else io.StringIO()
    table.write(buffer, format=FORMATS.get(file, "votable"))
    content = buffer.getvalue()
    return content if isinstance(content, bytes) else content.encode()


@pytest.mark.parametrize("file", ["x", "x.txt", "x.html", "x.hdf5", "x.pickle", ".."])
def test_a_file_of_another_kind_is_not_opened(file):
    with pytest.raises(UnreadableError) as refused:
        read_table(b"year,flux\n2003,1.5\n", file)

    assert str(refused.value) == f"{file} is no table that can be read here."


def test_a_table_that_is_too_large_is_not_opened(monkeypatch):
    monkeypatch.setattr(tabular, "BYTES_AT_MOST", 10)

    with pytest.raises(UnreadableError):
        read_table(b"year,flux\n2003,1.5\n", "x.csv")


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE VOTABLE [<!ENTITY a "aaaaaaaaaa">%s]><VOTABLE>&l9;</VOTABLE>""" % b"".join(
    b'<!ENTITY l%d "%s">' % (n, (b"&l%d;" % (n - 1) if n else b"&a;") * 10) for n in range(10)
)
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE VOTABLE [<!ENTITY a SYSTEM "file:///etc/passwd">]><VOTABLE>&a;</VOTABLE>"""
CODE = b"""# %ECSV 1.0
# ---
# datatype:
# - {name: a, datatype: int64}
# meta: !!python/object/apply:os.system ['touch /tmp/reprise-was-here']
a
1
"""


@pytest.mark.parametrize(
    ("data", "file"),
    [(ENTITIES, "x.vot"), (OUTSIDE, "x.xml"), (CODE, "x.ecsv"), (b"", "x.fits")],
)
def test_a_hostile_table_is_no_table(data, file):
    with pytest.raises(UnreadableError):
        read_table(data, file)


@settings(max_examples=60)
@given(st.sampled_from(list(FORMATS)), st.binary(max_size=300), st.booleans(), st.integers(0, 200))
def test_any_bytes_are_a_table_or_refused(file, noise, damaged, cut):
    whole = saved(made(), file) if damaged else b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns of what it mends
        with contextlib.suppress(UnreadableError):
            read_table(whole[:cut] + noise + whole[cut + len(noise) :], file)


@pytest.mark.parametrize("columns", ["999999999", "+1000", "99999999999999999999"])
def test_a_fits_header_that_names_a_billion_columns_is_not_opened(columns):
    whole = saved(Table({"a": [1.0]}), "x.fits")
    at = whole.rindex(b"TFIELDS = ")
    hostile = whole[:at] + f"TFIELDS = {columns:>20}".ljust(80).encode() + whole[at + 80 :]
    with pytest.raises(UnreadableError, match="is no table that can be read here"):
        read_table(hostile, "x.fits")
