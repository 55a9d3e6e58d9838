"""How much of a notebook is worked on: what is hostile takes long for each of its characters."""

from dataclasses import dataclass, field

SHOWN_AT_MOST = 24 * 1024 * 1024
WORDS_AT_MOST = 80_000
HTML_AT_MOST = 3 * 1024 * 1024
CODE_AT_MOST = 150_000


@dataclass
class Budget:
    """How many characters are still taken."""

    left: int = field(default=SHOWN_AT_MOST)

    def takes(self, length: int) -> bool:
        """Whether so many more fit; if so they are counted."""
        if length > self.left:
            return False
        self.left -= length
        return True


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of a page, in characters.

    Attributes:
        shown: all that stands on it.
        words: markdown that is rendered, of cells and of outputs; a hostile one takes 20 µs each.
        html: HTML that is cleaned; a hostile one takes 0.5 µs each.
        code: code that is coloured; 8 µs each.
    """

    shown: Budget = field(default_factory=Budget)
    words: Budget = field(default_factory=lambda: Budget(WORDS_AT_MOST))
    html: Budget = field(default_factory=lambda: Budget(HTML_AT_MOST))
    code: Budget = field(default_factory=lambda: Budget(CODE_AT_MOST))
