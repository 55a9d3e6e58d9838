"""What a person, or the log of a CI, sees of a check."""

import os
import shutil
from typing import TextIO

from config.author.report.shape import Report
from config.author.report.text import lines, plain


class Terminal:
    """Writes to a terminal, where progress overwrites itself, or to a log, line by line."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.shows = stream.isatty()
        self.width = shutil.get_terminal_size((160, 24)).columns if self.shows else 160
        self.pending = False

    def say(self, line: str) -> None:
        """Write a line that stays."""
        self.clear()
        self._write(f"{plain(line)}\n")

    def progress(self, line: str, stays: bool = False) -> None:  # noqa: FBT001, FBT002 -- one switch
        """Tell how far it is; overwritten on a terminal, in a log only what stays is written."""
        if not self.shows:
            if stays:
                self._write(f"{plain(line)}\n")
            return
        self._write(f"\r\x1b[2K{plain(line)[: self.width - 1]}")
        self.pending = True

    def clear(self) -> None:
        """Take the line of progress away."""
        if self.pending:
            self._write("\r\x1b[2K")
            self.pending = False

    def unchanged(self, report: Report) -> None:
        """Say that nothing was run, and when what follows was found."""
        self.say(f"unchanged since {report['made_at']}: nothing was run (--again runs it anew)")

    def report(self, report: Report, code: int) -> None:
        """Write the findings, the table and what it comes to."""
        self.clear()
        for line in lines(report, code, self.width):
            self._write(f"{line}\n")

    def _write(self, text: str) -> None:
        encoding = self.stream.encoding or "utf-8"
        try:
            self.stream.write(text.encode(encoding, "replace").decode(encoding))
            self.stream.flush()
        except BrokenPipeError:  # whoever read has gone, as of `| head`; the reports still count
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
