"""Bundled entries that read data from elsewhere: run with it, and judged by what they state."""

from pathlib import Path

from catalogue.domain.entry import read_data
from executor.domain.manifest import media_type
from gallery.domain.compare import Judgement, Measured, judge
from gallery.domain.comparison import Outcome, Sample, compare
from gallery.domain.paper import FigureStatement, Published, read_paper
from lib import mirror
from tests.workflows.entries import WORKFLOWS, Entries, Made, reading

MIRROR = WORKFLOWS.parents[1] / "shared" / "data"


class EntriesWithData(Entries):
    """Puts the files of ``data.toml`` into each work folder, as the executor does."""

    def status_in(self, work: Path) -> int:
        (work / "data").mkdir()
        files, _findings = read_data((work / "data.toml").read_text())
        for file in files:
            found = mirror.find(file.sha256, file.name, [MIRROR], size=file.size)
            assert found is not None, file.name
            (work / "data" / file.name).symlink_to(found)
        return super().status_in(work)


def stated(slug: str, figure: str) -> FigureStatement:
    """A figure of an entry's paper.toml."""
    statement = read_paper((WORKFLOWS / slug / "paper.toml").read_text())
    (found,) = (item for item in statement.figures if item.slug == figure)
    return found


def judged(made: Made, figure: FigureStatement, *, by: str) -> Judgement:
    """The numbers of a figure, judged on a run of the workflow ``by``."""

    def find(value: Published) -> Measured:
        output = reading(by).interface.output(value.output)
        assert output is not None
        return Measured(made.number(value.output), output.unit or "")

    return judge(figure.values, find)


def compared(made: Made, figure: FigureStatement, *, by: str) -> list[Outcome]:
    """The products that a figure claims, compared with those of a run of the workflow ``by``."""
    outcomes = []
    for claim in figure.claims:
        published, found = WORKFLOWS / by / claim.file, made.path(claim.output)
        output = reading(by).interface.output(claim.output)
        assert output is not None
        first, second = (
            Sample(path.read_bytes(), path.name, media_type(path.name), output.kind, output.term)
            for path in (published, found)
        )
        outcomes.append(compare(first, second, claim.tolerances))
    return outcomes
