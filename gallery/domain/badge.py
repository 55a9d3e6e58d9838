"""Badges: what became of a figure, paper or workflow, as a small picture and as JSON.

Widths are those of DejaVu Sans, which Verdana is as wide as within a few per cent; where another
typeface is used the text is stretched to fit (``textLength``), so nothing runs over the edge.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

LABEL = "reprise"
MESSAGE_AT_MOST = 120
TITLE_AT_MOST = 300
# Advance widths in thousandths of an em, as the font file of DejaVu Sans gives them.
WIDTHS = {
    "'": 275, "ijl": 278, "IJ": 295, " ,.·": 318, "/:;\\|": 337, "f": 352, "-": 361, "()[]": 390,
    "t": 392, "!": 401, "r": 411, '"': 460, "*_`": 500, "s": 521, "z": 525, "?": 531, "c": 550,
    "L": 557, "F": 575, "k": 579, "vxy": 592, "P": 603, "TY": 611, "o": 612, "a": 613, "e": 615,
    "E": 632, "hnu": 634, "Sbdgpq": 635, "$0123456789{}": 636, "K": 656, "AV": 684, "XZ": 685,
    "B": 686, "R": 695, "C": 698, "U": 732, "N": 748, "H": 752, "D": 770, "G": 775, "&": 780,
    "OQ": 787, "w": 818, "#+<=>^~±≈≠": 838, "M": 863, "%": 950, "m": 974, "W": 989, "@…": 1000,
}  # fmt: skip
WIDTH_OF = {letter: wide for letters, wide in WIDTHS.items() for letter in letters}
OTHER = 680
WIDE = 1000
SIZE = 11
PAD = 6
COLOURS = {
    "good": "#0c6353", "fair": "#5a4a96", "bad": "#a8341a", "grey": "#56606b", "busy": "#76590a",
}  # fmt: skip
"""Tone → colour; white on each has a contrast of at least 5 to 1."""
INK = "#16202b"
MARGIN_WIDTH = 132
MARGIN_LINE = 20  # letters


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says.

    Attributes:
        message: such as ``reproduced 2026-11-20, 16 of 16 values within tolerance``.
        tone: ``good``, ``fair``, ``bad``, ``grey`` or ``busy``; only repeats the words.
        title: of the thing it is about, for those who cannot see it.
    """

    message: str
    tone: str
    title: str = ""


def shields(badge: Badge) -> Mapping[str, str | int]:
    """The badge as the endpoint schema of Shields has it, version 1."""
    return {
        "schemaVersion": 1,
        "label": LABEL,
        "message": _plain(badge.message, MESSAGE_AT_MOST),
        "color": COLOURS[badge.tone],
    }


def svg(badge: Badge) -> str:
    """The badge as a picture of one line."""
    message = _plain(badge.message, MESSAGE_AT_MOST)
    left, right = width(LABEL) + 2 * PAD, width(message) + 2 * PAD
    shape = f"M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z"
    parts = [
        f'<rect width="{left + right}" height="20" rx="3" fill="{INK}"/>',
        f'<path d="{shape}" fill="{COLOURS[badge.tone]}"/>',
        _text(PAD, 14, LABEL),
        _text(left + PAD, 14, message),
    ]
    return _picture(badge, left + right, 20, "DejaVu Sans,Verdana,Geneva,sans-serif", parts)


def margin_svg(badge: Badge) -> str:
    """The badge for the margin of a printed page: narrow, several lines, ink on white."""
    message = _plain(badge.message, MESSAGE_AT_MOST)
    lines = _wrapped(message, MARGIN_LINE)
    height = 22 + 11 * len(lines)
    colour = COLOURS[badge.tone]
    parts = [
        f'<path d="M1 1v{height - 2}M5 1v{height - 2}" stroke="{colour}" stroke-width="1.6"/>',
        f'<text x="12" y="11" font-size="9" font-weight="bold" fill="{INK}">{LABEL}</text>',
        *(
            f'<text x="12" y="{23 + 11 * number}" font-size="9" fill="{INK}">{escape(line)}</text>'
            for number, line in enumerate(lines)
        ),
    ]
    return _picture(badge, MARGIN_WIDTH, height, "DejaVu Sans Mono,Menlo,Consolas,monospace", parts)


def width(text: str) -> int:
    """How wide a text is drawn, in pixels."""
    return round(sum(_width(letter) for letter in text) * SIZE / 1000)


def _width(letter: str) -> int:
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    return 0 if unicodedata.combining(letter) else WIDTH_OF.get(letter, OTHER)


def _picture(badge: Badge, wide: int, high: int, family: str, parts: list[str]) -> str:
    words = f"{LABEL}: {_plain(badge.message, MESSAGE_AT_MOST)}"
    about = f"{_plain(badge.title, TITLE_AT_MOST)}. {words}" if badge.title else words
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(about)}">'
    )
    body = f'<g font-family="{family}">{"".join(parts)}</g>'
    return f"{head}<title>{escape(about)}</title>{body}</svg>\n"


def _text(x: int, y: int, text: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{SIZE}" fill="#fff" '
        f'textLength="{width(text)}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _wrapped(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        for piece in (word[start : start + most] for start in range(0, len(word), most)):
            together = f"{lines[-1]} {piece}".strip()
            if len(together) <= most:
                lines[-1] = together
            else:
                lines.append(piece)
    return lines


def _plain(text: str, most: int) -> str:
    """The text on one line, without what XML cannot hold or what turns the reading round."""
    kept = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
