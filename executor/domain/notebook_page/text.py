"""Text of strangers: without the codes that colour a terminal and without invisible characters."""

import re

# ECMA-48: control sequences, and strings such as titles and links up to their terminator.
CODES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]?"
)
# C0 and C1 but tab and newline, and what turns the direction of a line.
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: str, at_most: int) -> tuple[str, int]:
    """Readable text of at most so many characters, and how many more there were."""
    kept = text[: 2 * at_most].replace("\r\n", "\n")
    # A carriage return alone overwrites its line, as progress bars do: the last state stays.
    kept = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in kept.split("\n"))
    kept = HIDDEN.sub("\ufffd", CODES.sub("", kept))
    kept = kept.encode("utf-8", "replace").decode()
    return kept[:at_most], max(0, len(text) - at_most) if len(kept) > at_most or len(
        text
    ) > 2 * at_most else 0
