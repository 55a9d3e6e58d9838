"""The command line of ``reprise``."""

import argparse
from dataclasses import dataclass
from pathlib import Path

EXITS = """\
exit codes of check: 0 all reproduced; 1 something is different or failed; 2 it cannot be judged (a
finding must be mended, data are out of reach, paper.toml says too little); 3 the platform failed;
130 interrupted."""


@dataclass(frozen=True, slots=True)
class Checking:
    """What ``reprise check`` was asked.

    Attributes:
        source: a folder, or the address of a git repository with ``@REV``.
        cache: the folder of what is kept between checks.
        mirrors: folders in which data files are found by their checksum.
        beside: folders of other entries that its requests name.
        figure: the only figure to be checked; empty for all.
        strict: whether *not comparable* and findings that should be mended count as 1.
        again: whether a kept answer is passed over.
        sandbox: whether the notebooks are kept apart from this machine.
        network: hosts that the notebooks may ask where they declare them.
        seconds: that a run may take.
        memory: megabytes that a run may take.
        json, junit, html: files to be written; None for none.
    """

    source: str
    cache: Path
    mirrors: tuple[Path, ...] = ()
    beside: tuple[Path, ...] = ()
    figure: str = ""
    strict: bool = False
    again: bool = False
    sandbox: bool = True
    network: tuple[str, ...] = ()
    seconds: int = 300
    memory: int = 4096
    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None

    @property
    def written(self) -> tuple[Path, ...]:
        """What a check writes, wherever it lies."""
        files = (self.json, self.junit, self.html)
        return (self.cache, *(file for file in files if file is not None))


def parser() -> argparse.ArgumentParser:
    """The parser of both commands."""
    made = argparse.ArgumentParser(
        prog="reprise", description="Keep a published figure alive, before and after it appears."
    )
    commands = made.add_subparsers(dest="command", required=True)
    _add_check(commands.add_parser("check", help="run an entry and judge it", epilog=EXITS))
    _add_init(commands.add_parser("init", help="write a first paper.toml by asking"))
    return made


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "source", metavar="FOLDER|GIT-URL", help="an entry; a git address may end with @REV"
    )
    for name in ("json", "junit", "html"):
        check.add_argument(
            f"--{name}", type=Path, metavar="FILE", help=f"write the report as {name}"
        )
    check.add_argument("--cache", type=Path, metavar="DIR", help="what is kept between checks")
    check.add_argument("--mirrors", default="", metavar="DIR:DIR", help="where data files may lie")
    check.add_argument("--with", dest="beside", action="append", default=[], type=Path,
                       metavar="FOLDER", help="another entry that feeds this one")  # fmt: skip
    check.add_argument("--figure", default="", metavar="SLUG", help="check this figure alone")
    check.add_argument("--strict", action="store_true",
                       help="what is not comparable, and should-findings, count as 1")  # fmt: skip
    check.add_argument("--again", action="store_true", help="run although nothing has changed")
    check.add_argument("--no-sandbox", action="store_true",
                       help="where a machine cannot isolate code and it is yours")  # fmt: skip
    check.add_argument("--network", action="append", default=[], metavar="HOST",
                       help="a host that the entry declares and may ask")  # fmt: skip
    check.add_argument("--seconds", type=_number, default=300, help="a run may take (300)")
    check.add_argument("--memory", type=_number, default=4096, help="MB a run may take (4096)")


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("folder", type=Path, metavar="FOLDER")
    init.add_argument("--yes", action="store_true", help="take every proposal without asking")
    init.add_argument("--answer", action="append", default=[], metavar="NAME=TEXT",
                      help="an answer given beforehand, such as title='…'")  # fmt: skip


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**7:
        raise argparse.ArgumentTypeError("write a whole number above zero")
    return int(text)


def checking(given: argparse.Namespace, cache: Path) -> Checking:
    """The options of a check; paths are made absolute.

    Args:
        given: what was parsed.
        cache: the folder when none is named.
    """
    mirrors = tuple(_absolute(Path(part)) for part in given.mirrors.split(":") if part)
    files = {name: _absolute(path) if (path := getattr(given, name)) else None
             for name in ("json", "junit", "html")}  # fmt: skip
    return Checking(
        source=given.source, cache=_absolute(given.cache or cache), mirrors=mirrors,
        beside=tuple(_absolute(path) for path in given.beside), figure=given.figure,
        strict=given.strict, again=given.again, sandbox=not given.no_sandbox,
        network=tuple(given.network), seconds=given.seconds, memory=given.memory, **files,
    )  # fmt: skip


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()
