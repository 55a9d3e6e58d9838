"""FITS headers: cards, and what stands behind them; hostile ones too."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.fits_header import Card, cards_of, text_of
from executor.domain.looking.hdus import NotFitsError, scan
from tests.executor.fits_files import block, card, header, image, ramp


def scanned(data: bytes):
    return scan(io.BytesIO(data), len(data))


def read(*lines: str) -> list[Card]:
    return cards_of(b"".join(line.encode("latin-1").ljust(80)[:80] for line in lines), 100)


def test_a_card_has_a_value_and_a_comment():
    assert read("OBJECT  = 'Cas A / SNR'        / its ''name''") == [
        Card("OBJECT", "Cas A / SNR", "its ''name''")
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("T", True), ("-12", -12), ("1.5E3", 1500.0), ("1D2", 100.0), ("nan", "nan"), ("'12'", 12),
     ("1" * 200, float("1" * 70))],
)  # fmt: skip
def test_a_value_has_its_type(text, value):
    assert read(f"KEY     = {text}")[0].value == value


def test_long_texts_are_put_together():
    cards = read(
        "LONG    = 'one &'", "CONTINUE  'two &'", "CONTINUE  'three' / said", "NEXT    = 1"
    )

    assert cards == [Card("LONG", "one two three", "said"), Card("NEXT", "1", "")]


def test_long_keywords_are_read():
    assert read("HIERARCH ESO DET ID = 'x' / y") == [Card("ESO DET ID", "x", "y")]


def test_what_is_not_printable_is_replaced():
    assert read("KEY     = '\x1b[2J<b>\x00\xff'") == [Card("KEY", "\ufffd[2J<b>\ufffd\ufffd", "")]


def test_the_text_of_a_header_is_one_card_a_line():
    assert text_of(header(card("SIMPLE", "T"))) == "SIMPLE  =                    T\n"


def test_the_headers_of_a_file_are_found():
    table = header(card("XTENSION", "'BINTABLE'"), card("BITPIX", 8), card("NAXIS", 2),
                   card("NAXIS1", 4), card("NAXIS2", 3), card("EXTNAME", "'EVENTS'"))  # fmt: skip
    found, note = scanned(image(ramp()) + table + block(b"x" * 12))

    assert [(hdu.kind, hdu.name, hdu.shape, hdu.card_count) for hdu in found] == [
        ("image", "PRIMARY", (40, 30), 5), ("table", "EVENTS", (4, 3), 6),
    ]  # fmt: skip
    assert note == ""


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"0" * 5000, b"SIMPLE  =", b"x" * 80])
def test_what_is_no_fits_file_is_refused(data):
    with pytest.raises(NotFitsError):
        scanned(data)


@pytest.mark.parametrize(
    "cards",
    [
        {"NAXIS1": 10**19, "NAXIS2": 10**19}, {"NAXIS": 10**9}, {"NAXIS": -1}, {"BITPIX": 7},
        {"PCOUNT": -(10**18)}, {"GCOUNT": 10**18}, {"NAXIS1": "'x'"}, {"NAXIS1": "1E400"},
    ],
)  # fmt: skip
def test_impossible_sizes_end_the_reading(cards):
    given_cards = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": 9, "NAXIS2": 9} | cards
    found, _note = scanned(header(*[card(*pair) for pair in given_cards.items()]))

    assert len(found) == 1


def test_a_million_cards_are_counted_and_few_are_kept():
    many = card("SIMPLE", "T") + card("NAXIS", 0) + b"COMMENT x".ljust(80) * 1_000_000
    found, note = scanned(header(many))

    assert (len(found), note) == (1, "")
    assert found[0].card_count > 1_000_000
    assert len(found[0].header) < 4_200_000


def test_a_header_without_an_end_is_refused():
    with pytest.raises(NotFitsError, match="no END"):
        scanned(block(card("SIMPLE", "T"), b" "))


@given(st.binary(max_size=6000))
def test_any_bytes_after_a_beginning_make_headers_or_a_refusal(data):
    try:
        found, _note = scanned(b"SIMPLE  =" + data)
    except NotFitsError:
        return
    assert found[0].index == 0
