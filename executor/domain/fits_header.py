"""FITS headers, read as what they are: a stranger's cards of 80 bytes (FITS 4.0, section 4)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CARD = 80
BLOCK = 2880
CONTINUED_AT_MOST = 100
TEXT = re.compile(r"'((?:[^']|'')*)'(?:\s*/(.*))?")
BARE = {"COMMENT", "HISTORY", ""}
UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
MISPLACED = re.compile(rb"[^\x20-\x7e]")

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Card:
    """One keyword: ``value`` is typed; ``text`` is how the file writes it, without quotes."""

    keyword: str
    text: str
    comment: str

    @property
    def value(self) -> Value:
        """The value as a number or logical where it is written as one."""
        return _typed(self.text)


def is_header(data: bytes) -> bool:
    """Whether some bytes begin as a FITS file does."""
    return data.startswith((b"SIMPLE  =", b"XTENSION="))


def cards_of(data: bytes, at_most: int) -> list[Card]:
    """The first cards of a header, up to END; long texts are put together.

    Args:
        data: the header as it stands in the file.
        at_most: how many cards to read.

    What is not printable ASCII, which the standard forbids, becomes U+FFFD, so a card can neither
    move a cursor nor hide.
    """
    return list(_joined(_lines(data, at_most)))


def text_of(data: bytes) -> str:
    """A header as lines of text, as people save it; what the standard forbids is replaced."""
    return "\n".join(line.rstrip() for line in _lines(data, len(data) // CARD)) + "\n"


def integer(cards: Iterable[Card], keyword: str, default: int) -> int:
    """The integer of the first card of a keyword, or the default when there is none."""
    for card in cards:
        if card.keyword == keyword:
            return card.value if type(card.value) is int else default
    return default


def number(cards: Iterable[Card], keyword: str, default: float) -> float:
    """The number of the first card of a keyword, or the default when there is none."""
    for card in cards:
        if card.keyword == keyword:
            return float(card.value) if type(card.value) in (int, float) else default  # type: ignore[arg-type]
    return default


def word(cards: Iterable[Card], keyword: str, default: str = "") -> str:
    """The text of the first card of a keyword, or the default when there is none."""
    return next((card.text for card in cards if card.keyword == keyword), default)


def _lines(data: bytes, at_most: int) -> Iterator[str]:
    for start in range(0, min(len(data), at_most * CARD), CARD):
        line = MISPLACED.sub(b"\0", data[start : start + CARD]).decode("ascii")
        if line[:8].rstrip() == "END":
            return
        yield line.replace("\0", "\ufffd")


def _joined(lines: Iterable[str]) -> Iterator[Card]:
    kept: Card | None = None
    parts = 0
    for line in lines:
        card = _card(line)
        if kept and card.keyword == "CONTINUE" and kept.text.endswith("&"):
            parts += 1
            if parts <= CONTINUED_AT_MOST:
                kept = Card(kept.keyword, kept.text[:-1] + card.text, kept.comment + card.comment)
            continue
        if kept:
            yield kept
        kept, parts = card, 0
    if kept:
        yield kept


def _card(line: str) -> Card:
    keyword, rest = line[:8].rstrip(), line[8:]
    if keyword == "HIERARCH" and "=" in rest:
        keyword, _, rest = rest.partition("=")
        return Card(keyword.strip(), *_value(rest))
    if keyword == "CONTINUE":
        return Card(keyword, *_value(rest))
    if keyword in BARE or not rest.startswith("="):
        return Card(keyword, rest.rstrip(), "")
    return Card(keyword, *_value(rest[1:]))


def _value(rest: str) -> tuple[str, str]:
    text = rest.strip()
    quoted = TEXT.match(text)
    if quoted:
        return quoted[1].replace("''", "'").rstrip(), (quoted[2] or "").strip()
    value, _, comment = text.partition("/")
    return value.strip(), comment.strip()


def _typed(text: str) -> Value:
    if text in ("T", "F"):
        return text == "T"
    if re.fullmatch(r"[+-]?\d{1,30}", text):
        return int(text)
    if re.fullmatch(r"[+-]?(\d{1,60}\.?\d{0,60}|\.\d{1,60})([EeDd][+-]?\d{1,4})?", text):
        return float(text.replace("D", "E").replace("d", "e"))
    return text
