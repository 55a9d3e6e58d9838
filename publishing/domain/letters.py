"""Letters that have no place in what is published: they hide, or turn round, what one reads.

Control characters, the marks that turn the direction of writing (CVE-2021-42574), what has no
width, private and unassigned characters, and halves of pairs that no encoding can send.
"""

import unicodedata

LAID_OUT = "\n\t"
REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def strange_letter(text: str, *, lines: bool = False) -> str:
    """What is wrong with the first letter that has no place, in words; empty when all are fine.

    Args:
        text: what somebody wrote.
        lines: whether line ends and tabs are fine.
    """
    for place, letter in enumerate(text, start=1):
        if unicodedata.category(letter) in REFUSED and not (lines and letter in LAID_OUT):
            return f"{_kind(letter)} (U+{ord(letter):04X}) at place {place}"
    return ""


def _kind(letter: str) -> str:
    if letter in TURNING:
        return "a mark that turns the direction of writing"
    return {
        "Cc": "a control character",
        "Cf": "a character without width",
        "Cs": "half of a character",
    }.get(unicodedata.category(letter), "a character that nobody assigned")
