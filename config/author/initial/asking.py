"""Asking at the terminal, or from answers given beforehand; the end of input takes defaults."""

import sys
from collections.abc import Mapping
from typing import TextIO

YES = frozenset({"y", "yes"})


class Asking:
    """Asks one question after the other."""

    def __init__(
        self, answers: Mapping[str, str], *, yes: bool = False,
        source: TextIO | None = None, shown: TextIO | None = None,
    ) -> None:  # fmt: skip
        self.answers, self.yes = answers, yes
        self.source, self.shown = source or sys.stdin, shown or sys.stdout
        self.ended = False

    def text(self, name: str, question: str, default: str = "") -> str:
        """An answer; the default for an empty one."""
        if name in self.answers:
            return self.answers[name]
        if self.yes or self.ended:
            return default
        shown = f" [{default}]" if default else ""
        return self._line(f"{question}{shown}: ").strip() or default

    def agrees(self, name: str, question: str) -> bool:
        """Whether the answer is yes; nothing that was not answered is."""
        if name in self.answers:
            return self.answers[name].lower() in YES
        if self.yes:
            return True
        return not self.ended and self._line(f"{question} (yes/no) [no]: ").strip().lower() in YES

    def say(self, line: str) -> None:
        """Write a line."""
        self.shown.write(f"{line}\n")

    def _line(self, question: str) -> str:
        self.shown.write(question)
        self.shown.flush()
        line = self.source.readline()
        if not line:
            self.ended = True
            self.shown.write("\n")
        return line
