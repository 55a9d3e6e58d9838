"""``reprise check``: run an entry, judge it, and say what came of it.

Imported before Django is set up, and imports it only when nothing is kept.
"""

import importlib
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from catalogue.adapters.folder import read_folder
from config.author import exits, kept
from config.author.options import Checking
from config.author.report.shape import FORMAT, Report
from config.author.source import Source, read_source
from config.author.terminal import Terminal
from lib.problem import ProblemError

VERSION = "0.1.0"
PLATFORM = ":platform:"


def check(options: Checking, terminal: Terminal) -> int:
    """Check an entry, print the table and write the files asked for; the exit code."""
    try:
        source = read_source(options.source, options.written)
        others = [read_folder(folder).files for folder in options.beside]
    except ProblemError as error:
        terminal.say(error.detail)
        return exits.NOT_JUDGED
    key = kept.fingerprint([dict(source.entry.files), *map(dict, others)], options, source.name)
    known = None if options.again or options.network else kept.recall(options.cache, key)
    if known is not None:
        known["source"], known["commit"] = source.origin, source.commit
        terminal.unchanged(known)
        return _finish(known, kept.pictures_of(options.cache, key), options, terminal)
    try:
        report, pictures = _anew(source, options, terminal)
    except ProblemError as error:
        terminal.say(error.detail)
        return exits.OUR_FAULT if PLATFORM in error.id else exits.NOT_JUDGED
    if _is_lasting(report) and not options.network:
        _keep(options, key, report, pictures, terminal)
    return _finish(report, pictures, options, terminal)


def _is_lasting(report: Report) -> bool:
    """Whether the answer stands: nothing failed that may succeed when it is tried again."""
    ids = [figure["problem_id"] for figure in report["figures"]]
    ids += [problem["id"] for problem in report["problems"]]
    return bool(report["figures"]) and not any(ids)


def _keep(
    options: Checking, key: str, report: Report, pictures: dict[str, str], terminal: Terminal
) -> None:
    try:
        kept.keep(options.cache, key, report, pictures)
    except OSError as error:
        terminal.say(f"What came of it could not be kept in {options.cache}: {error.strerror}.")


def _anew(source: Source, options: Checking, terminal: Terminal) -> tuple[Report, dict[str, str]]:
    begun = time.monotonic()
    sessions = importlib.import_module("config.author.session")
    with sessions.session(options, terminal.say):
        judging = importlib.import_module("config.author.judging")
        report: Report = begin(source)
        pictures: dict[str, str] = judging.judge(report, source, options, terminal)
    report["seconds"] = round(time.monotonic() - begun, 3)
    return report, pictures


def begin(source: Source) -> Report:
    """The report of an entry of which nothing is known yet."""
    return {
        "format": FORMAT, "reprise": VERSION, "python": platform.python_version(),
        "source": source.origin, "workflow": source.name, "commit": source.commit, "title": "",
        "paper": "", "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": 0.0,
        "isolation": "", "findings": [], "problems": [], "figures": [],
    }  # fmt: skip


def _finish(report: Report, pictures: dict[str, str], options: Checking, terminal: Terminal) -> int:
    code = exits.exit_code(report, strict=options.strict)
    terminal.report(report, code)
    try:
        _write(report, pictures, options)
    except OSError as error:
        terminal.say(f"The file {error.filename} could not be written: {error.strerror}.")
        return exits.OUR_FAULT
    return code


def _write(report: Report, pictures: dict[str, str], options: Checking) -> None:
    writers = (("json", options.json), ("junit", options.junit), ("html", options.html))
    for name, file in writers:
        if file is not None:
            made = importlib.import_module(f"config.author.report.{name}_form")
            write(file, made.written(report, pictures, strict=options.strict))


def write(file: Path, text: str) -> None:
    """Write a report, with whatever of a stranger's text no encoding takes spelled out."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8", "backslashreplace"))


def run(options: Checking) -> int:
    """The command, with what a person at a terminal sees."""
    terminal = Terminal(sys.stdout)
    try:
        return check(options, terminal)
    except KeyboardInterrupt:
        terminal.say("Interrupted: what was running has been stopped.")
        return exits.INTERRUPTED
